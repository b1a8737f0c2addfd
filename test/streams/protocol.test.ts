import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTest } from "../../functions/lifecycle/create.ts";
import { stopTest } from "../../functions/lifecycle/stop.ts";
import { keys } from "../../functions/platform/keys.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import { type Claimed, claim } from "../../functions/streams/claim.ts";
import { type Changes, commit } from "../../functions/streams/commit.ts";
import { enqueue } from "../../functions/streams/enqueue.ts";
import { LeaseLost, renew } from "../../functions/streams/lease.ts";
import { suspend } from "../../functions/streams/suspend.ts";
import { lookup, waitForAnswer } from "../../functions/streams/wait.ts";
import { type RedisFixture, startRedis } from "../support/redis.ts";

const LEASE_MS = 5_000;
const IDLE_MS = 86_400_000;
const NOW_MS = 1_800_000_000_000;

let fixture: RedisFixture;
let testid: string;

beforeAll(async () => {
  fixture = await startRedis();
});
afterAll(async () => {
  await fixture.stop();
});

const take = (token: string, leaseMs = LEASE_MS, of = testid) =>
  claim(fixture.redis, of, { token, leaseMs, fieldNames: ["user", "status", "lineage", "state"] });

async function mustTake(token: string, leaseMs = LEASE_MS): Promise<Claimed> {
  const claimed = await take(token, leaseMs);
  if (claimed.kind !== "claimed") throw new Error(`not claimed but ${claimed.kind}`);
  return claimed;
}

const put = (method: string, options: { maxUnanswered?: number; key?: string; fingerprint?: string } = {}) =>
  enqueue(
    fixture.redis,
    testid,
    { method, params: { of: method }, arrivalMs: NOW_MS },
    {
      maxUnanswered: options.maxUnanswered ?? 64,
      idempotency:
        options.key === undefined ? undefined : { key: options.key, fingerprint: options.fingerprint ?? "f" },
    },
  );

async function mustPut(method: string): Promise<string> {
  const enqueued = await put(method);
  if (enqueued.kind !== "enqueued") throw new Error(`not enqueued but ${enqueued.kind}`);
  return enqueued.requestid;
}

const end = (work: Claimed, body: string, changes: Changes = {}, takeNext = true, nowMs = NOW_MS) =>
  commit(
    fixture.redis,
    work.claim,
    work.request,
    { answer: { status: 200, body }, changes },
    {
      nowMs,
      leaseMs: LEASE_MS,
      idleMs: IDLE_MS,
      takeNext,
      hadProgress: work.progress !== undefined,
      test: work.test,
    },
  );

const field = async (name: string) => await fixture.redis.command(["HGET", keys.test(testid), name]);
const marked = async () => (await fixture.redis.command(["ZSCORE", keys.outstanding(testid), testid])) !== null;

function testcase1(): TestCase {
  const found = findTestCase("testcase1");
  if (found === undefined) throw new Error("no testcase1");
  return found;
}

/** A started test of its own for each sentence. */
beforeEach(async () => {
  testid = randomUUID();
  const test = { testid, user: "john", testcase: testcase1() };
  await createTest(fixture.redis, test, { nowMs: NOW_MS, idleMs: IDLE_MS });
  const work = await mustTake("starter");
  await end(work, "{}", { fields: { status: "Running", state: "s0" }, ownersStatus: "Running" });
});

describe("enqueue", () => {
  it("makes a request durable and marks its test as having unanswered ones", async () => {
    const requestid = await mustPut("advance");
    expect(await lookup(fixture.redis, testid, requestid)).toEqual({ kind: "waiting" });
    expect(await marked()).toBe(true);
  });

  it("knows no test that was never created, and writes nothing for it", async () => {
    const stranger = randomUUID();
    const command = { method: "advance", params: {}, arrivalMs: NOW_MS };
    expect(await enqueue(fixture.redis, stranger, command, { maxUnanswered: 64 })).toEqual({ kind: "unknown" });
    expect(await fixture.redis.command(["KEYS", `*${stranger}*`])).toEqual([]);
  });

  it("gives a repeated Idempotency-Key its first request, and refuses it for another one", async () => {
    const first = await put("advance", { key: "k", fingerprint: "a" });
    expect(first.kind).toBe("enqueued");
    const again = await put("advance", { key: "k", fingerprint: "a" });
    expect(again).toEqual({ ...first, kind: "repeated" });
    expect(await put("advance", { key: "k", fingerprint: "b" })).toEqual({ kind: "conflict" });
    expect(await fixture.redis.command(["XLEN", keys.request(testid)])).toBe(1);
  });

  it("refuses the request after the last one that is allowed to wait", async () => {
    for (let i = 0; i < 3; i++) expect((await put("advance", { maxUnanswered: 3 })).kind).toBe("enqueued");
    expect(await put("advance", { maxUnanswered: 3 })).toEqual({ kind: "full", unanswered: 3 });
  });
});

