import { beforeEach, describe, expect, it } from "vitest";
import { Cache } from "../../functions/cache/cache.ts";
import { cacheKeys, keys } from "../../functions/platform/keys.ts";
import { createObjects } from "../../functions/platform/objects.ts";
import { CUT } from "../../infra/local/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

/** The sweeper's part of the healing, and a worker that dies around its segments, on the whole stack. */

const DAY = 86_400;
const POINTS = ["TRooAir_y", "PHeaCoo_y", "CO2RooAir_y"];
// Compared at every tick, and nothing is spared for being young.
const cloud = useCloud({
  environment: { HOUSEKEEPING_MS: "0", ORPHAN_GRACE_MS: "0", LEASE_MS: "500", CACHE_LOCK_MS: "500" },
  visibilitySeconds: 1,
});
const { call, selectTest } = clientOf(cloud);
const redis = () => redisOf(cloud());
const bucket = () => {
  const { AWS_ENDPOINT_URL_S3 = "", AWS_REGION = "", BUCKET = "" } = cloud().environment("worker");
  Object.assign(process.env, { AWS_ENDPOINT_URL_S3, AWS_REGION });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" });
  return createObjects(BUCKET);
};
const segmentsOf = async (testid: string) => (await bucket().list(`results/${testid}`)).objects.map(({ key }) => key);
const initialize = (testid: string, start: number) =>
  call("PUT", `/initialize/${testid}`, { body: { start_time: start * DAY, warmup_period: 7 * DAY } });
const results = async (testid: string) => {
  const body = { point_names: POINTS, start_time: 0, final_time: 400 * DAY };
  const { status, text } = await call("PUT", `/results/${testid}`, { body });
  expect(status).toBe(200);
  return text;
};
/** All that are at work: one of them sent the call, and another may not have left yet, or wait for the same. */
const killBusy = async (name: "worker" | "sweeper") => {
  const busy = cloud().host.busy(name);
  expect(busy.length).toBeGreaterThan(0);
  await Promise.all(busy.map(({ pid }) => cloud().host.kill(pid)));
};

beforeEach(() => {
  cloud().storage.faults.before = undefined;
  cloud().storage.faults.after = undefined;
  cloud().gateway.intercept = undefined;
});

describe("a test's segments", () => {
  it("go when it begins anew or is stopped, and not before", async () => {
    const [testid, other] = [await selectTest(), await selectTest()];
    await initialize(testid, 30);
    await initialize(other, 30);
    const [first] = await segmentsOf(testid);
    await cloud().tick();
    expect(await segmentsOf(testid)).toEqual([first]);
    await initialize(testid, 40);
    expect((await segmentsOf(testid)).length).toBe(2);
    await cloud().tick();
    const second = await segmentsOf(testid);
    expect(second.length).toBe(1);
    expect(second).not.toEqual([first]);
    await call("PUT", `/stop/${testid}`);
    await cloud().tick();
    expect(await segmentsOf(testid)).toEqual([]);
    expect(JSON.parse(await results(other)).payload.time.length).toBe(20_161);
    expect(await redis().command(["EXISTS", keys.garbage()])).toBe(0);
  });

  it.each([
    ["before its DELETE takes effect", "before"],
    ["between DELETE and the list of garbage", "after"],
  ] as const)("are collected by the next sweep when one was killed %s", async (_where, when) => {
    const testid = await selectTest();
    await initialize(testid, 30);
    const lineage = String(await redis().command(["HGET", keys.test(testid), "lineage"]));
    await call("PUT", `/stop/${testid}`);
    cloud().storage.faults[when] = async ({ operation }) => {
      if (operation !== "DeleteObjects") return undefined;
      cloud().storage.faults[when] = undefined;
      await killBusy("sweeper");
      return CUT;
    };
    await expect(cloud().tick()).rejects.toThrow();
    expect(await redis().command(["SISMEMBER", keys.garbage(), lineage])).toBe(1);
    await cloud().tick();
    expect(await segmentsOf(testid)).toEqual([]);
    expect(await redis().command(["SCARD", keys.garbage()])).toBe(0);
  });

  it("are what they would have been when a worker is killed between writing them and the commit", async () => {
    const [disturbed, other] = [await selectTest(), await selectTest()];
    await initialize(other, 50);
    await cloud().tick();
    cloud().storage.faults.after = async ({ operation, key }) => {
      if (operation !== "PutObject" || !key?.startsWith(`results/${disturbed}`)) return undefined;
      cloud().storage.faults.after = undefined;
      await killBusy("worker");
      return CUT;
    };
    expect((await initialize(disturbed, 50)).status).toBe(200);
    expect(await results(disturbed)).toBe(await results(other));
    await cloud().tick();
    expect((await segmentsOf(disturbed)).length).toBe(1);
  });

  it("of a worker that died and whose test was stopped are removed as orphans", async () => {
    const testid = await selectTest();
    const wrote = Promise.withResolvers<void>();
    cloud().storage.faults.after = async ({ operation, key }) => {
      if (operation !== "PutObject" || !key?.startsWith(`results/${testid}`)) return undefined;
      cloud().storage.faults.after = undefined;
      await call("PUT", `/stop/${testid}`);
      await killBusy("worker");
      wrote.resolve();
      return CUT;
    };
    const initializing = initialize(testid, 60);
    await wrote.promise;
    expect((await initializing).status).toBe(400);
    expect((await segmentsOf(testid)).length).toBe(1);
    await cloud().tick();
    expect(await segmentsOf(testid)).toEqual([]);
  });
});

describe("the cache", () => {
  it("has each warm-up once, though the worker that simulated it was killed around every call", async () => {
    const cacheOf = () => new Cache(redis(), bucket(), {});
    let start = 100;
    for (const when of ["before", "after"] as const) {
      const tests = [await selectTest(), await selectTest()];
      cloud().storage.faults[when] = async ({ operation, key }) => {
        if (operation !== "PutObject" || !key?.startsWith("cache/")) return undefined;
        cloud().storage.faults[when] = undefined;
        await killBusy("worker");
        return CUT;
      };
      start += 1;
      const answers = await Promise.all(tests.map((testid) => initialize(testid, start)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const [first = "", second = ""] = tests;
      expect(await results(first)).toBe(await results(second));
    }
    await until("all locks to run out", async () => {
      const locks = await redis().command(["KEYS", cacheKeys("cache").lock("*")]);
      return Array.isArray(locks) && locks.length === 0 ? true : undefined;
    });
    await cloud().tick();
    const { objects } = await bucket().list("cache/");
    const stats = await cacheOf().stats();
    expect(stats.objects).toBe(objects.length);
    expect(stats.bytes).toBe(objects.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it("shrinks when the sweeper finds it too large, and no test loses anything", async () => {
    const testid = await selectTest();
    await initialize(testid, 200);
    const before = await results(testid);
    const old = new Cache(redis(), bucket(), { graceMs: 0, maxBytes: 1, clock: () => Date.now() + 1000 });
    expect((await old.evict()).outcome).toBe("done");
    expect((await old.stats()).objects).toBe(0);
    expect(await results(testid)).toBe(before);
    await initialize(testid, 200);
    expect(await results(testid)).toBe(before);
  });
});
