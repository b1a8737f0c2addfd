import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Cache } from "../../functions/cache/cache.ts";
import { cacheKeys } from "../../functions/platform/keys.ts";
import { inBatches } from "../support/batches.ts";
import { disagreements, useCacheStack } from "../support/cache.ts";

const stack = useCacheStack();
let namespace: string;
let cache: Cache;

beforeEach(() => {
  namespace = `r-${randomUUID()}`;
  cache = stack().open({ namespace });
});
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
const create = (key: string) => cache.create(key, Buffer.from(key));
/** As a crash between DELETE and index leaves it. */
const removeObject = (key: string) => stack().bucket.remove([`${namespace}/${key}`]);
/** As a crash between PUT and index leaves it. */
async function removeEntry(key: string): Promise<void> {
  const keys = cacheKeys(namespace);
  const bytes = Number.parseInt(String(await command("HGET", keys.size, key)), 10);
  await command("HDEL", keys.size, key);
  await command("ZREM", keys.names, key);
  await command("ZREM", keys.lru, key);
  await command("DECRBY", keys.total, bytes);
}

describe("reconciling", () => {
  it("changes nothing where all is well", async () => {
    await create("a");
    const before = await cache.list();
    expect(await cache.reconcile()).toEqual({ adopted: 0, dropped: 0, next: undefined });
    expect(await cache.list()).toEqual(before);
  });

  it("adopts orphans, drops ghosts and puts the total right", async () => {
    for (const key of ["a", "b", "c", "d", "e"]) await create(key);
    await removeEntry("b");
    await removeObject("d");
    expect((await disagreements(stack(), namespace)).length).toBeGreaterThan(0);
    expect(await cache.reconcile()).toEqual({ adopted: 1, dropped: 1, next: undefined });
    expect(await disagreements(stack(), namespace)).toEqual([]);
    expect((await cache.list()).objects.map(({ key }) => key)).toEqual(["a", "b", "c", "e"]);
  });

  it("goes through any number of pages, and on from where it stopped", async () => {
    const names = Array.from({ length: 701 }, (_, i) => `k/${i}`);
    await inBatches(names, create);
    await Promise.all(["k/0", "k/700", "k/55", "k/599"].map(removeEntry));
    await Promise.all(["k/1", "k/699", "k/57"].map(removeObject));
    let adopted = 0;
    let dropped = 0;
    let calls = 0;
    for (let next: string | undefined = ""; next !== undefined; calls++) {
      const part: Awaited<ReturnType<Cache["reconcile"]>> = await cache.reconcile({ after: next, pages: 1 });
      adopted += part.adopted;
      dropped += part.dropped;
      next = part.next;
    }
    expect([adopted, dropped, calls]).toEqual([4, 3, 2]);
  }, 60_000);

  it("leaves alone what somebody is at", async () => {
    await create("a");
    await create("b");
    await removeEntry("a");
    await removeObject("b");
    for (const key of ["a", "b"]) await command("SET", cacheKeys(namespace).lock(key), "other 1 host/7", "PX", 60_000);
    expect(await cache.reconcile()).toEqual({ adopted: 0, dropped: 0, next: undefined });
    for (const key of ["a", "b"]) await command("DEL", cacheKeys(namespace).lock(key));
    expect(await cache.reconcile()).toEqual({ adopted: 1, dropped: 1, next: undefined });
  });

  it("does not drop an entry that was made anew after the index was read", async () => {
    await create("a");
    await removeObject("a");
    stack().storage.faults.before = async (call) => {
      if (call.operation !== "ListObjects") return undefined;
      stack().storage.faults.before = undefined;
      return undefined;
    };
    stack().storage.faults.after = async (call) => {
      if (call.operation !== "ListObjects") return undefined;
      stack().storage.faults.after = undefined;
      expect(await stack().open({ namespace }).create("a", Buffer.from("a"))).toEqual({ outcome: "ok" });
      return undefined;
    };
    expect(await cache.reconcile()).toEqual({ adopted: 0, dropped: 0, next: undefined });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("adds up the total again when Redis has lost it, or any one of the keys", async () => {
    for (const key of ["a", "b"]) await create(key);
    const { total, lru, names, size } = cacheKeys(namespace);
    for (const lost of [total, lru, names, size]) {
      await command("DEL", lost);
      await cache.reconcile();
      expect(await disagreements(stack(), namespace)).toEqual([]);
    }
  });

  it("touches nothing that has no key of the cache's", async () => {
    await create("a");
    await stack().bucket.put(`${namespace}/some thing`, Buffer.from("x"));
    expect(await cache.reconcile()).toEqual({ adopted: 0, dropped: 0, next: undefined });
    expect(await stack().bucket.head(`${namespace}/some thing`)).toBeDefined();
  });
});