describe("claim", () => {
  it("delivers the oldest unanswered request with the test's fields", async () => {
    const first = await mustPut("advance");
    await mustPut("set_step");
    const { request, test, claim: held, progress } = await mustTake("a");
    expect(request).toEqual({
      id: first,
      method: "advance",
      params: { of: "advance" },
      arrivalMs: NOW_MS,
      deliveries: 1,
    });
    expect(test).toEqual({ revision: "1", user: "john", status: "Running", state: "s0" });
    expect(held).toEqual({ testid, token: "a", revision: 1 });
    expect(progress).toBeUndefined();
  });

  it("takes no lease when there is nothing to do, and clears a mark that was left", async () => {
    await fixture.redis.command(["ZADD", keys.outstanding(testid), 1, testid]);
    expect(await take("a")).toEqual({ kind: "idle" });
    expect(await fixture.redis.command(["EXISTS", keys.lease(testid)])).toBe(0);
    expect(await marked()).toBe(false);
  });

  it("takes no lease of a test that is not there", async () => {
    const stranger = randomUUID();
    expect(await take("a", LEASE_MS, stranger)).toEqual({ kind: "unknown" });
    expect(await fixture.redis.command(["EXISTS", keys.lease(stranger)])).toBe(0);
  });

  it("leaves a test alone whose lease another token holds, without counting a delivery", async () => {
    await mustPut("advance");
    await mustTake("a");
    expect(await take("b")).toEqual({ kind: "busy" });
  });

  it("given again to the same token, whose reply was lost, is no further delivery", async () => {
    await mustPut("advance");
    for (let i = 0; i < 5; i++) expect((await mustTake("a")).request.deliveries).toBe(1);
  });

  it("delivers the same request again when its first worker's lease has run out", async () => {
    const first = await mustPut("advance");
    await mustPut("set_step");
    await mustTake("a", 100);
    await sleep(120);
    const { request } = await mustTake("b");
    expect(request).toMatchObject({ id: first, deliveries: 2 });
  });
});

