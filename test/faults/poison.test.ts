import { afterEach, expect, it } from "vitest";
import claimScript from "../../functions/streams/claim.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { runs, workersAt } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";
import { bellOf, passRunTime, toldRun } from "../support/run-test.ts";

const cloud = useCloud({ workers: 2, environment: { LEASE_MS: "200", DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);

afterEach(() => {
  cloud().redisRest.intercept = undefined;
});

/** Makes a request kill whoever computes it, in effect: its worker dies each time it has claimed it. @returns how many have */
function killThree(testid: string): () => number {
  let killed = 0;
  cloud().redisRest.intercept = async (call) => {
    const reply = await call.forward();
    if (!runs(call, claimScript, testid) || !JSON.stringify(reply.body).includes("claimed") || killed === 3)
      return reply;
    killed++;
    for (const pid of workersAt(cloud(), testid)) void cloud().host.kill(pid);
    return CUT;
  };
  return () => killed;
}

it("answers a request 500 after it killed three workers, leaves the state alone, and goes on with the next", async () => {
  const testid = await client.selectTest();
  const oracle = await Oracle.select("testcase1");
  const killed = killThree(testid);
  const poison = await send(client, "POST", `/advance/${testid}`, { oveAct_u: 1, oveAct_activate: 1 });
  const next = await send(client, "POST", `/advance/${testid}`);
  expect(await answerOf(client, poison, cloud())).toEqual({ status: 500, payload: null });
  expect(killed()).toBe(3);
  expect(await answerOf(client, next, cloud())).toEqual({ status: 200, payload: await oracle.advance() });
  await expectAsUndisturbed(client, testid, oracle);
});

it("pauses a run whose step killed three workers, and the test goes on by hand from where it stood", async () => {
  const testid = await client.selectTest();
  const oracle = await Oracle.select("testcase1");
  // In real time, so that no step is due before the test says so.
  await client.call("POST", `/tests/${testid}/run`, { body: { speed: 1 } });
  await passRunTime(cloud(), testid, oracle.step);
  const killed = killThree(testid);
  await cloud().doorbells.ring(await bellOf(cloud(), testid));
  const run = await until("a pause", async () => {
    await cloud().tick();
    const found = await toldRun(client, testid);
    return found.status === "paused" ? found : undefined;
  });
  expect(killed()).toBe(3);
  expect(run).toMatchObject({ steps: 0, reason: expect.stringMatching(/^Step 1 of the run could not be carried out/) });
  expect((await client.call("POST", `/advance/${testid}`, { body: {} })).payload).toEqual(await oracle.advance());
  await expectAsUndisturbed(client, testid, oracle);
});
