import { afterEach, describe, expect, it } from "vitest";
import claimScript from "../../functions/streams/claim.lua";
import commitScript from "../../functions/streams/commit.lua";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { killWorkerAt } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";

const cloud = useCloud({ workers: 2, environment: { DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);

afterEach(() => {
  cloud().redisRest.intercept = undefined;
  cloud().doorbells.release();
});

const moments = [
  { moment: "before it claims", script: claimScript, when: "before" },
  { moment: "between claim and compute", script: claimScript, when: "after" },
  { moment: "between compute and commit", script: commitScript, when: "before" },
  { moment: "right after it committed", script: commitScript, when: "after" },
] as const;

describe.each(moments)("a worker that is killed $moment", ({ script, when }) => {
  it("makes no difference to what an advance does", async () => {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    const inputs = [{}, { oveAct_u: 700, oveAct_activate: 1 }, { oveAct_u: -300 }, { oveAct_activate: 0 }];
    for (const [i, body] of inputs.entries()) {
      const expected = await oracle.advance(body);
      const killed = i === 1 || i === 2 ? killWorkerAt(cloud(), testid, script, when) : undefined;
      const location = await send(client, "POST", `/advance/${testid}`, body);
      await killed;
      expect(await answerOf(client, location, cloud())).toEqual({ status: 200, payload: expected });
    }
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("makes no difference to what an initialization does", async () => {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    await oracle.initialize(90_000, 7200);
    const killed = killWorkerAt(cloud(), testid, script, when);
    const body = { start_time: 90_000, warmup_period: 7200 };
    const location = await send(client, "PUT", `/initialize/${testid}`, body);
    await killed;
    expect((await answerOf(client, location, cloud())).status).toBe(200);
    await oracle.advance({});
    await client.call("POST", `/advance/${testid}`, { body: {} });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("makes no difference to a select", async () => {
    cloud().doorbells.hold();
    const selected = await client.call<unknown>("POST", "/testcases/testcase1/select-async");
    const { testid } = selected.json as { testid: string };
    const killed = killWorkerAt(cloud(), testid, script, when);
    cloud().doorbells.release();
    await killed;
    await until("the test to run", async () => {
      await cloud().tick();
      return (await client.call("GET", `/status/${testid}`)).json === "Running" ? true : undefined;
    });
    const oracle = await Oracle.select("testcase1");
    await oracle.advance({ oveAct_u: 700, oveAct_activate: 1 });
    await client.call("POST", `/advance/${testid}`, { body: { oveAct_u: 700, oveAct_activate: 1 } });
    await expectAsUndisturbed(client, testid, oracle);
  });
});