describe("commit", () => {
  it("answers the request, applies the changes and raises the revision, all at once", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    expect(await end(work, '"done"', { fields: { state: "s1" }, chunk: "c1" })).toEqual({ kind: "done" });
    expect(await lookup(fixture.redis, testid, requestid)).toEqual({
      kind: "answered",
      answer: { status: 200, body: '"done"' },
    });
    expect([await field("state"), await field("revision")]).toEqual(["s1", "2"]);
    expect(await fixture.redis.command(["LRANGE", keys.results(testid), 0, -1])).toEqual(["c1"]);
    expect(await fixture.redis.command(["XLEN", keys.request(testid)])).toBe(0);
    expect(await fixture.redis.command(["EXISTS", keys.lease(testid)])).toBe(0);
    expect(await marked()).toBe(false);
  });

  /** Nothing of a refused commit may be seen. */
  async function expectUntouched(requestid: string): Promise<void> {
    expect(await field("state")).toBe("s0");
    expect(await field("revision")).toBe("1");
    expect(await fixture.redis.command(["LLEN", keys.results(testid)])).toBe(0);
    expect(await lookup(fixture.redis, testid, requestid)).toEqual({ kind: "waiting" });
  }

  it("writes nothing when another token holds the lease", async () => {
    const requestid = await mustPut("advance");
    const paused = await mustTake("a", 100);
    await sleep(120);
    await mustTake("b");
    expect(await end(paused, '"a"', { fields: { state: "a" }, chunk: "a" })).toEqual({ kind: "lost" });
    await expectUntouched(requestid);
  });

  it("writes nothing when the lease has run out and nobody holds it", async () => {
    const requestid = await mustPut("advance");
    const paused = await mustTake("a", 100);
    await sleep(120);
    expect(await end(paused, '"a"', { fields: { state: "a" }, chunk: "a" })).toEqual({ kind: "lost" });
    await expectUntouched(requestid);
  });

  it("writes nothing when the revision is not the claimed one, though the lease is held", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    const stale = { ...work, claim: { ...work.claim, revision: 0 } };
    expect(await end(stale, '"a"', { fields: { state: "a" }, chunk: "a" })).toEqual({ kind: "lost" });
    await expectUntouched(requestid);
  });

  it("writes nothing when the request is not there any more", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    await fixture.redis.command(["XACK", keys.request(testid), "workers", requestid]);
    await fixture.redis.command(["XDEL", keys.request(testid), requestid]);
    expect(await end(work, '"a"', { fields: { state: "a" }, chunk: "a" })).toEqual({ kind: "lost" });
    expect([await field("state"), await field("revision")]).toEqual(["s0", "1"]);
    expect(await lookup(fixture.redis, testid, requestid)).toEqual({ kind: "gone" });
  });

  it("never answers a request twice", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    await fixture.redis.command(["XADD", keys.response(testid), requestid, "status", 200, "body", '"first"']);
    expect(await end(work, '"second"', { fields: { state: "a" } })).toEqual({ kind: "lost" });
    expect(await field("state")).toBe("s0");
  });

  it("hands over the next request and keeps the lease", async () => {
    await mustPut("advance");
    const second = await mustPut("set_step");
    const work = await mustTake("a");
    const committed = await end(work, '"1"');
    expect(committed).toEqual({
      kind: "next",
      claim: { testid, token: "a", revision: 2 },
      request: { id: second, method: "set_step", params: { of: "set_step" }, arrivalMs: NOW_MS, deliveries: 1 },
    });
    expect(await fixture.redis.command(["GET", keys.lease(testid)])).toBe("a");
    expect(await marked()).toBe(true);
  });

  it("lets go of the lease but not of the mark when more waits and the invocation's time is over", async () => {
    await mustPut("advance");
    await mustPut("set_step");
    expect(await end(await mustTake("a"), '"1"', {}, false)).toEqual({ kind: "more" });
    expect(await fixture.redis.command(["EXISTS", keys.lease(testid)])).toBe(0);
    expect(await marked()).toBe(true);
  });

  it("keeps answers for more than an hour after the last one, without renewing that every time", async () => {
    await mustPut("advance");
    await end(await mustTake("a"), '"1"');
    expect(await fixture.redis.command(["PTTL", keys.response(testid)])).toBeGreaterThan(3_600_000);
    await fixture.redis.command(["PEXPIRE", keys.response(testid), 5_000_000]);
    await mustPut("advance");
    await end(await mustTake("a"), '"2"');
    expect(await fixture.redis.command(["PTTL", keys.response(testid)])).toBeGreaterThan(4_900_000);
  });

  it("renews lifetimes once in ten minutes of use", async () => {
    await fixture.redis.command(["PEXPIRE", keys.response(testid), 1000]);
    await fixture.redis.command(["PEXPIRE", keys.test(testid), 1000]);
    await mustPut("advance");
    await end(await mustTake("a"), '"1"', {}, true, NOW_MS + 599_999);
    expect(await fixture.redis.command(["PTTL", keys.response(testid)])).toBeLessThanOrEqual(1000);
    await mustPut("advance");
    await end(await mustTake("a"), '"2"', {}, true, NOW_MS + 600_000);
    expect(await fixture.redis.command(["PTTL", keys.response(testid)])).toBeGreaterThan(3_600_000);
    expect(await fixture.redis.command(["PTTL", keys.test(testid)])).toBeGreaterThan(IDLE_MS);
  });

  it("forgets Idempotency-Keys with their answers, once in a thousand answers", async () => {
    await fixture.redis.command(["HSET", keys.test(testid), "revision", 999]);
    await fixture.redis.command(["HSET", keys.idempotency(testid), "old", "1000-0 f"]);
    await put("advance", { key: "new" });
    await end(await mustTake("a"), '"1"');
    expect(await fixture.redis.command(["HKEYS", keys.idempotency(testid)])).toEqual(["new"]);
  });

  it("keeps some thousand answers and no more", async () => {
    // With ids of long ago, so that the answer's comes after them.
    await fixture.redis.command(["DEL", keys.response(testid)]);
    for (let i = 1; i <= 1500; i++) {
      await fixture.redis.command(["XADD", keys.response(testid), `${i}-0`, "status", 200, "body", "1"]);
    }
    await mustPut("advance");
    await end(await mustTake("a"), '"1"');
    const kept = Number(await fixture.redis.command(["XLEN", keys.response(testid)]));
    expect(kept).toBeGreaterThanOrEqual(1000);
    expect(kept).toBeLessThan(1200);
  });

  it("leaves the lineage when results begin anew, and puts it on the garbage if nobody else is in it", async () => {
    await mustPut("advance");
    const lineage = `${testid}.1`;
    await end(await mustTake("a"), '"1"', { fields: { lineage }, segments: ["ref"], joins: lineage });
    expect(await fixture.redis.command(["SMEMBERS", keys.lineage(lineage)])).toEqual([testid]);
    await mustPut("initialize");
    await end(await mustTake("a"), '"2"', {
      fields: { lineage: `${testid}.2` },
      results: "restart",
      joins: `${testid}.2`,
      leaves: lineage,
    });
    expect(await fixture.redis.command(["EXISTS", keys.lineage(lineage), keys.segments(testid)])).toBe(0);
    expect(await fixture.redis.command(["SISMEMBER", keys.garbage(), lineage])).toBe(1);
  });
});

