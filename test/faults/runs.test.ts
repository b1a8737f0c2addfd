import { afterEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import commitScript from "../../functions/streams/commit.lua";
import enqueueScript from "../../functions/streams/enqueue.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, untilQuiet, useCloud } from "../support/cloud.ts";
import { killWorkersAt, outcomeIn, runs } from "../support/disturb.ts";
import { expectAsUndisturbed } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";
import { bellOf, passRunTime, stepsAnswered, type ToldRun, toldRun } from "../support/run-test.ts";
import { redisOf, stateOf } from "../support/state.ts";

const HOUR = 3600;
const cloud = useCloud({ workers: 3, environment: { DOORBELL_GRACE_MS: "1000", RUN_UNWATCHED_MS: "7200000" } });
const client = clientOf(cloud);
const redis = () => redisOf(cloud());
const told = (testid: string) => toldRun(client, testid);
const ring = async (testid: string) => await cloud().doorbells.ring(await bellOf(cloud(), testid));

afterEach(() => {
  cloud().redisRest.intercept = undefined;
  cloud().doorbells.restore();
  cloud().doorbells.release();
});

/** A test with steps of 60 s, and its oracle. */
async function begun(): Promise<{ testid: string; oracle: Oracle }> {
  const testid = await client.selectTest();
  const oracle = await Oracle.select("testcase1");
  oracle.step = 60;
  await client.call("PUT", `/step/${testid}`, { body: { step: 60 } });
  return { testid, oracle };
}

const start = (testid: string, body: object) => client.call<ToldRun>("POST", `/tests/${testid}/run`, { body });

/** A run in real time, so that no step is due before the test says so. */
async function running(): Promise<{ testid: string; oracle: Oracle }> {
  const begunTest = await begun();
  expect((await start(begunTest.testid, { speed: 1 })).status).toBe(200);
  // The doorbell for the first step is a minute away.
  return begunTest;
}

/** Waits for a run that stands so. */
const untilRun = (what: string, testid: string, isSo: (run: ToldRun) => boolean) =>
  until(what, async () => {
    const run = await told(testid);
    return isSo(run) ? run : undefined;
  });

async function advanceOracle(oracle: Oracle, steps: number, body: Record<string, unknown> = {}): Promise<void> {
  for (let i = 0; i < steps; i++) await oracle.advance(i === 0 ? body : {});
}

describe("a run", () => {
  it("takes its steps by itself, in order, as by hand; close ones together, once a second; and ends at `until`", async () => {
    const { testid, oracle } = await begun();
    const { time } = oracle.points as { time: number };
    const begin = await start(testid, { speed: 600, until: time + 15 * 60 + 59 });
    expect(begin.payload).toMatchObject({ status: "running", speed: 600, steps: 0, time });
    const run = await untilRun("the run to end", testid, ({ status }) => status === "ended");
    expect(run).toMatchObject({ steps: 15, time: time + 900, behind: 0 });
    const taken = await stepsAnswered(cloud(), testid);
    expect(taken.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))).toEqual(
      Array.from({ length: 15 }, (_, i) => i + 1),
    );
    // 1.5 s of the clock: doorbells are a second apart.
    expect(taken.length).toBeLessThanOrEqual(2);
    await advanceOracle(oracle, 15);
    await expectAsUndisturbed(client, testid, oracle);
    // By hand from here.
    expect((await client.call("POST", `/advance/${testid}`, { body: {} })).payload).toEqual(await oracle.advance());
  });

  it("at speed max goes on as fast as workers go", async () => {
    const { testid, oracle } = await begun();
    const { time } = oracle.points as { time: number };
    await start(testid, { speed: "max", until: time + 1200 * 60 });
    expect(await untilRun("the run to end", testid, ({ status }) => status === "ended")).toMatchObject({
      steps: 1200,
      late: { steps: 0 },
    });
    expect(await stepsAnswered(cloud(), testid)).toEqual([
      [1, 500],
      [501, 1000],
      [1001, 1200],
    ]);
    await advanceOracle(oracle, 1200);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("takes inputs that were set meanwhile at its next step, as an advance would have", async () => {
    const { testid, oracle } = await running();
    const inputs = { oveAct_u: 800, oveAct_activate: 1 };
    const set = await client.call<Record<string, number>>("PUT", `/inputs/${testid}`, { body: inputs });
    expect([set.status, set.payload]).toEqual([200, inputs]);
    expect((await client.call("GET", `/points/${testid}`)).payload).toEqual(oracle.points);
    await passRunTime(cloud(), testid, 60);
    await ring(testid);
    await untilRun("a step", testid, ({ steps }) => steps === 1);
    await oracle.advance(inputs);
    await expectAsUndisturbed(client, testid, oracle);
    const wrong = await client.call("PUT", `/inputs/${testid}`, { body: { nobody_u: 1 } });
    expect([wrong.status, wrong.message]).toEqual([400, expect.stringMatching(/^Unknown input "nobody_u"/)]);
  });

  it("alone moves the test's clock, until it is paused", async () => {
    const { testid, oracle } = await running();
    await client.call("POST", `/checkpoints/${testid}`, { body: { name: "a" } });
    const before = await stateOf(cloud(), testid);
    const moves: [string, string, unknown][] = [
      ["POST", "advance", {}],
      ["POST", "advance", [{}, {}]],
      ["POST", "advance", { nobody_u: 1 }],
      ["PUT", "initialize", { start_time: 0, warmup_period: 0 }],
      ["PUT", "step", { step: 30 }],
      ["PUT", "restore", { checkpoint: "a" }],
      ["PUT", "scenario", { time_period: "test_day" }],
    ];
    for (const [method, route, body] of moves) {
      const refused = await client.call(method, `/${route}/${testid}`, { body });
      expect([route, refused.status]).toEqual([route, 409]);
      expect(refused.message).toMatch(/runs by itself, at 1 times real time.*DELETE \/tests\/\{testid\}\/run/);
    }
    expect(await stateOf(cloud(), testid)).toEqual(before);
    const priced = await client.call("PUT", `/scenario/${testid}`, { body: { electricity_price: "dynamic" } });
    expect(priced.status).toBe(200);
    const paused = await client.call<ToldRun>("DELETE", `/tests/${testid}/run`);
    expect(paused.payload).toMatchObject({ status: "paused", reason: "A client has paused it.", steps: 0 });
    expect((await client.call("DELETE", `/tests/${testid}/run`)).payload).toMatchObject({ status: "paused" });
    await passRunTime(cloud(), testid, 600);
    await ring(testid);
    await untilQuiet(cloud());
    expect((await client.call("POST", `/advance/${testid}`, { body: {} })).payload).toEqual(await oracle.advance());
  });

  it("is the test's alone: a fork has none, and a test that was stopped neither", async () => {
    const { testid } = await running();
    const bell = await bellOf(cloud(), testid);
    const forked = await client.call<{ testids: string[] }>("POST", `/fork/${testid}`, { body: {} });
    const [fork = ""] = forked.payload.testids;
    expect((await client.call("GET", `/tests/${fork}/run`)).payload).toBeNull();
    await client.call("PUT", `/stop/${testid}`);
    await cloud().doorbells.ring(bell);
    await untilQuiet(cloud());
    await cloud().tick();
    const left = (await redis().command(["KEYS", `*${testid}*`])) as string[];
    expect(left.filter((key) => !key.startsWith("lineage:"))).toEqual([keys.response(testid)]);
    expect(await redis().command(["ZSCORE", keys.runs(), testid])).toBeNull();
    expect(await redis().command(["ZSCORE", keys.watched(), testid])).toBeNull();
  });

  it("is not begun by what makes no sense, and is told what is allowed", async () => {
    const { testid } = await begun();
    const wrong: [object, RegExp][] = [
      [{ speed: 0 }, /^The field speed is 0\. It must be "max", or a number from 0\.001 to 10000/],
      [{ speed: "fast" }, /^The field speed is "fast"/],
      [{ speed: 10_001 }, /^The field speed is 10001/],
      [{ speed: 1, until: "soon" }, /^The field until is "soon"/],
      [{ speed: 1, until: 59 }, /no step of 60 s ends by then/],
      [{ sped: 1 }, /^Unknown field "sped"\. Allowed are/],
    ];
    for (const [body, message] of wrong) {
      const refused = await start(testid, body);
      expect([refused.status, refused.message]).toEqual([400, expect.stringMatching(message)]);
    }
    expect((await client.call("GET", `/tests/${testid}/run`)).payload).toBeNull();
  });
});

describe("each step of a run is taken once", () => {
  it("by one request, whatever doorbells are doubled or come late, and the next one is rung for once", async () => {
    const { testid, oracle } = await running();
    await passRunTime(cloud(), testid, 180);
    const answers = async () => Number(await redis().command(["XLEN", keys.response(testid)]));
    const answered = await answers();
    const sent = cloud().storage.counts().SendMessage ?? 0;
    const bell = await bellOf(cloud(), testid);
    // The second doorbell comes before the first one's commit.
    const enqueuedTwice = Promise.withResolvers<void>();
    let enqueued = 0;
    cloud().redisRest.intercept = async (call) => {
      if (runs(call, commitScript, testid)) await enqueuedTwice.promise;
      const reply = await call.forward();
      if (runs(call, enqueueScript, testid) && ++enqueued === 2) enqueuedTwice.resolve();
      return reply;
    };
    await Promise.all([cloud().doorbells.ring(bell), cloud().doorbells.ring(bell)]);
    await untilRun("three steps", testid, ({ steps }) => steps === 3);
    await cloud().doorbells.ring(bell);
    await untilQuiet(cloud());
    expect(await stepsAnswered(cloud(), testid)).toEqual([[1, 3]]);
    expect(await answers()).toBe(answered + 1);
    // Three by the test, and one for the next step.
    expect((cloud().storage.counts().SendMessage ?? 0) - sent).toBe(4);
    await advanceOracle(oracle, 3);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("by one of two requests for it, and by none of another run, or after a pause", async () => {
    const { testid, oracle } = await running();
    await passRunTime(cloud(), testid, 180);
    const { run } = JSON.parse(await bellOf(cloud(), testid));
    const request = async (params: object) => {
      const fields = ["method", "run_steps", "params", JSON.stringify(params), "arrival", Date.now()] as const;
      await redis().command(["XADD", keys.request(testid), "*", ...fields]);
    };
    const answerAll = async () => {
      await cloud().doorbells.ring(JSON.stringify({ testid }));
      await until("all to be answered", async () =>
        (await redis().command(["XLEN", keys.request(testid)])) === 0 ? true : undefined,
      );
    };
    // The doorbell for the second step, which is due, too.
    cloud().doorbells.lose();
    await request({ run: run.id, step: 0, steps: 1 });
    await request({ run: run.id, step: 0, steps: 1 });
    await request({ run: "another", step: 1, steps: 1 });
    await answerAll();
    expect((await client.call("DELETE", `/tests/${testid}/run`)).status).toBe(200);
    await request({ run: run.id, step: 1, steps: 1 });
    await answerAll();
    expect(await stepsAnswered(cloud(), testid)).toEqual([[1, 1]]);
    await oracle.advance();
    await expectAsUndisturbed(client, testid, oracle);
  });

  it.each([
    { moment: "right after its request is in the stream", script: enqueueScript, when: "after" },
    { moment: "between compute and commit", script: commitScript, when: "before" },
    { moment: "right after the commit, before it rings for the next", script: commitScript, when: "after" },
  ])("by a worker that is killed $moment", async ({ script, when }) => {
    const { testid, oracle } = await running();
    await passRunTime(cloud(), testid, 122, 1);
    let killed = 0;
    cloud().redisRest.intercept = async (call) => {
      if (!runs(call, script, testid) || killed > 0) return await call.forward();
      if (when === "after") {
        const reply = await call.forward();
        if (["idle", "busy"].includes(outcomeIn(reply) ?? "")) return reply;
      }
      killed++;
      await killWorkersAt(cloud(), testid);
      return CUT;
    };
    await ring(testid);
    await until("a worker to be killed", () => (killed > 0 ? true : undefined));
    const run = await until("two steps", async () => {
      const found = await told(testid);
      if (found.steps >= 2) return found;
      await cloud().tick();
      return undefined;
    });
    expect(run.steps).toBe(2);
    expect(await stepsAnswered(cloud(), testid)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    await advanceOracle(oracle, 2);
    await expectAsUndisturbed(client, testid, oracle);
  });
});

describe("the sweeper", () => {
  it("finds a run whose doorbell was lost; and again, if it is killed before it rings", async () => {
    const { testid, oracle } = await running();
    await passRunTime(cloud(), testid, 62);
    let killed = false;
    cloud().redisRest.intercept = async (call) => {
      const isMark = call.commands[0]?.includes(keys.runs()) && call.commands[0]?.includes("XX");
      if (!isMark || killed) return await call.forward();
      killed = true;
      for (const { pid } of cloud().host.busy("sweeper")) await cloud().host.kill(pid);
      return CUT;
    };
    await expect(cloud().tick()).rejects.toThrow();
    expect([killed, (await told(testid)).steps]).toEqual([true, 0]);
    await cloud().tick();
    expect(await untilRun("a step", testid, ({ steps }) => steps > 0)).toMatchObject({ steps: 1 });
    await oracle.advance();
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("pauses a run that nobody looks at, and none that somebody has looked at", async () => {
    const { testid } = await running();
    const { testid: other } = await running();
    for (const each of [testid, other]) await passRunTime(cloud(), each, 2 * HOUR + 1);
    const longAgoMs = Date.now() - (2 * HOUR + 1) * 1000;
    for (const each of [testid, other]) await redis().command(["ZADD", keys.watched(), longAgoMs, each]);
    await client.call("GET", `/kpi/${other}`);
    cloud().doorbells.lose();
    await cloud().tick();
    cloud().doorbells.restore();
    for (const each of [testid, other]) await cloud().doorbells.ring(JSON.stringify({ testid: each }));
    const run = await untilRun("a pause", testid, ({ status }) => status === "paused");
    expect(run).toMatchObject({ steps: 0, reason: "Nobody had looked at the run for 2 hours." });
    await until("the other's requests to be answered", async () =>
      (await redis().command(["XLEN", keys.request(other)])) === 0 ? true : undefined,
    );
    expect((await told(other)).status).toBe("running");
  });

  it("forgets a run that does not go on any more, but not while it may be about to begin", async () => {
    const { testid } = await running();
    await client.call("DELETE", `/tests/${testid}/run`);
    await redis().command(["ZADD", keys.runs(), Date.now() - 299_000, testid]);
    await cloud().tick();
    expect(await redis().command(["ZSCORE", keys.runs(), testid])).not.toBeNull();
    await redis().command(["ZADD", keys.runs(), Date.now() - 301_000, testid]);
    await cloud().tick();
    expect(await redis().command(["ZSCORE", keys.runs(), testid])).toBeNull();
  });
});

describe("a service that was away", () => {
  it("takes all steps late, and says which", async () => {
    const { testid, oracle } = await running();
    await passRunTime(cloud(), testid, 600);
    expect((await told(testid)).behind).toBeGreaterThanOrEqual(540);
    await ring(testid);
    const run = await untilRun("ten steps", testid, ({ steps }) => steps === 10);
    expect(run.behind).toBe(0);
    // The tenth was due just now.
    expect(run.late).toMatchObject({ steps: 9, last: [{ step: 1, steps: 9 }] });
    expect(Math.round(run.late.most)).toBe(540);
    await advanceOracle(oracle, 10);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("for more than an hour pauses the run, and says so", async () => {
    const { testid } = await running();
    await passRunTime(cloud(), testid, HOUR + 70);
    await ring(testid);
    const run = await untilRun("a pause", testid, ({ status }) => status === "paused");
    expect(run).toMatchObject({ steps: 0, reason: "The run was behind by 3610 s, and may be by 3600 s." });
  });
});

it("a step that cannot be carried out pauses the run, rather than to be tried for ever", async () => {
  const { testid } = await running();
  await passRunTime(cloud(), testid, 60);
  const { run } = JSON.parse(await bellOf(cloud(), testid));
  // As if it had been given up after it killed its workers: there is an answer, and the run has not moved.
  await redis().command(["HSET", keys.idempotency(testid), `run ${run.id} 0 steps`, "1-0 run"]);
  await ring(testid);
  const paused = await untilRun("a pause", testid, ({ status }) => status === "paused");
  expect(paused.reason).toBe("Step 1 of the run could not be carried out. The answer of request 1-0 says why.");
});
