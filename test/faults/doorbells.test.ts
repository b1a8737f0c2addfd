import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import claimScript from "../../functions/streams/claim.lua";
import commitScript from "../../functions/streams/commit.lua";
import { clientOf } from "../support/client.ts";
import { until, untilQuiet, useCloud } from "../support/cloud.ts";
import { outcomeIn, runs, workersAt } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { passLeaseTime } from "../support/lease-time.ts";
import { Oracle } from "../support/oracle.ts";

const cloud = useCloud({ workers: 10, environment: { INLINE_MS: "0", DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);
let redis: Redis;
let testid: string;
let oracle: Oracle;

const bell = () => JSON.stringify({ testid });
const revision = async () => Number(await redis.command(["HGET", keys.test(testid), "revision"]));

beforeEach(async () => {
  redis = createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
  testid = await client.selectTest();
  oracle = await Oracle.select("testcase1");
});
afterEach(() => {
  cloud().redisRest.intercept = undefined;
  cloud().doorbells.restore();
  cloud().doorbells.release();
});

describe("doorbells", () => {
  it("rung twice for one request have one effect", async () => {
    cloud().doorbells.hold();
    const location = await send(client, "POST", `/advance/${testid}`);
    await cloud().doorbells.ring(bell());
    cloud().doorbells.release();
    const expected = await oracle.advance();
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
    await untilQuiet(cloud());
    expect(await revision()).toBe(2);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("heard by ten workers at once have one effect each, in order", async () => {
    cloud().doorbells.hold();
    const locations: string[] = [];
    for (let i = 0; i < 20; i++)
      locations.push(await send(client, "POST", `/advance/${testid}`, { oveAct_u: i, oveAct_activate: 1 }));
    for (let i = 0; i < 10; i++) await cloud().doorbells.ring(bell());
    cloud().doorbells.release();
    for (const [i, location] of locations.entries()) {
      const expected = await oracle.advance({ oveAct_u: i, oveAct_activate: 1 });
      expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
    }
    await untilQuiet(cloud());
    expect(await revision()).toBe(21);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("that are lost are rung again by the sweeper", async () => {
    cloud().doorbells.lose();
    const location = await send(client, "POST", `/advance/${testid}`);
    cloud().doorbells.restore();
    expect((await client.call("GET", location)).status).toBe(202);
    expect(await cloud().tick()).toMatchObject({ rung: 1 });
    const expected = await oracle.advance();
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
  });

  it("that cannot be rung do not fail the request", async () => {
    cloud().doorbells.fail();
    const location = await send(client, "POST", `/advance/${testid}`);
    cloud().doorbells.restore();
    await cloud().tick();
    const expected = await oracle.advance();
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
  });

  it("that found nothing leave nothing in the way of a request that comes just then", async () => {
    // A duplicate's claim has found nothing, and its worker has not heard so yet.
    const { held, letGo } = holdReply(claimScript);
    await cloud().doorbells.ring(bell());
    expect(await held).toBe("idle");
    const location = await send(client, "POST", `/advance/${testid}`);
    const expected = await oracle.advance();
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
    letGo();
  });

  it("that found the test busy are made up for by who holds it: a release looks again", async () => {
    // Who commits waits for Redis for 5 s at most: no process is to start meanwhile.
    await cloud().host.warm("worker", 2);
    const turnedAway = Promise.withResolvers<void>();
    let second = "";
    const outcomes: (string | undefined)[] = [];
    cloud().redisRest.intercept = async (call) => {
      const isCommit = runs(call, commitScript, testid);
      if (isCommit && second === "") {
        second = await send(client, "POST", `/advance/${testid}`);
        await turnedAway.promise;
      }
      const reply = await call.forward();
      if (isCommit) outcomes.push(outcomeIn(reply));
      if (runs(call, claimScript, testid) && outcomeIn(reply) === "busy") turnedAway.resolve();
      return reply;
    };
    const first = await send(client, "POST", `/advance/${testid}`);
    expect((await answerOf(client, first)).payload).toEqual(await oracle.advance());
    // No sweeper.
    expect((await answerOf(client, second)).payload).toEqual(await oracle.advance());
    expect(outcomes).toEqual(["next", "done"]);
  });
});

describe("a worker that is paused past its lease", () => {
  it("cannot commit when it wakes: one effect, the other worker's", async () => {
    // Who wakes after more than the 5 s for which it waits for Redis claims again, finds nothing to do and commits nothing:
    // no process is to start meanwhile.
    await cloud().host.warm("worker", 2);
    const outcomes: (string | undefined)[] = [];
    let paused: number[] = [];
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, claimScript, testid) && paused.length === 0) {
        paused = workersAt(cloud(), testid);
        for (const pid of paused) cloud().host.pause(pid);
      }
      if (runs(call, commitScript, testid)) outcomes.push(outcomeIn(reply));
      return reply;
    };
    const location = await send(client, "POST", `/advance/${testid}`);
    const expected = await oracle.advance();
    await until("a worker to be paused", () => (paused.length > 0 ? true : undefined));
    await passLeaseTime(redis, testid);
    await cloud().doorbells.ring(bell());
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: expected });
    for (const pid of paused) cloud().host.resume(pid);
    await untilQuiet(cloud());
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "lost").length).toBeGreaterThanOrEqual(1);
    expect(new Set(outcomes)).toEqual(new Set(["done", "lost"]));
    expect(await revision()).toBe(2);
    await expectAsUndisturbed(client, testid, oracle);
  });
});

