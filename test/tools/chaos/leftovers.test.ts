import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { collectLineages } from "../../../functions/garbage/lineages.ts";
import { createTest, selectedOf } from "../../../functions/lifecycle/create-and-stop/create.ts";
import { endFailedStarts } from "../../../functions/lifecycle/create-and-stop/failed-start.ts";
import { stopTest } from "../../../functions/lifecycle/create-and-stop/stop.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { objectKeys } from "../../../functions/platform/objects.ts";
import { findTestCase } from "../../../functions/simulation/testcases/index.ts";
import { claim } from "../../../functions/streams/claim.ts";
import { commit } from "../../../functions/streams/commit.ts";
import { type CacheStack, startCacheStack } from "../../support/cache-stack.ts";
import { Database } from "./database.ts";
import { type Ended, leftovers, type Places } from "./leftovers.ts";

const HOLDER = { user: "anonymous", address: "0123456789abcdef" };
const NEVER = () => false;

let stack: CacheStack;
let database: Database;
let places: Places;
/** The tests that clients know. */
let known: Map<string, Ended | undefined>;

beforeAll(async () => {
  stack = await startCacheStack();
  database = new Database(stack.fixture.server.port);
});

afterAll(async () => {
  database.close();
  await stack.stop();
});

beforeEach(async () => {
  const { redis } = stack.fixture;
  const { bucket } = stack;
  await redis.command(["FLUSHALL"]);
  await bucket.remove((await bucket.list("")).objects.map(({ key }) => key));
  known = new Map();
  const sweep = async () => {
    await endFailedStarts(redis);
    await collectLineages(redis, bucket, NEVER);
  };
  places = { database, bucket, sweep, stop: (testid) => stopTest(redis, testid) };
});

/** A started test with a segment in its lineage; or, with status 500, one that could not start. */
async function begun(status = 200): Promise<string> {
  const { redis } = stack.fixture;
  const testcase = findTestCase("testcase1");
  if (testcase === undefined) throw new Error("no testcase1");
  const testid = randomUUID();
  const nowMs = Date.now();
  await createTest(redis, { testid, selected: selectedOf(testcase), ...HOLDER }, { nowMs, idleMs: 86_400_000 });
  const work = await claim(redis, testid, { token: "t", leaseMs: 5000, fieldNames: ["lineage"] });
  if (work.kind !== "claimed") throw new Error(work.kind);
  const lineage = lineageOf(testid);
  const changes = status === 200 ? { fields: { status: "Running", state: "{}", lineage }, joins: lineage } : {};
  const ofCommit = {
    nowMs,
    leaseMs: 5000,
    idleMs: 86_400_000,
    takeNext: true,
    hadProgress: false,
    test: work.test,
    stamp: testid,
  };
  await commit(redis, work.claim, work.request, { answer: { status, body: "{}" }, changes }, ofCommit);
  await stack.bucket.create(objectKeys.segment(lineage, "hash"), Buffer.from("segment"));
  return testid;
}

const lineageOf = (testid: string) => `${testid}.1`;

/** One that its client has stopped. */
async function stopped(): Promise<string> {
  const testid = await begun();
  known.set(testid, { lineages: (await database.committed(testid)).lineages, seenMs: Date.now() });
  await stopTest(stack.fixture.redis, testid);
  return testid;
}

it("finds nothing wrong where all tests were stopped, and the sweeper has passed", async () => {
  await stopped();
  await stopped();
  expect(await leftovers(places, known)).toEqual({ wrong: [], passes: 1, orphans: 0 });
});

it("stops the tests of which only their address' list knows, and lets their objects be collected", async () => {
  const testid = await begun();
  expect(await leftovers(places, known)).toEqual({ wrong: [], passes: 1, orphans: 0 });
  expect(await database.command(["EXISTS", keys.test(testid)])).toBe(0);
  expect((await stack.bucket.list(objectKeys.results)).objects).toEqual([]);
});

it("needs as many passes of the sweeper as there is garbage, as long as each takes some of it", async () => {
  for (let i = 0; i < 120; i++) await stack.fixture.redis.command(["SADD", keys.garbage(), `lineage ${i}`]);
  expect(await leftovers(places, known)).toMatchObject({ wrong: [], passes: 3 });
});

