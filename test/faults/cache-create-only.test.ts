import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import lockScript from "../../functions/cache/scripts/lock.lua";
import { cacheKeys } from "../../functions/platform/keys.ts";
import { disagreements, passLockTime, useCacheStack } from "../support/cache.ts";
import { CacheProcess } from "../support/cache-process.ts";
import { until } from "../support/cloud.ts";

/** Create-only under the worst case: every one of these ends with one object, one `ok`, and `exists` for the others. */

const LOCK_MS = 400;
const stack = useCacheStack();
let namespace: string;

beforeEach(() => {
  namespace = `w-${randomUUID()}`;
  stack().storage.faults.before = undefined;
  stack().storage.faults.after = undefined;
  stack().fixture.redisRest.intercept = undefined;
});
const start = (lockMs = LOCK_MS) => CacheProcess.start(stack(), { namespace, lockMs, memoryBytes: 0 });
const read = async () => {
  const found = await stack().open({ namespace }).read("a");
  return found.outcome === "ok" ? Buffer.from(found.bytes).toString() : found.outcome;
};
const lockExpired = () =>
  until("the lock to run out", async () =>
    (await stack().fixture.redis.command(["EXISTS", cacheKeys(namespace).lock("a")])) === 0 ? true : undefined,
  );

/** Holds the first PUT that comes before it takes effect. */
function holdFirstPut() {
  const reached = Promise.withResolvers<void>();
  const release = Promise.withResolvers<undefined>();
  let puts = 0;
  stack().storage.faults.before = (call) => {
    if (call.operation !== "PutObject" || ++puts > 1) return undefined;
    reached.resolve();
    return release.promise;
  };
  return { reached: reached.promise, release: () => release.resolve(undefined) };
}

describe("one object, whatever happens to the lock", () => {
  it("when its holder is paused past its time before the PUT, and wakes when another has created", async () => {
    const [paused, other] = await Promise.all([start(), start()]);
    const reached = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    let locks = 0;
    // Paused between the lock and the PUT: its lock's answer is held until it sleeps.
    stack().fixture.redisRest.intercept = async ({ scripts, forward }) => {
      const reply = await forward();
      if (scripts[0] !== lockScript || ++locks > 1) return reply;
      reached.resolve();
      await answer.promise;
      return reply;
    };
    const creating = paused.call("create", "a", "of the paused one");
    await reached.promise;
    paused.pause();
    answer.resolve();
    await lockExpired();
    expect(await other.call("create", "a", "of the other")).toBe("ok");
    paused.resume();
    expect(await creating).toBe("exists");
    expect(await read()).toBe("of the other");
    expect(await disagreements(stack(), namespace)).toEqual([]);
    await Promise.all([paused.kill(), other.kill()]);
  });

  it("when its holder is paused past its time while the PUT is under way, which lands in the end", async () => {
    const [paused, other] = await Promise.all([start(), start()]);
    const put = holdFirstPut();
    const creating = paused.call("create", "a", "of the paused one");
    await put.reached;
    paused.pause();
    await lockExpired();
    const seen: unknown[] = [await read()];
    expect(await other.call("create", "a", "of the other")).toBe("ok");
    seen.push(await read());
    put.release();
    paused.resume();
    expect(await creating).toBe("exists");
    seen.push(await read());
    expect(seen).toEqual(["missing", "of the other", "of the other"]);
    expect(await disagreements(stack(), namespace)).toEqual([]);
    await Promise.all([paused.kill(), other.kill()]);
  });

  it("when the lock is removed by hand and several write at once", async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => start()));
    const arrived = Promise.withResolvers<void>();
    let puts = 0;
    stack().storage.faults.before = async (call) => {
      if (call.operation !== "PutObject") return undefined;
      await stack().fixture.redis.command(["DEL", cacheKeys(namespace).lock("a")]);
      if (++puts === processes.length) arrived.resolve();
      // All of them have locked, none has written: now they may.
      await arrived.promise;
      return undefined;
    };
    const creating: Promise<unknown>[] = [];
    for (const [i, process] of processes.entries()) {
      creating.push(process.call("create", "a", `of ${i}`));
      await until("its PUT to arrive", () => (puts > i ? true : undefined));
    }
    const outcomes = await Promise.all(creating);
    expect([...outcomes].sort()).toEqual(["exists", "exists", "exists", "ok"]);
    const winner = `of ${outcomes.indexOf("ok")}`;
    for (const process of processes) expect(await process.call("read", "a")).toBe(winner);
    expect(await disagreements(stack(), namespace)).toEqual([]);
    await Promise.all(processes.map((process) => process.kill()));
  });

  it("when its writer is killed: for the lock's time that key is busy, and no other", async () => {
    const lockMs = 20_000;
    const [killed, other] = await Promise.all([start(lockMs), start(lockMs)]);
    const put = holdFirstPut();
    void killed.call("create", "a", "of the killed one");
    await put.reached;
    await killed.kill();
    expect(await other.call("create", "a", "too early")).toBe("busy");
    expect(await other.call("read", "a")).toBe("busy");
    expect(await other.call("create", "b", "beside it")).toBe("ok");
    await passLockTime(stack(), namespace, lockMs);
    expect(await other.call("create", "a", "of the other")).toBe("ok");
    // What the dead one had sent arrives only now.
    put.release();
    expect(await other.call("read", "a")).toBe("of the other");
    expect(await disagreements(stack(), namespace)).toEqual([]);
    await other.kill();
  });
});