describe("a lease", () => {
  it("is renewed for its holder only", async () => {
    await mustPut("advance");
    const { claim: held } = await mustTake("a", 500);
    await renew(fixture.redis, held, 60_000);
    expect(await fixture.redis.command(["PTTL", keys.lease(testid)])).toBeGreaterThan(50_000);
    await expect(renew(fixture.redis, { ...held, token: "b" }, 60_000)).rejects.toBeInstanceOf(LeaseLost);
  });
});

describe("suspend", () => {
  it("saves progress for whoever continues, with a new delivery count, and lets go of the lease", async () => {
    await mustPut("advance");
    const work = await mustTake("a");
    expect(await suspend(fixture.redis, work.claim, work.request, { run: "r1" }, { lifetimeMs: 60_000 })).toBe(
      "suspended",
    );
    const next = await mustTake("b");
    expect(next.request).toMatchObject({ id: work.request.id, deliveries: 1 });
    expect(next.progress).toEqual({ run: "r1", requestid: work.request.id, revision: "1" });
    expect(await end(next, '"whole"')).toEqual({ kind: "done" });
    expect(await fixture.redis.command(["EXISTS", keys.progress(testid)])).toBe(0);
  });

  it("is nobody's that works on another request or from another state", async () => {
    const requestid = await mustPut("advance");
    const progress = ["HSET", keys.progress(testid), "run", "r"] as const;
    await fixture.redis.command([...progress, "requestid", "1-1", "revision", "1"]);
    await mustTake("a");
    expect((await mustTake("a")).progress).toBeUndefined();
    await fixture.redis.command([...progress, "requestid", requestid, "revision", "7"]);
    expect((await mustTake("a")).progress).toBeUndefined();
    await fixture.redis.command([...progress, "requestid", requestid, "revision", "1"]);
    expect((await mustTake("a")).progress).toMatchObject({ run: "r" });
  });

  it("writes nothing for who has lost the lease", async () => {
    await mustPut("advance");
    const work = await mustTake("a", 100);
    await sleep(120);
    await mustTake("b");
    expect(await suspend(fixture.redis, work.claim, work.request, { run: "r1" }, { lifetimeMs: 60_000 })).toBe("lost");
    expect(await fixture.redis.command(["EXISTS", keys.progress(testid)])).toBe(0);
  });

  it("is refused under another revision and for a request that is gone", async () => {
    const requestid = await mustPut("advance");
    const { claim: held, request } = await mustTake("a");
    const options = { lifetimeMs: 60_000 };
    expect(await suspend(fixture.redis, { ...held, revision: 9 }, request, { run: "r" }, options)).toBe("lost");
    await fixture.redis.command(["XACK", keys.request(testid), "workers", requestid]);
    expect(await suspend(fixture.redis, held, request, { run: "r" }, options)).toBe("lost");
    expect(await fixture.redis.command(["EXISTS", keys.progress(testid)])).toBe(0);
  });
});

