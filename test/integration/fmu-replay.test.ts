import { beforeAll, expect, it } from "vitest";
import type { EmulatorReply } from "../../functions/emulator/protocol.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { killEmulators, ROOT, uploadFmu } from "../support/fmu.ts";

/** What one call of a model may take. The slow model takes 2.4 s an hour: so two hours are not repeated within 5/6 of this. */
const LIMIT_MS = 5000;
const HOURS = 2;
const SLOWLY = { oveHeaNor_u: 0.8125, oveHeaNor_activate: 1 };

const cloud = useCloud({
  workers: 1,
  accounts: [ROOT],
  environment: { MODEL_MS: String(LIMIT_MS), REPLAY_MS: String(LIMIT_MS) },
});
const client = clientOf(cloud);
const { call } = client;

beforeAll(() => uploadFmu(client, "slow", "/testcases/slow"));

/** A test that has simulated some hours slowly. */
async function simulated(): Promise<string> {
  const testid = await client.selectTest("slow");
  await call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0 } });
  await call("PUT", `/step/${testid}`, { body: { step: 3600 } });
  for (let hour = 0; hour < HOURS; hour++) {
    expect((await call("POST", `/advance/${testid}`, { body: SLOWLY })).status).toBe(200);
  }
  return testid;
}

const advance = (testid: string) => call("POST", `/advance/${testid}`, { body: { oveHeaNor_activate: 0 } });

it("a model that cannot save its state, and takes longer to repeat than a call may: a step is only late", async () => {
  const calm = await advance(await simulated());
  const testid = await simulated();
  await killEmulators(cloud());
  const replies: EmulatorReply[] = [];
  cloud().lambda.intercept = async (invocation) => {
    const answer = await invocation.forward();
    replies.push(JSON.parse(answer.body) as EmulatorReply);
    return answer;
  };
  const late = await advance(testid);
  cloud().lambda.intercept = undefined;
  expect(late).toMatchObject({ status: 200, payload: calm.payload });
  const replayed = replies.flatMap((reply) => (reply.ok || reply.replayed === undefined ? [] : [reply.replayed]));
  expect(replayed.map(({ hasBegun, ofSeconds }) => [hasBegun, ofSeconds])[0]).toEqual([true, 3600 * HOURS]);
  expect(replayed.filter(({ hasBegun }) => hasBegun)).toHaveLength(1);
  expect(replies.at(-1)).toMatchObject({ ok: true });
}, 120_000);
