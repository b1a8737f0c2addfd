import { randomBytes, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Cache } from "../../functions/cache/cache.ts";
import { InvalidKey } from "../../functions/cache/key.ts";
import { DamagedObject, SEAL_BYTES } from "../../functions/cache/seal.ts";
import { cacheKeys } from "../../functions/platform/keys.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { s3Error } from "../../infra/local/storage/faults.ts";
import { disagreements, useCacheStack } from "../support/cache.ts";

const NOW_MS = 1_800_000_000_000;
const stack = useCacheStack();
const text = (value: string) => Buffer.from(value);
let namespace: string;
let cache: Cache;

/** A cache of its own for each sentence; `open` is another process's view of it. */
beforeEach(() => {
  namespace = `c-${randomUUID()}`;
  stack().storage.faults.before = undefined;
  stack().storage.faults.after = undefined;
  cache = open();
});
const open = (settings: Parameters<ReturnType<typeof stack>["open"]>[0] = {}) =>
  stack().open({ namespace, clock: () => NOW_MS, who: "test/1", ...settings });

const lockOf = (key: string) => stack().fixture.redis.command(["GET", cacheKeys(namespace).lock(key)]);
const holdLock = (key: string, value = `other ${NOW_MS - 5000} host/7`) =>
  stack().fixture.redis.command(["SET", cacheKeys(namespace).lock(key), value, "PX", 60_000]);

