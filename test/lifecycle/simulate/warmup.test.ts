import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Cache } from "../../../functions/cache/cache.ts";
import { builtInCatalog } from "../../../functions/emulator-client/catalog.ts";
import { createTest, selectedOf } from "../../../functions/lifecycle/create-and-stop/create.ts";
import { makeExecute } from "../../../functions/lifecycle/execute.ts";
import { makeInlineExecute } from "../../../functions/lifecycle/execute-inline.ts";
import { readFields, WORKER_FIELDS } from "../../../functions/lifecycle/record/record.ts";
import { isWorthSharing, warmupKey } from "../../../functions/lifecycle/simulate/warmup-object.ts";
import { cacheKeys, keys } from "../../../functions/platform/keys.ts";
import { readResultsIndex } from "../../../functions/results/read.ts";
import { readStretches, stretchesOf } from "../../../functions/results/stretches.ts";
import { beginInitialize } from "../../../functions/simulation/run.ts";
import { concatSamples, encodeSamples, type Samples } from "../../../functions/simulation/samples.ts";
import type { TestCase } from "../../../functions/simulation/testcase.ts";
import { findTestCase } from "../../../functions/simulation/testcases/index.ts";
import { drain } from "../../../functions/streams/drain.ts";
import { enqueue } from "../../../functions/streams/enqueue.ts";
import { s3Error } from "../../../infra/local/storage/faults.ts";
import { useCacheStack } from "../../support/cache.ts";

const DAY = 86_400;
const WEEK = { startTime: 30 * DAY, warmupPeriod: 7 * DAY, endTime: null };
const stack = useCacheStack();
const queue = { send: async () => {}, sendBatch: async () => 0 };
let namespace: string;
let cache: Cache;
let simulated = 0;

