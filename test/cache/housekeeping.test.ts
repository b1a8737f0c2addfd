import { randomBytes, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { objectKeys } from "../../functions/platform/objects.ts";
import { keepHouse } from "../../functions/sweeper/housekeeping.ts";
import { s3Error } from "../../infra/local/storage/faults.ts";
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
const sweep = (options: { timeIsUp?: () => boolean; pageSize?: number } = {}, bucket = stack().bucket) => {
  const { fixture } = stack();
  const parts = { redis: fixture.redis, bucket, queue, cache: stack().open({ namespace }) };
  return keepHouse(parts, {
    nowMs,
    everyMs: HOUR_MS,
    orphanGraceMs: 60_000,
    idleMs: HOUR_MS,
    refusedUploadMs: HOUR_MS,
    ...options,
  });
};
const state = async () => await stack().fixture.redis.command(["HMGET", keys.housekeeping(), "cache", "results"]);
const namesOf = async () => (await stack().bucket.list(objectKeys.results)).objects.map(({ key }) => key);
const orphan = (name: string) =>
  stack().bucket.create(objectKeys.segment(`${randomUUID()}.1`, name), Buffer.from(name));

describe("keeping house", () => {
  it("puts the cache's index right and removes orphans, once in so long", async () => {
    await stack().bucket.put(`${namespace}/a`, Buffer.from("an orphan"));
    await orphan("x");
    expect(await sweep()).toEqual({ adopted: 1, dropped: 0, orphans: 1, packages: 0, uploads: 0, names: 0 });
    expect(await disagreements(stack(), namespace)).toEqual([]);
    nowMs += HOUR_MS - 1;
    const cost = await stack().cost(async () => expect(await sweep()).toBeUndefined());
    expect(cost).toEqual({ requests: 1, commands: 1, s3: {} });
    nowMs += 1;
    expect(await sweep()).toEqual({ adopted: 0, dropped: 0, orphans: 0, packages: 0, uploads: 0, names: 0 });
  });

  it("collects packages though clearing up uploads fails", async () => {
    const hash = randomBytes(32).toString("hex");
    await stack().bucket.create(objectKeys.packageManifest(hash), Buffer.from("manifest"));
    await stack().fixture.redis.command(["ZADD", keys.packagesUsed(), 0, hash]);
    const failing = {
      ...stack().bucket,
      list: (prefix: string, options = {}) =>
        prefix === objectKeys.allUploads
          ? Promise.reject(new Error("S3 is down"))
          : stack().bucket.list(prefix, options),
    };
    await expect(sweep({}, failing)).rejects.toThrow("S3 is down");
    expect(await stack().bucket.head(objectKeys.packageManifest(hash))).toBeUndefined();
  });

  it("goes on where the run before stopped, without waiting, each of the two parts by itself", async () => {
    await stack().bucket.put(`${namespace}/a`, Buffer.from("an orphan"));
    await stack().bucket.put(`${namespace}/b`, Buffer.from("an orphan"));
    await orphan("x");
    const progress = ["begunMs", nowMs, "cache", "a", "results", ""] as const;
    await stack().fixture.redis.command(["HSET", keys.housekeeping(), ...progress]);
    // The cache's part from `a` on; the other was through.
    expect(await sweep()).toEqual({ adopted: 1, dropped: 0, orphans: 0, packages: 0, uploads: 0, names: 0 });
    expect(await state()).toEqual(["", ""]);
    expect(await sweep()).toBeUndefined();
    nowMs += HOUR_MS;
    expect(await sweep()).toEqual({ adopted: 1, dropped: 0, orphans: 1, packages: 0, uploads: 0, names: 0 });
  });

  it("saves where it is as it goes: a run that dies is gone on from, not begun anew", async () => {
    await stack().bucket.put(`${namespace}/a`, Buffer.from("an orphan"));
    for (const name of ["x", "y"]) await orphan(name);
    const [first] = await namesOf();
    // At the listing of the results, when the cache's part is through; and at that of their second page.
    for (const [reached, listing] of [
      ["results/", 2],
      [first, 2],
    ] as const) {
      let listings = 0;
      stack().storage.faults.before = (call) =>
        call.operation.startsWith("ListObjects") && ++listings === listing ? s3Error(403, "Died") : undefined;
      await expect(sweep({ pageSize: 1 })).rejects.toThrow("Died");
      expect(await state()).toEqual(["", reached]);
    }
    stack().storage.faults.before = undefined;
    expect(await sweep()).toEqual({ adopted: 0, dropped: 0, orphans: 1, packages: 0, uploads: 0, names: 0 });
    expect(await state()).toEqual(["", ""]);
    expect(await sweep()).toBeUndefined();
  });

  it("stops between two lineages when its time is up, always after one at least", async () => {
    for (const name of ["x", "y", "z"]) await orphan(name);
    const before = await namesOf();
    const overdue = { timeIsUp: () => true };
    expect(await sweep(overdue)).toMatchObject({ orphans: 1 });
    expect(await state()).toEqual(["", before[0]]);
    expect(await sweep(overdue)).toMatchObject({ orphans: 1 });
    expect(await sweep(overdue)).toMatchObject({ orphans: 1 });
    expect(await namesOf()).toEqual([]);
    expect(await sweep(overdue)).toBeUndefined();
  });

  it("looks at packages once in a pass, in whichever run that is through with the rest", async () => {
    for (const name of ["x", "y"]) await orphan(name);
    const unused = "0".repeat(64);
    await stack().fixture.redis.command(["ZADD", keys.packagesUsed(), 1, unused]);
    const overdue = { timeIsUp: () => true };
    nowMs += 30 * 86_400_000;
    expect(await sweep(overdue)).toMatchObject({ orphans: 1, packages: 0, uploads: 0, names: 0 });
    expect(await sweep(overdue)).toMatchObject({ orphans: 1, packages: 1 });
    expect(await sweep(overdue)).toBeUndefined();
  });
});
