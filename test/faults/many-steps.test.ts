import { afterEach, describe, expect, it } from "vitest";
import claimScript from "../../functions/streams/claim.lua";
import commitScript from "../../functions/streams/commit.lua";
import suspendScript from "../../functions/streams/suspend.lua";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { killWorkerAt } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";
import { stepsAnswered, toldRun } from "../support/run-test.ts";
import { resultObjects, stateOf } from "../support/state.ts";

/** What takes many steps, or another state, comes out the same when its worker is killed on the way. */

const STEPS = Array.from({ length: 6 }, (_, k) => ({ oveAct_u: 500 * k - 900, oveAct_activate: k === 4 ? 0 : 1 }));
const MOMENTS = [
  { moment: "between claim and compute", script: claimScript, when: "after" },
  { moment: "between compute and commit", script: commitScript, when: "before" },
  { moment: "right after it committed", script: commitScript, when: "after" },
] as const;

describe.each(MOMENTS)("a worker that is killed $moment", ({ script, when }) => {
  const cloud = useCloud({ workers: 2, environment: { DOORBELL_GRACE_MS: "0" } });
  const client = clientOf(cloud);
  afterEach(() => {
    cloud().redisRest.intercept = undefined;
  });

  async function begun(): Promise<{ testid: string; oracle: Oracle }> {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    oracle.step = 3600;
    await client.call("PUT", `/step/${testid}`, { body: { step: 3600 } });
    for (const body of STEPS.slice(0, 2)) expect(await stepped(testid, body)).toEqual(await oracle.advance(body));
    return { testid, oracle };
  }
  const stepped = async (testid: string, body: object) =>
    (await client.call("POST", `/advance/${testid}`, { body })).payload;

  it("makes no difference to an advance with a list: all of it took effect, once", async () => {
    const { testid, oracle } = await begun();
    const expected: object[] = [];
    for (const body of STEPS) expected.push(await oracle.advance(body));
    const killed = killWorkerAt(cloud(), testid, script, when);
    const location = await send(client, "POST", `/advance/${testid}`, STEPS);
    await killed;
    expect(await answerOf(client, location, cloud())).toEqual({ status: 200, payload: expected });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("makes no difference to a checkpoint: there is one, of one object", async () => {
    const { testid, oracle } = await begun();
    const killed = killWorkerAt(cloud(), testid, script, when);
    const location = await send(client, "POST", `/checkpoints/${testid}`, { name: "c" });
    await killed;
    expect((await answerOf(client, location, cloud())).payload).toMatchObject({ name: "c", time: 7200 });
    expect((await client.call("GET", `/checkpoints/${testid}`)).payload).toHaveLength(1);
    expect(await resultObjects(cloud(), testid)).toHaveLength(1);
    const there = oracle.copy();
    for (const body of STEPS) expect(await stepped(testid, body)).toEqual(await oracle.advance(body));
    await client.call("PUT", `/restore/${testid}`, { body: { checkpoint: "c" } });
    for (const body of STEPS) expect(await stepped(testid, body)).toEqual(await there.advance(body));
    await expectAsUndisturbed(client, testid, there);
  });

  it("makes no difference to going back, and the same inputs give the same trajectory", async () => {
    const { testid, oracle } = await begun();
    await client.call("POST", `/checkpoints/${testid}`, { body: { name: "c" } });
    const saved = await stateOf(cloud(), testid);
    for (const body of STEPS) await stepped(testid, body);
    const killed = killWorkerAt(cloud(), testid, script, when);
    const location = await send(client, "PUT", `/restore/${testid}`, { checkpoint: "c" });
    await killed;
    expect(await answerOf(client, location, cloud())).toEqual({ status: 200, payload: oracle.points });
    const { tail: _, ...fields } = (await stateOf(cloud(), testid)).fields;
    expect(saved.fields).toMatchObject(fields);
    for (const body of STEPS) expect(await stepped(testid, body)).toEqual(await oracle.advance(body));
    await expectAsUndisturbed(client, testid, oracle);
  });
});

describe.each([
  { moment: "before it saves its progress", script: suspendScript, when: "before" },
  { moment: "right after it saved its progress", script: suspendScript, when: "after" },
  { moment: "before it commits the whole", script: commitScript, when: "before" },
  { moment: "right after it committed the whole", script: commitScript, when: "after" },
] as const)("one of many workers on the same command, killed $moment,", ({ script, when }) => {
  // Each does a slice of it.
  const environment = { COMPUTE_MS: "1", DOORBELL_GRACE_MS: "0", ROLLOUT_MS: "0" };
  const cloud = useCloud({ workers: 2, environment });
  const client = clientOf(cloud);
  const LONG = 3 * 86_400;
  afterEach(() => {
    cloud().redisRest.intercept = undefined;
  });

  it("makes no difference to an advance with a list", async () => {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    oracle.step = LONG;
    await client.call("PUT", `/step/${testid}`, { body: { step: LONG } });
    const expected: object[] = [];
    for (const body of STEPS) expected.push(await oracle.advance(body));
    const killed = killWorkerAt(cloud(), testid, script, when);
    const location = await send(client, "POST", `/advance/${testid}`, STEPS);
    await killed;
    expect(await answerOf(client, location, cloud())).toEqual({ status: 200, payload: expected });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it.runIf(script === suspendScript && when === "after")(
    "makes no difference to steps of a run that are one commit",
    async () => {
      const testid = await client.selectTest();
      const oracle = await Oracle.select("testcase1");
      oracle.step = LONG;
      await client.call("PUT", `/step/${testid}`, { body: { step: LONG } });
      for (let i = 0; i < 4; i++) await oracle.advance();
      const killed = killWorkerAt(cloud(), testid, script, when);
      await client.call("POST", `/tests/${testid}/run`, { body: { speed: "max", until: 4 * LONG } });
      await killed;
      await until("the run to end", async () => {
        await cloud().tick();
        return (await toldRun(client, testid)).status === "ended" ? true : undefined;
      });
      expect(await stepsAnswered(cloud(), testid)).toEqual([[1, 4]]);
      await expectAsUndisturbed(client, testid, oracle);
    },
  );

  it("makes no difference to a rollout", async () => {
    const testid = await client.selectTest();
    const candidates = [STEPS, STEPS.slice(2), STEPS.slice(0, 3)];
    const body = { candidates, step: LONG, samples: false };
    cloud().doorbells.hold();
    const location = await send(client, "POST", `/rollout/${testid}`, body);
    const killed = killWorkerAt(cloud(), location.split("/")[2] ?? "", script, when);
    cloud().doorbells.release();
    await killed;
    const { status, payload } = await answerOf(client, location, cloud());
    expect(status).toBe(200);
    for (const [i, inputs] of candidates.entries()) {
      const oracle = await Oracle.select("testcase1");
      oracle.step = LONG;
      const values: object[] = [];
      for (const each of inputs) values.push(await oracle.advance(each));
      expect(payload[i]).toMatchObject({ values, kpis: { total: oracle.kpis() } });
    }
  });
});