describe("creating", () => {
  it("makes an object that everybody can read, once", async () => {
    expect(await cache.create("a/b", text("first"))).toEqual({ outcome: "ok" });
    expect(await open().create("a/b", text("second"))).toEqual({ outcome: "exists" });
    const read = await open().read("a/b");
    expect(read.outcome === "ok" && Buffer.from(read.bytes).toString()).toBe("first");
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("leaves an object alone that somebody else is making, and says who and since when", async () => {
    await holdLock("a");
    const holder = { token: "other", who: "host/7", sinceMs: NOW_MS - 5000 };
    const created = await cache.create("a", text("x"));
    expect(created).toMatchObject({ outcome: "busy", holder });
    expect(await cache.read("a")).toEqual({ outcome: "busy", holder });
    expect(created.outcome === "busy" && created.leftMs).toBeGreaterThan(50_000);
  });

  it("holds the lock in its own name while the object goes up", async () => {
    let seen: unknown;
    stack().storage.faults.before = async (call) => {
      if (call.operation === "PutObject") seen = await lockOf("a");
      return undefined;
    };
    await cache.create("a", text("x"));
    expect(seen).toMatch(/^[0-9a-f-]{36} 1800000000000 test\/1$/);
    expect(await lockOf("a")).toBeNull();
  });

  it("takes streams of any size, and gives streams back", async () => {
    const content = randomBytes(9 * 1024 * 1024);
    const chunks = async function* () {
      yield content.subarray(0, 5_000_000);
      yield content.subarray(5_000_000);
    };
    expect(await cache.create("large", chunks)).toEqual({ outcome: "ok" });
    expect(await open().create("large", chunks)).toEqual({ outcome: "exists" });
    const read = await open().readStream("large");
    if (read.outcome !== "ok") throw new Error(read.outcome);
    const parts: Uint8Array[] = [];
    for await (const part of read.chunks) parts.push(part);
    expect(Buffer.compare(Buffer.concat(parts), content)).toBe(0);
    expect((await cache.list()).objects).toEqual([
      { key: "large", bytes: content.length + SEAL_BYTES, createdMs: NOW_MS, readMs: NOW_MS },
    ]);
    expect(await cache.readStream("none")).toEqual({ outcome: "missing" });
  });

  it("knows its own object again when the answer to its PUT was lost", async () => {
    let lost = 1;
    stack().storage.faults.after = (call) => (call.operation === "PutObject" && lost-- > 0 ? CUT : undefined);
    expect(await cache.create("a", text("mine"))).toEqual({ outcome: "ok" });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("knows its own object again when every answer to its PUT was lost", async () => {
    stack().storage.faults.after = (call) => (call.operation === "PutObject" ? CUT : undefined);
    expect(await cache.create("a", text("mine"))).toEqual({ outcome: "ok" });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("does not take for its own an object of the same content that another has put there meanwhile", async () => {
    const other = open();
    let attempts = 0;
    stack().storage.faults.before = async (call) => {
      if (call.operation !== "PutObject" || ++attempts > 1) return undefined;
      await stack().fixture.redis.command(["DEL", cacheKeys(namespace).lock("a")]);
      expect(await other.create("a", text("same"))).toEqual({ outcome: "ok" });
      return CUT;
    };
    expect(await cache.create("a", text("same"))).toEqual({ outcome: "exists" });
  });

  it.each([
    ["ok", undefined],
    ["exists", "an object that was there first"],
  ])("does not let go of a lock that has become another's meanwhile (%s)", async (outcome, first) => {
    if (first !== undefined) await stack().bucket.put(`${namespace}/a`, text(first));
    stack().storage.faults.before = async (call) => {
      if (call.operation === "PutObject") {
        await stack().fixture.redis.command(["DEL", cacheKeys(namespace).lock("a")]);
        await holdLock("a");
      }
      return undefined;
    };
    expect((await cache.create("a", text("x"))).outcome).toBe(outcome);
    expect(await lockOf("a")).toBe(`other ${NOW_MS - 5000} host/7`);
  });

  it("tells an error as it is, and leaves nothing locked", async () => {
    stack().storage.faults.before = (call) =>
      call.operation === "PutObject" ? s3Error(403, "AccessDenied") : undefined;
    await expect(cache.create("a", text("x"))).rejects.toMatchObject({ name: "AccessDenied" });
    expect(await lockOf("a")).toBeNull();
  });

  it("refuses a key that is none before anything else", async () => {
    const { requests, s3 } = await stack().cost(async () => {
      await expect(cache.create("../a", text("x"))).rejects.toThrow(InvalidKey);
      await expect(cache.read("a//b")).rejects.toThrow(InvalidKey);
      await expect(cache.delete("")).rejects.toThrow(InvalidKey);
      await expect(cache.getOrCreate("a b", async () => text(""))).rejects.toThrow(InvalidKey);
    });
    expect([requests, s3]).toEqual([0, {}]);
  });
});

describe("what it costs", () => {
  it("is 2 Redis round trips and 1 PUT to create", async () => {
    await cache.create("warm", text("scripts"));
    const cost = await stack().cost(() => cache.create("a", text("x")));
    expect(cost.s3).toEqual({ PutObject: 1 });
    expect(cost.requests).toBe(2);
    // EVALSHA, SET; EVALSHA, HSETNX, 2 ZADD, INCRBY, GET, DEL
    expect(cost.commands).toBe(9);
  });

  it("is 1 GET and no Redis command to read, and nothing at all from memory", async () => {
    await cache.create("a", text("x"));
    const other = open();
    expect(await stack().cost(() => other.read("a"))).toEqual({ requests: 0, commands: 0, s3: { GetObject: 1 } });
    expect(await stack().cost(() => other.read("a"))).toEqual({ requests: 0, commands: 0, s3: {} });
    expect(await stack().cost(() => cache.read("a"))).toEqual({ requests: 0, commands: 0, s3: {} });
  });

  it("is 1 GET and 2 Redis commands to miss", async () => {
    expect(await stack().cost(() => cache.read("a"))).toEqual({ requests: 1, commands: 2, s3: { GetObject: 1 } });
    await holdLock("a");
    expect(await stack().cost(() => cache.read("a"))).toEqual({ requests: 1, commands: 2, s3: { GetObject: 1 } });
  });

  it("is one round trip for the recency of many reads", async () => {
    await cache.create("a", text("x"));
    await cache.create("b", text("x"));
    let nowMs = NOW_MS;
    const other = open({ clock: () => nowMs, notedObjects: 100, notedMs: 10_000 });
    await cache.flush();
    nowMs += 1000;
    const { requests } = await stack().cost(async () => {
      for (let i = 0; i < 50; i++) await other.read("a");
      await other.flush();
    });
    expect(requests).toBe(1);
    const { objects } = await cache.list();
    expect(objects.map(({ key, readMs }) => [key, readMs])).toEqual([
      ["a", NOW_MS + 1000],
      ["b", NOW_MS],
    ]);
  });
});

describe("reading", () => {
  it("waits for no lock", async () => {
    await cache.create("a", text("x"));
    await holdLock("a");
    expect((await open().read("a")).outcome).toBe("ok");
  });

  it("finds out that what is stored is not what was written", async () => {
    await cache.create("a", text("content"));
    const stored = Buffer.from((await stack().bucket.read(`${namespace}/a`)) ?? []);
    stored.write("CONTENT");
    await stack().bucket.remove([`${namespace}/a`]);
    await stack().bucket.put(`${namespace}/a`, stored);
    await expect(open().read("a")).rejects.toThrow(DamagedObject);
    const healed = open();
    expect(Buffer.from(await healed.getOrCreate("a", async () => text("anew"))).toString()).toBe("anew");
    expect(Buffer.from(await open().getOrCreate("a", async () => text("never"))).toString()).toBe("anew");
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("gives every caller bytes of its own", async () => {
    await cache.create("a", text("x"));
    const first = await cache.read("a");
    if (first.outcome === "ok") first.bytes.fill(0);
    expect(await cache.read("a")).toEqual({ outcome: "ok", bytes: new Uint8Array(text("x")) });
  });
});

describe("keeping house", () => {
  it("deletes under the object's lock, and says whether there was one", async () => {
    await cache.create("a", text("x"));
    expect(await cache.delete("a")).toEqual({ outcome: "ok" });
    expect(await cache.delete("a")).toEqual({ outcome: "missing" });
    expect(await cache.read("a")).toEqual({ outcome: "missing" });
    expect(await disagreements(stack(), namespace)).toEqual([]);
    await holdLock("b");
    expect(await cache.delete("b")).toMatchObject({ outcome: "busy", holder: { who: "host/7" } });
  });

  it("leaves nothing locked when a DELETE fails", async () => {
    await cache.create("a", text("x"));
    stack().storage.faults.before = (call) =>
      call.operation === "DeleteObjects" ? s3Error(403, "AccessDenied") : undefined;
    await expect(cache.delete("a")).rejects.toMatchObject({ name: "AccessDenied" });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("lists in the order of keys, page by page, by prefix", async () => {
    for (const key of ["b/2", "a", "b/1", "b-1", "c", "b/10"]) await cache.create(key, text(key));
    const keysOf = async (options: Parameters<Cache["list"]>[0]) => {
      const { objects, next } = await cache.list(options);
      return [objects.map(({ key }) => key), next];
    };
    expect(await keysOf({})).toEqual([["a", "b-1", "b/1", "b/10", "b/2", "c"], undefined]);
    expect(await keysOf({ limit: 4 })).toEqual([["a", "b-1", "b/1", "b/10"], "b/10"]);
    expect(await keysOf({ limit: 4, after: "b/10" })).toEqual([["b/2", "c"], undefined]);
    expect(await keysOf({ prefix: "b/", limit: 2 })).toEqual([["b/1", "b/10"], "b/10"]);
    expect(await keysOf({ prefix: "b/", after: "b/10" })).toEqual([["b/2"], undefined]);
  });

  it("counts every outcome and every byte, for this process and for all", async () => {
    const other = open();
    await cache.create("a", text("12345"));
    await other.create("a", text("1"));
    await other.read("a");
    await other.read("a");
    await other.read("none");
    await holdLock("b");
    await other.read("b");
    await other.create("b", text("1"));
    await other.getOrCreate("c", async () => text("123"));
    const expected = {
      create_exists: 1,
      create_busy: 1,
      create_ok: 1,
      create_bytes: 3,
      produced: 1,
      read_ok: 1,
      read_memory: 1,
      read_bytes: 10,
      read_missing: 1,
      read_busy: 1,
    };
    expect((await other.stats()).own).toMatchObject(expected);
    await cache.flush();
    await other.flush();
    const stats = await open().stats();
    expect(stats.all).toMatchObject({ ...expected, create_ok: 2, create_bytes: 8 });
    expect(stats).toMatchObject({ objects: 2, bytes: 8 + 2 * SEAL_BYTES, memory: { objects: 0, bytes: 0 } });
    expect((await other.stats()).memory).toEqual({ objects: 2, bytes: 8 });
  });
});
