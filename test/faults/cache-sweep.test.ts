import { beforeEach, describe, expect, it } from "vitest";
import { Cache } from "../../functions/cache/cache.ts";
import { cacheKeys, keys } from "../../functions/platform/keys.ts";
import { createObjects } from "../../functions/platform/objects.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { killWorkersAt } from "../support/disturb.ts";
import { redisOf } from "../support/state.ts";

/** The sweeper's part of the healing, and a worker that dies around its segments, on the whole stack. */

const DAY = 86_400;
const POINTS = ["TRooAir_y", "PHeaCoo_y", "CO2RooAir_y"];
// Compared at every tick, and nothing is spared for being young.
const cloud = useCloud({
  environment: { HOUSEKEEPING_MS: "0", ORPHAN_GRACE_MS: "0", CACHE_LOCK_MS: "500" },
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
/**
 * Lets a call to S3, the next that is meant, kill somebody: before it takes effect, or after it did. Resolves when they
 * are dead. What goes wrong in a hook of the storage is an answer to who called, so it is told here.
 */
function killAt(
  when: "before" | "after",
  isMeant: (operation: string, key: string) => boolean,
  kill: () => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    cloud().storage.faults[when] = async ({ operation, key = "" }) => {
      if (!isMeant(operation, key)) return undefined;
      cloud().storage.faults[when] = undefined;
      await kill().then(resolve, reject);
      return CUT;
    };
  });
}
const killSweeper = async () => {
  const busy = cloud().host.busy("sweeper");
  if (busy.length === 0) throw new Error("no sweeper is at work");
  await Promise.all(busy.map(({ pid }) => cloud().host.kill(pid)));
};
const isSegmentOf = (testid: string) => (operation: string, key: string) =>
  operation === "PutObject" && key.startsWith(`results/${testid}`);
/** Calls a worker to a test whose last one was killed: its message comes back from the queue only after minutes. */
const ring = (testid: string) => cloud().doorbells.ring(JSON.stringify({ testid }));

beforeEach(() => {
  cloud().storage.faults.before = undefined;
  cloud().storage.faults.after = undefined;
  cloud().redisRest.intercept = undefined;
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
    const killed = killAt(when, (operation) => operation === "DeleteObjects", killSweeper);
    await expect(cloud().tick()).rejects.toThrow();
    await killed;
    expect(await redis().command(["SISMEMBER", keys.garbage(), lineage])).toBe(1);
    await cloud().tick();
    expect(await segmentsOf(testid)).toEqual([]);
    expect(await redis().command(["SCARD", keys.garbage()])).toBe(0);
  });

  it("are what they would have been when a worker is killed between writing them and the commit", async () => {
    const [disturbed, other] = [await selectTest(), await selectTest()];
    await initialize(other, 50);
    await cloud().tick();
    const killed = killAt("after", isSegmentOf(disturbed), () => killWorkersAt(cloud(), disturbed));
    const initializing = initialize(disturbed, 50);
    await killed;
    await ring(disturbed);
    expect((await initializing).status).toBe(200);
    expect(await results(disturbed)).toBe(await results(other));
    await cloud().tick();
    expect((await segmentsOf(disturbed)).length).toBe(1);
  });

  it("of a worker that died and whose test was stopped are removed as orphans", async () => {
    const testid = await selectTest();
    const killed = killAt("after", isSegmentOf(testid), async () => {
      await call("PUT", `/stop/${testid}`);
      await killWorkersAt(cloud(), testid);
    });
    const initializing = initialize(testid, 60);
    await killed;
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
      const isOfCache = (operation: string, key: string) => operation === "PutObject" && key.startsWith("cache/");
      const killed = killAt(when, isOfCache, () => killWorkersAt(cloud(), ...tests));
      start += 1;
      const initializing = tests.map((testid) => initialize(testid, start));
      await killed;
      for (const testid of tests) await ring(testid);
      const answers = await Promise.all(initializing);
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
