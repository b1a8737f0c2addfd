import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { RedisRefused } from "../../functions/platform/redis.ts";
import { lookup } from "../../functions/streams/wait.ts";
import {
  end,
  field,
  fixture,
  IDLE_MS,
  marked,
  mustPut,
  mustTake,
  NOW_MS,
  put,
  testid,
  useProtocolTest,
} from "../support/protocol-test.ts";

useProtocolTest();

/** A stream with this id takes no more entries. */
const HIGHEST_ID = "18446744073709551615-18446744073709551615";

describe("commit", () => {
  it("answers the request, applies the changes and raises the revision, all at once", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    const chunks = Array.from({ length: 2500 }, (_, i) => `c${i}`);
    expect(await end(work, '"done"', { fields: { state: "s1" }, chunks })).toEqual({ kind: "done" });
    expect(await lookup(fixture.redis, testid, requestid)).toEqual({
      kind: "answered",
      answer: { status: 200, body: '"done"' },
    });
    expect([await field("state"), await field("revision")]).toEqual(["s1", "2"]);
    expect(await fixture.redis.command(["LRANGE", keys.results(testid), 0, -1])).toEqual(chunks);
    expect(await fixture.redis.command(["PTTL", keys.results(testid)])).toBeGreaterThan(0);
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
    expect(await end(paused, '"a"', { fields: { state: "a" }, chunks: ["a"] })).toEqual({ kind: "lost" });
    await expectUntouched(requestid);
  });

  it("writes nothing when the lease has run out and nobody holds it", async () => {
    const requestid = await mustPut("advance");
    const paused = await mustTake("a", 100);
    await sleep(120);
    expect(await end(paused, '"a"', { fields: { state: "a" }, chunks: ["a"] })).toEqual({ kind: "lost" });
    await expectUntouched(requestid);
  });

  it("writes nothing when the revision is not the claimed one, though the lease is held", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    const stale = { ...work, claim: { ...work.claim, revision: 0 } };
    expect(await end(stale, '"a"', { fields: { state: "a" }, chunks: ["a"] })).toEqual({ kind: "lost" });
    await expectUntouched(requestid);
  });

  it("writes nothing when the request is not there any more", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    await fixture.redis.command(["XACK", keys.request(testid), "workers", requestid]);
    await fixture.redis.command(["XDEL", keys.request(testid), requestid]);
    expect(await end(work, '"a"', { fields: { state: "a" }, chunks: ["a"] })).toEqual({ kind: "lost" });
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

  it("says so when Redis takes no answer, which is not that somebody else has answered", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("a");
    await fixture.redis.command(["XADD", keys.response(testid), HIGHEST_ID, "status", 200, "body", "1"]);
    await expect(end(work, '"a"', { fields: { state: "a" }, chunks: ["a"] })).rejects.toBeInstanceOf(RedisRefused);
    await expectUntouched(requestid);
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

  it("keeps an answer until 32 MB of newer large ones exist", async () => {
    const large = "x".repeat(8 * 1024 * 1024);
    const ids: string[] = [];
    const kept = async () => {
      const found = await Promise.all(ids.map((id) => lookup(fixture.redis, testid, id)));
      return found.map(({ kind }) => kind === "answered");
    };
    for (const body of ["1", large, "2", large, large, large]) {
      ids.push(await mustPut("advance"));
      expect(await end(await mustTake("a"), body)).toEqual({ kind: "done" });
    }
    // Nobody has to do without: there are 32 MB after the first, and no more.
    expect(await kept()).toEqual([true, true, true, true, true, true]);
    for (const body of ["3", large, "4"]) {
      ids.push(await mustPut("advance"));
      await end(await mustTake("a"), body);
    }
    expect(await kept()).toEqual([false, false, false, true, true, true, true, true, true]);
    ids.push(await mustPut("advance"));
    await end(await mustTake("a"), large);
    expect(await kept()).toEqual([false, false, false, false, true, true, true, true, true, true]);
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
