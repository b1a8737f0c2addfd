import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { objectKeys } from "../../functions/platform/objects.ts";
import { keepHouse } from "../../functions/sweeper/housekeeping.ts";
import { disagreements, useCacheStack } from "../support/cache.ts";

const HOUR_MS = 3_600_000;
const stack = useCacheStack();
const queue = { send: async () => {}, sendBatch: async () => 0 };
let namespace: string;
/** Every object is older than the grace period by then. */
let nowMs: number;

beforeEach(async () => {
  namespace = `h-${randomUUID()}`;
  nowMs = Date.now() + HOUR_MS;
  await stack().fixture.redis.command(["DEL", keys.housekeeping()]);
});
const sweep = () => {
  const { fixture, bucket } = stack();
  const parts = { redis: fixture.redis, bucket, queue, cache: stack().open({ namespace }) };
  return keepHouse(parts, { nowMs, everyMs: HOUR_MS, orphanGraceMs: 60_000, idleMs: HOUR_MS });
};
const state = async () => await stack().fixture.redis.command(["HMGET", keys.housekeeping(), "cache", "results"]);
const orphan = (name: string) =>
  stack().bucket.create(objectKeys.segment(`${randomUUID()}.1`, name), Buffer.from(name));

describe("keeping house", () => {
  it("puts the cache's index right and removes orphans, once in so long", async () => {
    await stack().bucket.put(`${namespace}/a`, Buffer.from("an orphan"));
    await orphan("x");
    expect(await sweep()).toEqual({ adopted: 1, dropped: 0, orphans: 1, packages: 0 });
    expect(await disagreements(stack(), namespace)).toEqual([]);
    nowMs += HOUR_MS - 1;
    const cost = await stack().cost(async () => expect(await sweep()).toBeUndefined());
    expect(cost).toEqual({ requests: 1, commands: 1, s3: {} });
    nowMs += 1;
    expect(await sweep()).toEqual({ adopted: 0, dropped: 0, orphans: 0, packages: 0 });
  });

  it("goes on where the run before stopped, without waiting, each of the two parts by itself", async () => {
    await stack().bucket.put(`${namespace}/a`, Buffer.from("an orphan"));
    await stack().bucket.put(`${namespace}/b`, Buffer.from("an orphan"));
    await orphan("x");
    const progress = ["begunMs", nowMs, "cache", "a", "results", ""] as const;
    await stack().fixture.redis.command(["HSET", keys.housekeeping(), ...progress]);
    // The cache's part from `a` on; the other was through.
    expect(await sweep()).toEqual({ adopted: 1, dropped: 0, orphans: 0, packages: 0 });
    expect(await state()).toEqual(["", ""]);
    expect(await sweep()).toBeUndefined();
    nowMs += HOUR_MS;
    expect(await sweep()).toEqual({ adopted: 1, dropped: 0, orphans: 1, packages: 0 });
  });
});
