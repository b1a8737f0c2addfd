import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Cache } from "../../functions/cache/cache.ts";
import { SEAL_BYTES } from "../../functions/cache/seal.ts";
import { cacheKeys } from "../../functions/platform/keys.ts";
import { inBatches } from "../support/batches.ts";
import { disagreements, useCacheStack } from "../support/cache.ts";

const SIZE = 1000 - SEAL_BYTES;
const stack = useCacheStack();
let namespace: string;
let nowMs: number;
let cache: Cache;

beforeEach(() => {
  namespace = `e-${randomUUID()}`;
  nowMs = 1_800_000_000_000;
  stack().storage.faults.before = undefined;
  cache = open();
});
const open = (settings = {}) =>
  stack().open({
    namespace,
    clock: () => nowMs,
    maxBytes: 10_000,
    lowWater: 0.5,
    graceMs: 1000,
    memoryBytes: 0,
    ...settings,
  });
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
const kept = async () => (await cache.list()).objects.map(({ key }) => key);

/** Objects of 1,000 bytes each as stored, created one second after the other. */
async function fill(...names: string[]): Promise<void> {
  for (const name of names) {
    await cache.create(name, new Uint8Array(SIZE));
    nowMs += 1000;
  }
}

describe("evicting", () => {
  it("does nothing below the high-water mark", async () => {
    await fill("a", "b");
    const cost = await stack().cost(async () => {
      expect(await cache.evict()).toEqual({ outcome: "unneeded", objects: 0, bytes: 0 });
    });
    expect(cost).toEqual({ requests: 1, commands: 1, s3: {} });
  });

  it("goes down to the low-water mark, least recently read first", async () => {
    await fill("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");
    await cache.read("b");
    await cache.read("a");
    await cache.flush();
    expect(await cache.evict()).toEqual({ outcome: "done", objects: 6, bytes: 6000 });
    expect(await kept()).toEqual(["a", "b", "i", "j", "k"]);
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("leaves alone what is younger than the grace period, and what somebody holds", async () => {
    await fill("a", "b", "c");
    nowMs -= 1000;
    await command("SET", cacheKeys(namespace).lock("a"), "other 1 host/7", "PX", 60_000);
    expect(await cache.evict({ toBytes: 0 })).toEqual({ outcome: "done", objects: 1, bytes: 1000 });
    expect(await kept()).toEqual(["a", "c"]);
    expect((await stack().bucket.list(`${namespace}/`)).objects.map(({ key }) => key.slice(-1))).toEqual(["a", "c"]);
    expect(await command("EXISTS", cacheKeys(namespace).purge)).toBe(0);
  });

  it("reaches what is old behind any number of objects that it has to leave alone", async () => {
    const young = Array.from({ length: 230 }, (_, i) => `young-${i}`);
    await inBatches(young, (key) => cache.create(key, new Uint8Array(SIZE)));
    await fill("old");
    await command("HSET", cacheKeys(namespace).size, "old", `1000 ${nowMs - 60_000}`);
    nowMs -= 500;
    expect(await cache.evict({ toBytes: 1000 })).toEqual({ outcome: "done", objects: 1, bytes: 1000 });
    expect((await stack().bucket.head(`${namespace}/old`)) === undefined).toBe(true);
  });

  it("is done by one at a time", async () => {
    await fill("a", "b");
    await command("SET", cacheKeys(namespace).purge, "other 1 host/7", "PX", 60_000);
    expect(await cache.evict({ toBytes: 0 })).toEqual({ outcome: "busy", objects: 0, bytes: 0 });
    expect(await kept()).toEqual(["a", "b"]);
    expect(await command("GET", cacheKeys(namespace).purge)).toBe("other 1 host/7");
  });

  it("takes each object's lock, so that nobody makes it anew before it is out of the index", async () => {
    await fill("a");
    let during: unknown;
    stack().storage.faults.before = async (call) => {
      if (call.operation === "DeleteObjects") during = await open().create("a", new Uint8Array(1));
      return undefined;
    };
    await cache.evict({ toBytes: 0 });
    expect(during).toMatchObject({ outcome: "busy" });
    expect(await cache.create("a", new Uint8Array(1))).toEqual({ outcome: "ok" });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("logs what went and why, the newest thousands", async () => {
    await fill("a", "b");
    await cache.evict({ toBytes: 1000 });
    await cache.delete("b");
    const entries = (await command("XRANGE", cacheKeys(namespace).evictions, "-", "+")) as [string, string[]][];
    expect(entries.map(([, fields]) => fields)).toEqual([
      ["key", "a", "bytes", "1000", "why", "evicted", "at", String(nowMs)],
      ["key", "b", "bytes", "1000", "why", "deleted", "at", String(nowMs)],
    ]);
  });

  it("spares what is read all the time while the cache shrinks to half its size under load", async () => {
    const hot = Array.from({ length: 10 }, (_, i) => `hot-${i}`);
    const cold = Array.from({ length: 190 }, (_, i) => `cold-${i}`);
    await inBatches([...hot, ...cold], (key) => cache.create(key, new Uint8Array(SIZE)));
    nowMs += 5000;
    let evicting = true;
    const outcomes = new Map<string, number>();
    const load = Array.from({ length: 4 }, async (_, reader) => {
      const own = open({ notedObjects: 10 });
      for (let i = 0; evicting; i++) {
        nowMs += 1;
        const key = i % 2 === 0 ? hot[i % 10] : cold[(i * 7 + reader) % 190];
        const { outcome } = await own.read(key ?? "");
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (i % 10 === 0) await own.create(`new-${reader}-${i}`, new Uint8Array(SIZE));
        // Recency is told in the background; here it must not lag behind.
        if (i % 10 === 0) await own.flush();
      }
    });
    for (const key of hot) await cache.read(key);
    await cache.flush();
    const evicted = await cache.evict({ toBytes: 100_000 });
    evicting = false;
    await Promise.all(load);
    expect(evicted.objects).toBeGreaterThanOrEqual(100);
    expect([...outcomes.keys()].filter((outcome) => !["ok", "busy", "missing"].includes(outcome))).toEqual([]);
    for (const key of hot) expect((await cache.read(key)).outcome).toBe("ok");
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });
});
