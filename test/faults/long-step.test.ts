import { afterEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import claimScript from "../../functions/streams/claim.lua";
import commitScript from "../../functions/streams/commit.lua";
import renewScript from "../../functions/streams/renew.lua";
import suspendScript from "../../functions/streams/suspend.lua";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { killWorkerAt, outcomeIn, runs } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";
import { redisOf } from "../support/state.ts";

/** Every invocation may do one slice of the step at most: a day of it. */
const cloud = useCloud({ workers: 2, environment: { COMPUTE_MS: "1", DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);
const STEP_SECONDS = 7 * 86_400;

afterEach(() => {
  cloud().redisRest.intercept = undefined;
  cloud().doorbells.release();
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

/** What queries show of a test, word for word. */
async function shown(testid: string): Promise<unknown[]> {
  const body = { point_names: ["TRooAir_y", "PHeaCoo_y"], start_time: "-inf", final_time: "inf" };
  const answers = [
    await client.call("GET", `/points/${testid}`),
    await client.call("GET", `/kpi/${testid}`),
    await client.call("GET", `/step/${testid}`),
    await client.call("PUT", `/results/${testid}`, { body }),
  ];
  return answers.map(({ status, text }) => [status, text]);
}

/** Resolves when an invocation has saved its progress and is over, and the doorbell for the next one waits, held. */
async function untilSuspended(testid: string): Promise<void> {
  await new Promise<void>((resolve) => {
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, suspendScript, testid) && outcomeIn(reply) === "suspended") {
        cloud().doorbells.hold();
        resolve();
      }
      return reply;
    };
  });
  cloud().redisRest.intercept = undefined;
  await until("the worker to ring for the next and leave", () =>
    cloud().host.busy("worker").length === 0 && cloud().doorbells.depth().visible > 0 ? true : undefined,
  );
}

describe("a step longer than an invocation", () => {
  it("is continued by the next ones, and queries show the old state until it is whole", async () => {
    const { testid, oracle } = await beforeLongStep();
    const old = await shown(testid);
    const seen: unknown[][] = [];
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, suspendScript, testid) && outcomeIn(reply) === "suspended") {
        seen.push(await shown(testid));
      }
      return reply;
    };
    const location = await send(client, "POST", `/advance/${testid}`, { oveAct_activate: 0 });
    const expected = await oracle.advance({ oveAct_activate: 0 });
    // No sweeper: each invocation rings for the next.
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
    expect(seen.length).toBeGreaterThanOrEqual(5);
    for (const each of seen) expect(each).toEqual(old);
    for (const [i, answer] of (await shown(testid)).entries()) {
      // The step has not changed; all else has.
      if (i !== 2) expect(answer).not.toEqual(old[i]);
    }
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

  it.each([
    { moment: "before it claims", when: "before" },
    { moment: "between claim and compute", when: "after" },
  ] as const)("comes out the same when a worker that is to continue it is killed $moment", async ({ when }) => {
    const { testid, oracle } = await beforeLongStep();
    const suspended = untilSuspended(testid);
    const location = await send(client, "POST", `/advance/${testid}`, { oveAct_activate: 0 });
    await suspended;
    const killed = killWorkerAt(cloud(), testid, claimScript, when);
    cloud().doorbells.release();
    await killed;
    const expected = await oracle.advance({ oveAct_activate: 0 });
    expect(await answerOf(client, location, cloud())).toEqual({ status: 200, payload: expected });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("can be stopped on the way, and leaves nothing but its answers", async () => {
    const { testid } = await beforeLongStep();
    const redis = redisOf(cloud());
    const suspended = untilSuspended(testid);
    const location = await send(client, "POST", `/advance/${testid}`);
    await suspended;
    expect(await redis.command(["EXISTS", keys.progress(testid)])).toBe(1);
    // Whoever goes on with it has claimed it, and is at it when the test is stopped.
    const stopped = new Promise<unknown>((resolve) => {
      cloud().redisRest.intercept = async (call) => {
        const reply = await call.forward();
        if (!runs(call, claimScript, testid)) return reply;
        cloud().redisRest.intercept = undefined;
        resolve((await client.call("PUT", `/stop/${testid}`)).text);
        return reply;
      };
    });
    cloud().doorbells.release();
    expect(await stopped).toBe("OK");
    expect((await answerOf(client, location)).status).toBe(400);
    await until("the last worker to leave", () => (cloud().host.busy("worker").length === 0 ? true : undefined));
    expect(await redis.command(["KEYS", `*${testid}*`])).toEqual([keys.response(testid)]);
  });
});

describe("a step longer than a lease", () => {
  // Renewed at half its time: who computes may be held up for the other half, and S3 waits for longer than three halves.
  const LEASE_MS = 5000;
  const patient = useCloud({ workers: 2, environment: { LEASE_MS: String(LEASE_MS) } });
  const ofPatient = clientOf(patient);

  it("keeps its lease while it computes: one worker, one delivery, one commit", async () => {
    const testid = await ofPatient.selectTest();
    const oracle = await Oracle.select("testcase1");
    oracle.step = 30 * 86_400;
    await ofPatient.call("PUT", `/step/${testid}`, { body: { step: oracle.step } });
    const outcomes: (string | undefined)[] = [];
    const renewed = Promise.withResolvers<void>();
    let renewals = 0;
    patient().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, commitScript, testid)) outcomes.push(outcomeIn(reply));
      if (runs(call, renewScript, testid) && outcomeIn(reply) === "held" && ++renewals === 3) renewed.resolve();
      return reply;
    };
    // However fast the machine is: the first segment is stored only when the lease would have been over.
    patient().storage.faults.before = async ({ operation, key }) => {
      if (operation === "PutObject" && key?.includes(testid)) await renewed.promise;
      return undefined;
    };
    const location = await send(ofPatient, "POST", `/advance/${testid}`);
    expect(await answerOf(ofPatient, location)).toEqual({ status: 200, payload: await oracle.advance() });
    expect(outcomes).toEqual(["done"]);
    expect(renewals).toBeGreaterThanOrEqual(3);
    await expectAsUndisturbed(ofPatient, testid, oracle);
  });
});
