import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { keys } from "../../functions/platform/keys.ts";
import { enqueue } from "../../functions/streams/enqueue.ts";
import { LeaseLost, renew } from "../../functions/streams/lease.ts";
import { suspend } from "../../functions/streams/suspend.ts";
import { lookup, waitForAnswer } from "../../functions/streams/wait.ts";
import { passLeaseTime } from "../support/lease-time.ts";
import {
  end,
  fixture,
  LEASE_MS,
  marked,
  mustPut,
  mustTake,
  NOW_MS,
  put,
  take,
  testid,
  useProtocolTest,
} from "../support/protocol-test.ts";

useProtocolTest();

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
    await mustTake("a");
    await passLeaseTime(fixture.redis, testid);
    const { request } = await mustTake("b");
    expect(request).toMatchObject({ id: first, deliveries: 2 });
  });
});

describe("a lease", () => {
  it("is renewed for its holder only", async () => {
    await mustPut("advance");
    const { claim: held } = await mustTake("a");
    await renew(fixture.redis, held, 60_000);
    expect(await fixture.redis.command(["PTTL", keys.lease(testid)])).toBeGreaterThan(50_000);
    await expect(renew(fixture.redis, { ...held, token: "b" }, 60_000)).rejects.toBeInstanceOf(LeaseLost);
  });
});

describe("suspend", () => {
  it("saves progress for whoever continues, with a new delivery count, and lets go of the lease", async () => {
    await mustPut("advance");
    const work = await mustTake("a");
    expect((await suspend(fixture.redis, work.claim, work.request, { run: "r1" }, { lifetimeMs: 60_000 })).kind).toBe(
      "suspended",
    );
    const next = await mustTake("b");
    expect(next.request).toMatchObject({ id: work.request.id, deliveries: 1 });
    expect(next.progress).toEqual({ run: "r1", requestid: work.request.id, revision: "1" });
    expect(await end(next, '"whole"')).toEqual({ kind: "done" });
    expect(await fixture.redis.command(["EXISTS", keys.progress(testid)])).toBe(0);
  });

  it("that is to be gone on with later keeps everybody away until then: one doorbell comes back", async () => {
    await mustPut("advance");
    const work = await mustTake("a");
    const options = { lifetimeMs: 60_000, resumeAfterMs: 60_000 };
    expect((await suspend(fixture.redis, work.claim, work.request, {}, options)).kind).toBe("suspended");
    expect(await take("b")).toEqual({ kind: "busy" });
    const restMs = await fixture.redis.command(["PTTL", keys.lease(testid)]);
    expect(restMs).toBeGreaterThan(0);
    expect(restMs).toBeLessThanOrEqual(54_000);
    await passLeaseTime(fixture.redis, testid);
    expect((await mustTake("b")).request).toMatchObject({ id: work.request.id, deliveries: 1 });
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
    const work = await mustTake("a");
    await passLeaseTime(fixture.redis, testid);
    await mustTake("b");
    expect((await suspend(fixture.redis, work.claim, work.request, { run: "r1" }, { lifetimeMs: 60_000 })).kind).toBe(
      "lost",
    );
    expect(await fixture.redis.command(["EXISTS", keys.progress(testid)])).toBe(0);
  });

  it("is refused under another revision and for a request that is gone", async () => {
    const requestid = await mustPut("advance");
    const { claim: held, request } = await mustTake("a");
    const options = { lifetimeMs: 60_000 };
    expect((await suspend(fixture.redis, { ...held, revision: 9 }, request, { run: "r" }, options)).kind).toBe("lost");
    await fixture.redis.command(["XACK", keys.request(testid), "workers", requestid]);
    expect((await suspend(fixture.redis, held, request, { run: "r" }, options)).kind).toBe("lost");
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