describe("waiting", () => {
  it("takes the mark of a stop for no answer", async () => {
    await stopTest(fixture.redis, testid);
    const last = await fixture.redis.command(["XREVRANGE", keys.response(testid), "+", "-", "COUNT", 1]);
    const id = (last as [string][])[0]?.[0] ?? "";
    expect(await lookup(fixture.redis, testid, id)).toEqual({ kind: "gone" });
  });

  it("tells an answer that is not kept any more from a request that never was", async () => {
    const requestid = await mustPut("advance");
    await end(await mustTake("a"), '"1"');
    await fixture.redis.command(["XDEL", keys.response(testid), requestid]);
    expect(await lookup(fixture.redis, testid, requestid)).toEqual({ kind: "gone" });
    expect(await lookup(fixture.redis, testid, "9999999999999-0")).toEqual({ kind: "unknown" });
    expect(await lookup(fixture.redis, randomUUID(), "9999999999999-0")).toEqual({ kind: "unknown" });
  });

  it("returns nothing when the wait is over, and the answer as soon as it is there", async () => {
    const requestid = await mustPut("advance");
    expect(await waitForAnswer(fixture.redis, testid, requestid, 30)).toBeUndefined();
    const waiting = waitForAnswer(fixture.redis, testid, requestid, 10_000);
    await end(await mustTake("a"), '"1"');
    expect(await waiting).toEqual({ status: 200, body: '"1"' });
  });
});

describe("stop", () => {
  it("answers who waits, makes a running commit fail, and leaves nothing but the answers", async () => {
    const computing = await mustPut("advance");
    const waiting = await mustPut("advance");
    await put("set_step", { key: "k" });
    const work = await mustTake("a");
    expect(await stopTest(fixture.redis, testid)).toBe("stopped");
    expect(await end(work, '"late"', { fields: { state: "late" }, chunk: "late" })).toEqual({ kind: "lost" });
    for (const id of [computing, waiting]) {
      expect(await lookup(fixture.redis, testid, id)).toMatchObject({ kind: "answered", answer: { status: 400 } });
    }
    expect(await fixture.redis.command(["KEYS", `*${testid}*`])).toEqual([keys.response(testid)]);
    expect(await fixture.redis.command(["PTTL", keys.response(testid)])).toBeLessThanOrEqual(60_000);
    expect(await fixture.redis.command(["SISMEMBER", keys.userTests("john"), testid])).toBe(0);
    expect(await fixture.redis.command(["ZSCORE", keys.active(testid), testid])).toBeNull();
    expect(await marked()).toBe(false);
    expect(await put("advance")).toEqual({ kind: "unknown" });
  });

  it("leaves the lineage of the test's segments, and puts it on the garbage if nobody else is in it", async () => {
    const lineages = [`${testid}.own`, `${testid}.shared`];
    for (const [i, lineage] of lineages.entries()) {
      if (i === 1) await fixture.redis.command(["SADD", keys.lineage(lineage), "a fork"]);
      await mustPut("initialize");
      const fields = { lineage };
      const leaves = lineages[i - 1];
      const move = leaves === undefined ? { joins: lineage } : { joins: lineage, leaves };
      await end(await mustTake("a"), '"1"', { fields, results: "restart", segments: ["ref"], ...move });
    }
    await stopTest(fixture.redis, testid);
    expect(await fixture.redis.command(["SMEMBERS", keys.lineage(lineages[1] ?? "")])).toEqual(["a fork"]);
    const garbage = await fixture.redis.command(["SMISMEMBER", keys.garbage(), ...lineages]);
    expect(garbage).toEqual([1, 0]);
  });

  it("puts the lineage on the garbage when it is the last to leave", async () => {
    const lineage = `${testid}.1`;
    await mustPut("advance");
    const fields = { lineage };
    await end(await mustTake("a"), '"1"', { fields, segments: ["ref"], joins: lineage });
    await stopTest(fixture.redis, testid);
    expect(await fixture.redis.command(["EXISTS", keys.lineage(lineage)])).toBe(0);
    expect(await fixture.redis.command(["SISMEMBER", keys.garbage(), lineage])).toBe(1);
  });

  it("is done once, and again only for who sends the same Idempotency-Key", async () => {
    expect(await stopTest(fixture.redis, testid, { idempotencyKey: "once" })).toBe("stopped");
    expect(await stopTest(fixture.redis, testid, { idempotencyKey: "once" })).toBe("stopped");
    expect(await stopTest(fixture.redis, testid, { idempotencyKey: "other" })).toBe("unknown");
    expect(await stopTest(fixture.redis, testid)).toBe("unknown");
  });

  it("spares a test that is not idle any more", async () => {
    await mustPut("advance");
    expect(await stopTest(fixture.redis, testid, { idleRevision: "1" })).toBe("busy");
    await end(await mustTake("a"), '"1"');
    expect(await stopTest(fixture.redis, testid, { idleRevision: "1" })).toBe("busy");
    expect(await stopTest(fixture.redis, testid, { idleRevision: "2" })).toBe("stopped");
  });
});