beforeEach(() => {
  namespace = `w-${randomUUID()}`;
  cache = open();
  stack().storage.faults.before = undefined;
  simulated = 0;
  for (const testcase of [caseOf("testcase1"), caseOf("testcase3")]) {
    const { advance } = testcase.emulator;
    vi.spyOn(testcase.emulator, "advance").mockImplementation(async (...args) => {
      simulated += 1;
      return await advance(...args);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** As another worker has it: nothing in memory. */
const open = (settings = {}) => stack().open({ namespace, pollMs: 20, ...settings });
function caseOf(id: string): TestCase {
  const found = findTestCase(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

async function work(testid: string, on = cache, computeMs = 60_000): Promise<string> {
  const { fixture, bucket } = stack();
  const execute = makeExecute({
    redis: fixture.redis,
    objects: bucket,
    catalog: builtInCatalog,
    cache: on,
    clock: Date.now,
  });
  const options = { leaseMs: 5000, computeMs, idleMs: 86_400_000, fieldNames: WORKER_FIELDS };
  return await drain(fixture.redis, queue, testid, execute, options);
}

/** A test that runs, without a warm-up. */
async function started(id = "testcase1"): Promise<string> {
  const testid = randomUUID();
  const test = { testid, user: "john", selected: selectedOf(caseOf(id)) };
  await createTest(stack().fixture.redis, test, { nowMs: Date.now(), idleMs: 86_400_000 });
  await work(testid);
  simulated = 0;
  return testid;
}

async function ask(testid: string, params: object): Promise<void> {
  const command = { method: "initialize", params, arrivalMs: Date.now() };
  const { kind } = await enqueue(stack().fixture.redis, testid, command, { maxUnanswered: 64 });
  if (kind !== "enqueued") throw new Error(kind);
}

async function initialize(testid: string, params: object = WEEK, on = cache): Promise<void> {
  await ask(testid, params);
  expect(await work(testid, on)).toBe("done");
}

/** All that a test is, its samples as one. */
async function stateOf(testid: string) {
  const { fixture, bucket } = stack();
  const [state, points] = (await fixture.redis.command(["HMGET", keys.test(testid), "state", "points"])) as string[];
  const index = await readResultsIndex(fixture.redis, testid);
  if (index === undefined) throw new Error("no results");
  const stretches = stretchesOf(bucket, index, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const parts: Samples[] = [];
  for await (const part of readStretches(stretches)) parts.push(part);
  const samples = concatSamples(parts);
  return { state, points, samples: Buffer.from(encodeSamples(samples)).toString("base64") };
}
const contentHashes = async (testid: string) => {
  const refs = (await stack().fixture.redis.command(["LRANGE", keys.segments(testid), 0, -1])) as string[];
  return refs.map((ref) => (JSON.parse(ref) as { key: string }).key.split("/"));
};

describe("a warm-up that was simulated before", () => {
  it.each(["testcase1", "testcase3"])("is not simulated again, and comes to the same bit for bit (%s)", async (id) => {
    const [first, second, elsewhere, alone] = [
      await started(id),
      await started(id),
      await started(id),
      await started(id),
    ];
    simulated = 0;
    await initialize(first);
    expect(simulated).toBeGreaterThan(0);
    simulated = 0;
    await initialize(second);
    await initialize(elsewhere, WEEK, open());
    expect(simulated).toBe(0);
    await initialize(alone, WEEK, stack().open({ namespace: `${namespace}-other` }));
    expect(simulated).toBeGreaterThan(0);
    const expected = await stateOf(alone);
    for (const testid of [first, second, elsewhere]) expect(await stateOf(testid)).toEqual(expected);
  });

  it("leaves each test samples of its own: evicting the whole cache loses none anything", async () => {
    const [first, second] = [await started(), await started()];
    await initialize(first);
    await initialize(second);
    const before = await stateOf(second);
    const evicting = open({ graceMs: 0 });
    await sleep(2);
    expect((await evicting.evict({ toBytes: 0 })).objects).toBe(1);
    expect((await cache.stats()).objects).toBe(0);
    expect(await stateOf(second)).toEqual(before);
    const [[, lineage, hash] = []] = await contentHashes(second);
    expect(lineage).toMatch(new RegExp(`^${second}\\.`));
    expect((await contentHashes(first))[0]?.[2]).toBe(hash);
    await initialize(second, WEEK, open());
    expect(simulated).toBeGreaterThan(0);
    expect(await stateOf(second)).toEqual(before);
  });

  it("costs 1 GET and its own PUT, nothing in Redis; from memory the PUT alone", async () => {
    const [first, second, third] = [await started(), await started(), await started()];
    await initialize(first);
    await ask(second, WEEK);
    await ask(third, WEEK);
    const other = open();
    const fetched = await stack().cost(() => work(second, other));
    expect(fetched).toMatchObject({ requests: 2, s3: { GetObject: 1, PutObject: 1 } });
    const kept = await stack().cost(() => work(third, other));
    expect(kept).toMatchObject({ requests: 2, s3: { PutObject: 1 } });
    expect(kept.s3).toEqual({ PutObject: 1 });
  });

  it("costs, when it is cold, 2 round trips, 1 GET and 1 PUT more than without a cache", async () => {
    await initialize(await started());
    const second = await started();
    await ask(second, { ...WEEK, startTime: 40 * DAY });
    const cold = await stack().cost(() => work(second));
    expect(cold).toMatchObject({ requests: 4, s3: { GetObject: 1, PutObject: 2 } });
  });
});

describe("a warm-up is another's", () => {
  const run = (params = WEEK, testcase = caseOf("testcase1")) => warmupKey(testcase, beginInitialize(testcase, params));

  it("with another start, length, test case or version, and with no other end", () => {
    const one = caseOf("testcase1");
    const others = [
      run({ ...WEEK, startTime: 31 * DAY }),
      run({ ...WEEK, warmupPeriod: 8 * DAY }),
      run(WEEK, caseOf("testcase3")),
      run(WEEK, { ...one, version: "1.1" }),
      run(WEEK, { ...one, id: "testcase2" }),
    ];
    expect(new Set([run(), ...others]).size).toBe(6);
    expect(run({ ...WEEK, endTime: 50 * DAY } as unknown as typeof WEEK)).toBe(run());
    // Before time 0 there is nothing: these two begin and end alike.
    expect(run({ ...WEEK, startTime: 3 * DAY })).toBe(run({ ...WEEK, startTime: 3 * DAY, warmupPeriod: 5 * DAY }));
  });

  it("where the scenario ends elsewhere: the end is the one that was asked for", async () => {
    const [first, second] = [await started(), await started()];
    await initialize(first, { ...WEEK, endTime: 50 * DAY });
    simulated = 0;
    await initialize(second, { ...WEEK, endTime: 60 * DAY });
    expect(simulated).toBe(0);
    expect(JSON.parse((await stateOf(second)).state ?? "")).toMatchObject({ endTime: 60 * DAY });
    expect(JSON.parse((await stateOf(first)).state ?? "")).toMatchObject({ endTime: 50 * DAY });
  });

  it("not, where it is shorter than the fetching, or too large to be held in memory", async () => {
    const one = caseOf("testcase1");
    const worth = (params: object, testcase = one) =>
      isWorthSharing(testcase, beginInitialize(testcase, { ...WEEK, ...params }));
    expect(worth({ warmupPeriod: 0 })).toBe(false);
    expect(worth({ warmupPeriod: DAY })).toBe(false);
    expect(worth({ warmupPeriod: 7 * DAY })).toBe(true);
    expect(worth({ startTime: 365 * DAY, warmupPeriod: 365 * DAY })).toBe(false);
    expect(worth({ warmupPeriod: 3600 }, { ...one, emulator: { ...one.emulator, cost: 0.01 } })).toBe(true);
    const testid = await started();
    await ask(testid, { ...WEEK, warmupPeriod: DAY });
    expect(await stack().cost(() => work(testid))).toMatchObject({ requests: 2, s3: {} });
  });
});

describe("a warm-up that is just being simulated", () => {
  it("is a worker's from its beginning: a process without the cache simulates nothing of it", async () => {
    const testid = await started();
    const { fixture, bucket } = stack();
    const execute = makeInlineExecute({
      redis: fixture.redis,
      objects: bucket,
      catalog: builtInCatalog,
      clock: Date.now,
    });
    const work = {
      kind: "claimed",
      claim: { testid, token: "", revision: 1 },
      request: { id: "", method: "initialize", params: WEEK, arrivalMs: Date.now(), deliveries: 1 },
      test: await readFields(fixture.redis, testid, WORKER_FIELDS),
      progress: undefined,
    } as const;
    expect(await execute(work, { breathe: async () => false })).toMatchObject({ kind: "suspend" });
    expect(simulated).toBe(0);
  });

  it("is waited for: of many tests at once one simulates", async () => {
    const alone = await started();
    await initialize(alone, WEEK, stack().open({ namespace: `${namespace}-other` }));
    const calls = simulated;
    const tests = await Promise.all(Array.from({ length: 6 }, () => started()));
    for (const testid of tests) await ask(testid, WEEK);
    simulated = 0;
    expect(await Promise.all(tests.map((testid) => work(testid, open())))).toEqual(Array(6).fill("done"));
    expect(simulated).toBe(calls);
    const expected = await stateOf(alone);
    for (const testid of tests) expect(await stateOf(testid)).toEqual(expected);
  });

  it("over many invocations is one all the same, whole for those who wait, who give up their time meanwhile", async () => {
    const alone = await started();
    await initialize(alone, WEEK, stack().open({ namespace: `${namespace}-other` }));
    const calls = simulated;
    const [first, second] = [await started(), await started()];
    simulated = 0;
    await ask(first, WEEK);
    await ask(second, WEEK);
    let invocations = 1;
    expect(await work(first, open(), 0)).toBe("suspended");
    expect(await work(second, open(), 0)).toBe("suspended");
    for (; (await work(first, open(), 0)) === "suspended"; invocations++);
    expect(invocations).toBeGreaterThan(3);
    expect(await work(second, open(), 0)).toBe("done");
    expect(simulated).toBe(calls);
    const expected = await stateOf(alone);
    expect(await stateOf(first)).toEqual(expected);
    expect(await stateOf(second)).toEqual(expected);
  });

  it("by one that dies is simulated by the next when the lock's time is over", async () => {
    const [first, second] = [await started(), await started()];
    await ask(first, WEEK);
    // Begun, and never gone on with.
    expect(await work(first, open({ lockMs: 300 }), 0)).toBe("suspended");
    await initialize(second, WEEK, open({ lockMs: 300 }));
    simulated = 0;
    await initialize(await started(), WEEK, open());
    expect(simulated).toBe(0);
    expect(await work(first, open())).toBe("done");
    expect(await stateOf(first)).toEqual(await stateOf(second));
  });
});

describe("a cache that fails", () => {
  it.each(["GetObject", "PutObject"])("does not keep a test from being initialized (%s)", async (operation) => {
    const testid = await started();
    stack().storage.faults.before = (call) =>
      call.operation === operation && call.key?.startsWith(namespace) ? s3Error(403, "AccessDenied") : undefined;
    await initialize(testid);
    expect(simulated).toBeGreaterThan(0);
    expect(await stack().fixture.redis.command(["KEYS", cacheKeys(namespace).lock("*")])).toEqual([]);
  });

  it("leaves no lock behind a simulation that fails", async () => {
    const testid = await started();
    vi.spyOn(caseOf("testcase1").emulator, "advance").mockRejectedValue(new Error("diverged"));
    await initialize(testid);
    expect(await stack().fixture.redis.command(["KEYS", cacheKeys(namespace).lock("*")])).toEqual([]);
  });
});