describe("of a test that was stopped, it finds", () => {
  const NAMES: Record<string, (testid: string) => string> = {
    hash: keys.test,
    results: keys.results,
    segments: keys.segments,
    progress: keys.progress,
    lease: keys.lease,
    rollouts: keys.rollouts,
    "owner's view": (testid) => keys.userTest("anonymous", testid),
  };
  it.each(Object.keys(NAMES))("a key that is left: its %s", async (name) => {
    const testid = await stopped();
    const key = NAMES[name]?.(testid) ?? "";
    await database.command(["SET", key, "left", "PX", "50000"]);
    expect((await leftovers(places, known)).wrong).toEqual([expect.stringContaining(`the key ${key} is left`)]);
  });

  it("its place in a lineage, and so an object that is not collected", async () => {
    const testid = await stopped();
    const lineage = keys.lineage(lineageOf(testid));
    await database.command(["SADD", lineage, testid]);
    const { wrong } = await leftovers(places, known);
    expect(wrong).toContain(`the key ${lineage} is left, for another -1 ms`);
    expect(wrong).toContainEqual(expect.stringContaining(`${testid} was stopped, and the object results/`));
  });

  it("answers that are kept for longer than a minute", async () => {
    const testid = await stopped();
    await database.command(["PERSIST", keys.response(testid)]);
    expect((await leftovers(places, known)).wrong).toEqual([expect.stringContaining(keys.response(testid))]);
  });

  it.each([keys.activeShard(3), keys.outstandingShard(3)])("its place in %s", async (index) => {
    const testid = await stopped();
    await database.command(["ZADD", index, "1", testid]);
    expect((await leftovers(places, known)).wrong).toEqual([`${testid} is left in ${index}`]);
  });

  it("its place in its address' list", async () => {
    const testid = await stopped();
    await database.command(["SADD", keys.heldTests(HOLDER), testid]);
    const wrong = [`${testid} was stopped, and is in ${keys.heldTests(HOLDER)}`];
    expect((await leftovers(places, known)).wrong).toEqual(wrong);
  });

  it("an object that nobody has put on the garbage", async () => {
    const testid = await stopped();
    await database.command(["DEL", keys.garbage()]);
    const key = objectKeys.segment(lineageOf(testid), "hash");
    expect((await leftovers(places, known)).wrong).toEqual([
      `${testid} was stopped, and the object ${key} is left`,
      `the object ${key} is left behind the housekeeping`,
    ]);
  });

  it("an object that the sweeper has not deleted", async () => {
    const testid = await stopped();
    const sweep = () => database.command(["DEL", keys.garbage()]);
    const { wrong } = await leftovers({ ...places, sweep }, known);
    expect(wrong).toContain(
      `${testid} was stopped, and the object ${objectKeys.segment(lineageOf(testid), "hash")} is left`,
    );
  });

  it("a lineage that the sweeper does not collect", async () => {
    const testid = await stopped();
    const { wrong, passes } = await leftovers({ ...places, sweep: async () => {} }, known);
    expect(wrong).toContain(`the lineage ${lineageOf(testid)} is not collected`);
    expect(passes).toBeGreaterThanOrEqual(2);
  });
});

it("finds a test that could not start and that nobody has ended", async () => {
  const testid = await begun(500);
  const { wrong } = await leftovers(places, known);
  expect(wrong).toContain(`${testid} could not start, and is in ${keys.heldTests(HOLDER)}`);
});

it("finds one that is to be ended for that, and is not", async () => {
  const testid = randomUUID();
  await database.command(["SADD", keys.failedStarts(), testid]);
  const { wrong } = await leftovers({ ...places, sweep: async () => {} }, known);
  expect(wrong).toEqual([`${testid}, which failed, is not ended`]);
});

it("finds a key of a test that nobody knows, and spares those of rollouts, which end by themselves", async () => {
  const [unknown, rollout] = [randomUUID(), randomUUID()];
  await database.command(["SET", keys.test(unknown), "left"]);
  await database.command(["SET", keys.test(rollout), "ends", "PX", "900000"]);
  await database.command(["SET", keys.response(rollout), "ends", "PX", "4200000"]);
  // Nor those of batches that took longer than their calls.
  const batchid = randomUUID();
  await database.command(["SET", keys.batch(batchid), "ends", "PX", "3600000"]);
  await database.command(["SET", keys.batchHeld(batchid), "ends", "PX", "10000"]);
  expect((await leftovers(places, known)).wrong).toEqual([`the key ${keys.test(unknown)} is left, for another -1 ms`]);
});

it("tells an orphan, which was written after its test had gone and goes with the housekeeping, from garbage", async () => {
  const testid = await stopped();
  await places.sweep();
  known.set(testid, { lineages: [lineageOf(testid)], seenMs: Date.now() - 5000 });
  const key = objectKeys.segment(lineageOf(testid), "late");
  await stack.bucket.create(key, Buffer.from("late"));
  const sweep = () => stack.bucket.remove([key]);
  expect(await leftovers({ ...places, sweep }, known)).toEqual({ wrong: [], passes: 0, orphans: 1 });
});
