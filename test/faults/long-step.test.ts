import { afterEach, describe, expect, it } from "vitest";
import commitScript from "../../functions/streams/commit.lua";
import renewScript from "../../functions/streams/renew.lua";
import suspendScript from "../../functions/streams/suspend.lua";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { killWorkerAt, outcomeIn, runs } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";

/** Every invocation may do one slice of the step at most: a day of it. */
const cloud = useCloud({ workers: 2, environment: { COMPUTE_MS: "1", LEASE_MS: "400", DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);
const STEP_SECONDS = 7 * 86_400;

afterEach(() => {
  cloud().gateway.intercept = undefined;
});

/** A test in the middle of its second hour, with a long step before it. */
async function beforeLongStep(): Promise<{ testid: string; oracle: Oracle }> {
  const testid = await client.selectTest();
  const oracle = await Oracle.select("testcase1");
  await client.call("POST", `/advance/${testid}`, { body: { oveAct_u: 100, oveAct_activate: 1 } });
  await oracle.advance({ oveAct_u: 100, oveAct_activate: 1 });
  await client.call("PUT", `/step/${testid}`, { body: { step: STEP_SECONDS } });
  oracle.step = STEP_SECONDS;
  return { testid, oracle };
}

describe("a step longer than an invocation", () => {
  it("is continued by the next ones, and queries show the old state until it is whole", async () => {
    const { testid, oracle } = await beforeLongStep();
    const old = oracle.points;
    const seen: unknown[] = [];
    cloud().gateway.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, suspendScript, testid) && outcomeIn(reply) === "suspended") {
        seen.push((await client.call("GET", `/points/${testid}`)).payload);
      }
      return reply;
    };
    const location = await send(client, "POST", `/advance/${testid}`, { oveAct_activate: 0 });
    const expected = await oracle.advance({ oveAct_activate: 0 });
    // No sweeper: each invocation rings for the next.
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
    expect(seen.length).toBeGreaterThanOrEqual(5);
    for (const points of seen) expect(points).toEqual(old);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it.each([
    { moment: "before it saves its progress", script: suspendScript, when: "before" },
    { moment: "right after it saved its progress", script: suspendScript, when: "after" },
    { moment: "before it commits the whole", script: commitScript, when: "before" },
    { moment: "right after it committed the whole", script: commitScript, when: "after" },
  ] as const)("comes out the same when a worker is killed $moment", async ({ script, when }) => {
    const { testid, oracle } = await beforeLongStep();
    const killed = killWorkerAt(cloud(), testid, script, when);
    const location = await send(client, "POST", `/advance/${testid}`, { oveAct_activate: 0 });
    const expected = await oracle.advance({ oveAct_activate: 0 });
    const answer = answerOf(client, location, cloud());
    await killed;
    expect(await answer).toEqual({ status: 200, payload: expected });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("can be stopped on the way, and leaves nothing", async () => {
    const { testid } = await beforeLongStep();
    const suspended = new Promise<void>((resolve) => {
      cloud().gateway.intercept = async (call) => {
        const reply = await call.forward();
        if (runs(call, suspendScript, testid)) resolve();
        return reply;
      };
    });
    const location = await send(client, "POST", `/advance/${testid}`);
    await suspended;
    expect((await client.call("PUT", `/stop/${testid}`)).text).toBe("OK");
    expect((await answerOf(client, location)).status).toBe(400);
    await until("the last worker to leave", () => (cloud().host.busy("worker").length === 0 ? true : undefined));
  });
});

describe("a step longer than a lease", () => {
  const patient = useCloud({ workers: 2, environment: { LEASE_MS: "150" } });
  const ofPatient = clientOf(patient);

  it("keeps its lease while it computes: one worker, one delivery, one commit", async () => {
    const testid = await ofPatient.selectTest();
    const oracle = await Oracle.select("testcase1");
    oracle.step = 31_536_000;
    await ofPatient.call("PUT", `/step/${testid}`, { body: { step: oracle.step } });
    const outcomes: (string | undefined)[] = [];
    let renewals = 0;
    patient().gateway.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, commitScript, testid)) outcomes.push(outcomeIn(reply));
      if (runs(call, renewScript, testid) && outcomeIn(reply) === "held") renewals++;
      return reply;
    };
    const location = await send(ofPatient, "POST", `/advance/${testid}`);
    expect(await answerOf(ofPatient, location)).toEqual({ status: 200, payload: await oracle.advance() });
    expect(outcomes).toEqual(["done"]);
    expect(renewals).toBeGreaterThanOrEqual(2);
    await expectAsUndisturbed(ofPatient, testid, oracle);
  });
});
