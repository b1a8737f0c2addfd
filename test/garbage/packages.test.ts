import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { collectPackages } from "../../functions/garbage/packages.ts";
import { readRecord, type TestCaseName, withdrawRecord, writeRecord } from "../../functions/packages/records.ts";
import { notePackageUse } from "../../functions/packages/use.ts";
import { keys } from "../../functions/platform/keys.ts";
import { objectKeys } from "../../functions/platform/objects.ts";
import type { Redis } from "../../functions/platform/redis.ts";
import { useCacheStack } from "../support/cache.ts";

const DAY_MS = 86_400_000;
const stack = useCacheStack();
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
const name: TestCaseName = { scope: { kind: "shared" }, testcaseid: "room" };

/** Tests may be idle for 30 days, and a fork of one as long again; a week is added. */
const collect = (nowMs: number) =>
  collectPackages(stack().fixture.redis, stack().bucket, { nowMs, idleMs: 30 * DAY_MS });
const used = (hash: string, nowMs: number) => notePackageUse(stack().fixture.redis, hash, nowMs);

/** A package that was used last at a time. */
async function published(usedMs: number): Promise<string> {
  const hash = randomBytes(32).toString("hex");
  await stack().bucket.create(objectKeys.packageModel(hash), Buffer.from("model"));
  await stack().bucket.create(objectKeys.packageManifest(hash), Buffer.from("manifest"));
  await used(hash, usedMs);
  return hash;
}

const left = async () => {
  const { objects } = await stack().bucket.list(objectKeys.packages);
  return [...new Set(objects.map(({ key }) => key.split("/")[1]))].sort();
};

const record = (hash: string) =>
  writeRecord(stack().fixture.redis, name, {
    state: "published",
    upload: { key: `uploads/shared/room/${hash}`, modifiedMs: Number.parseInt(hash.slice(0, 8), 16) },
    package: hash,
    layout: 1,
    owner: "shared",
    step: 60,
    cost: 1,
    width: 1,
  });

beforeEach(async () => {
  for (let isMore = true; isMore; ) {
    const { objects, more } = await stack().bucket.list(objectKeys.packages);
    await stack().bucket.remove(objects.map(({ key }) => key));
    isMore = more;
  }
  await command("DEL", keys.packagesUsed(), keys.packageRecords(), keys.housekeeping());
});

describe("a package", () => {
  it("goes when it was not used for longer than a test may be idle, and a week", async () => {
    const [old, recent] = [await published(0), await published(1)];
    expect(await collect(67 * DAY_MS - 1)).toBe(0);
    expect(await collect(67 * DAY_MS)).toBe(1);
    expect(await left()).toEqual([recent]);
    expect(await command("ZSCORE", keys.packagesUsed(), old)).toBeNull();
    expect(await command("KEYS", "packages:lock:*")).toEqual([]);
  });

  it("stays for as long as it is used", async () => {
    const hash = await published(0);
    await used(hash, DAY_MS);
    // A note that comes late takes nothing back.
    await used(hash, 0);
    expect(await collect(68 * DAY_MS - 1)).toBe(0);
    expect(await collect(68 * DAY_MS)).toBe(1);
  });

  it("stays for as long as it is a test case's version, and does not hide others that may go", async () => {
    const hash = await published(0);
    await record(hash);
    expect(await collect(100 * DAY_MS)).toBe(0);
    const { upload } = (await readRecord(stack().fixture.redis, name)) ?? {};
    await withdrawRecord(stack().fixture.redis, name, upload ?? { key: "", modifiedMs: 0 });
    // It counted as used until then.
    expect(await collect(100 * DAY_MS)).toBe(0);
    expect(await collect(167 * DAY_MS)).toBe(1);
  });

  it("of which Redis has lost everything counts as used from when it is found", async () => {
    const hash = await published(0);
    await command("DEL", keys.packagesUsed());
    expect(await collect(50 * DAY_MS)).toBe(0);
    expect(Number(await command("ZSCORE", keys.packagesUsed(), hash))).toBe(50 * DAY_MS);
    expect(await collect(117 * DAY_MS)).toBe(1);
  });

  it("of which Redis has lost everything is found in as many runs as there are pages", async () => {
    for (let i = 0; i < 3; i++) await published(0);
    await command("DEL", keys.packagesUsed());
    const { bucket, fixture } = stack();
    // Two packages of two objects each.
    const inPages = {
      ...bucket,
      list: (prefix: string, options = {}) => bucket.list(prefix, { ...options, limit: 4 }),
    };
    const options = { nowMs: 50 * DAY_MS, idleMs: 30 * DAY_MS, maxPages: 1 };
    const found = async () => Number(await command("ZCARD", keys.packagesUsed()));
    await collectPackages(fixture.redis, inPages, options);
    expect(await found()).toBe(2);
    await collectPackages(fixture.redis, inPages, options);
    expect(await found()).toBe(3);
  });

  it("that is used again while others look for what may go, stays", async () => {
    const hash = await published(0);
    const { redis } = stack().fixture;
    const usedMeanwhile: Redis = {
      ...redis,
      command: async (words) => {
        const reply = await redis.command(words);
        if (words[0] === "ZRANGE") await used(hash, 100 * DAY_MS);
        return reply;
      },
    };
    const options = { nowMs: 100 * DAY_MS, idleMs: 30 * DAY_MS };
    expect(await collectPackages(usedMeanwhile, stack().bucket, options)).toBe(0);
    expect(await left()).toEqual([hash]);
  });

  it("cannot be used while it is being deleted, and is not deleted by two", async () => {
    const hash = await published(0);
    await command("SET", keys.packageLock(hash), "another's", "PX", 60_000);
    expect(await used(hash, 1)).toBe("locked");
    expect(await collect(100 * DAY_MS)).toBe(0);
    expect(await left()).toEqual([hash]);
    await command("DEL", keys.packageLock(hash));
    expect(await used(hash, 1)).toBe("noted");
  });

  it("that could not be deleted is tried again", async () => {
    const hash = await published(0);
    const failing = { ...stack().bucket, remove: () => Promise.reject(new Error("S3 is down")) };
    const options = { nowMs: 100 * DAY_MS, idleMs: 30 * DAY_MS };
    expect(await collectPackages(stack().fixture.redis, failing, options)).toBe(0);
    // Its lock keeps it from being published until it has run out.
    expect(Number(await command("PTTL", keys.packageLock(hash)))).toBeGreaterThan(200_000);
    await command("DEL", keys.packageLock(hash));
    expect(await collect(100 * DAY_MS)).toBe(1);
    expect(await left()).toEqual([]);
  });

  it("costs nothing to speak of when there is none to collect", async () => {
    const cost = await stack().cost(() => collect(DAY_MS));
    // One more command than the query for packages: where the walk through the bucket goes on.
    expect(cost).toEqual({ requests: 2, commands: 2, s3: { ListObjects: 1 } });
  });
});