describe("stop", () => {
  it("answers everybody while a worker computes and others wait, and nothing but the answers remains", async () => {
    let stopped: Promise<unknown> | undefined;
    const outcomes: (string | undefined)[] = [];
    cloud().redisRest.intercept = async (call) => {
      if (!runs(call, commitScript, testid)) return await call.forward();
      stopped ??= client.call("PUT", `/stop/${testid}`);
      await stopped;
      const reply = await call.forward();
      outcomes.push(outcomeIn(reply));
      return reply;
    };
    cloud().doorbells.hold();
    const callers = Array.from({ length: 3 }, () => client.call("POST", `/advance/${testid}`, { body: {} }));
    await until("three requests to wait", async () =>
      (await redis.command(["XLEN", keys.request(testid)])) === 3 ? true : undefined,
    );
    cloud().doorbells.release();
    for (const answer of await Promise.all(callers)) expect(answer.status).toBe(400);
    await untilQuiet(cloud());
    expect(new Set(outcomes)).toEqual(new Set(["lost"]));
    expect(await redis.command(["KEYS", `*${testid}*`])).toEqual([keys.response(testid)]);
  });
});

/** Holds back what a script answers for this test, the first time. */
function holdReply(script: string): { held: Promise<string | undefined>; letGo: () => void } {
  let letGo: () => void = () => {};
  const free = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const held = new Promise<string | undefined>((resolve) => {
    let first = true;
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (!first || !runs(call, script, testid)) return reply;
      first = false;
      resolve(outcomeIn(reply));
      await free;
      return reply;
    };
  });
  return { held, letGo };
}

describe("a call that is sent again under its Idempotency-Key", () => {
  it("rings again: the first doorbell may never have been rung", async () => {
    const headers = { "idempotency-key": "again", prefer: "respond-async" };
    cloud().doorbells.lose();
    const first = await client.call("POST", `/advance/${testid}`, { body: {}, headers });
    cloud().doorbells.restore();
    const again = await client.call("POST", `/advance/${testid}`, { body: {}, headers });
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    const expected = await oracle.advance();
    expect(await answerOf(client, again.headers.get("location") ?? "")).toEqual({ status: 200, payload: expected });
    // And once it is answered, at once.
    const third = await client.call("POST", `/advance/${testid}`, { body: {}, headers });
    expect([third.status, third.payload]).toEqual([200, expected]);
  });

  it("is told when the answer is not kept any more", async () => {
    const headers = { "idempotency-key": "late" };
    await client.call("POST", `/advance/${testid}`, { body: {}, headers });
    await redis.command(["XTRIM", keys.response(testid), "MAXLEN", 0]);
    expect((await client.call("POST", `/advance/${testid}`, { body: {}, headers })).status).toBe(410);
    expect(await revision()).toBe(2);
  });
});
