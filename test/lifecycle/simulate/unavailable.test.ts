import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { MAX_ROLLOUT_MS } from "../../../functions/lifecycle/commands/limits.ts";
import { createRollout } from "../../../functions/lifecycle/rollouts/create-rollout.ts";
import { readRollout } from "../../../functions/lifecycle/rollouts/request.ts";
import type { Manifest } from "../../../functions/packages/manifest.ts";
import { pendingVersion, writeRecord } from "../../../functions/packages/records.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { InvokeError } from "../../../functions/platform/lambda.ts";
import { publishCopy } from "../../support/fake-model.ts";
import { answerTo, ask, create, delays, samplesOf, selectedPackage } from "../model-test.ts";
import { testcase1, usePackageTests } from "../package-tests.ts";

/** An emulator function that has no room now: what was computed before that is not computed again. */

const DAY = 86_400;
const tests = usePackageTests();

/** The model answers so many calls from now on, and has no room after them. */
function answers(calls: number): void {
  tests.model.requests.length = 0;
  tests.model.instead = () => {
    if (tests.model.requests.length <= calls) return undefined;
    throw new InvokeError("throttled", "TooManyRequestsException", "busy");
  };
}

/** What the model was asked for since, interval by interval: how they are cut depends on measured time. */
const computed = (calls?: number) =>
  tests.model.requests.slice(0, calls).flatMap(({ work: of }) => {
    if (of.kind === "initialize") return [of.kind];
    const where = `${JSON.stringify(of.inputs)} ${of.grid.start}`;
    return Array.from({ length: of.to - of.from }, (_, i) => `${where} ${of.from + i}`);
  });

describe("what was computed is saved when the model cannot be asked, and gone on from", () => {
  it.each<[string, unknown]>([
    ["advance", {}],
    ["advance_many", [{}, { oveAct_activate: 1 }, {}]],
    ["initialize", { startTime: 30 * DAY, warmupPeriod: 2 * DAY, endTime: null }],
    ["set_scenario", { time_period: "test_day" }],
  ])("%s", async (method, params) => {
    const [testid, undisturbed] = [await tests.started(), await tests.started()];
    for (const each of [testid, undisturbed]) {
      await ask(tests.stack(), each, "set_step", { step: DAY });
      await ask(tests.stack(), each, method, params);
    }
    await tests.run(undisturbed);
    const requestid = await ask(tests.stack(), testid, "set_step", { step: 60 });
    answers(2);
    expect(await tests.run(testid)).toBe("suspended");
    expect(delays).toEqual([2]);
    const first = computed(2);
    answers(1e6);
    expect(await tests.run(testid)).toBe("done");
    expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 200 });
    expect(first.length).toBeGreaterThan(1);
    const rest = computed();
    expect(first.filter((interval) => rest.includes(interval))).toEqual([]);
    expect(await samplesOf(tests.stack(), testid)).toBe(await samplesOf(tests.stack(), undisturbed));
  });

  it("rollout", async () => {
    const testid = await tests.started();
    const read = readRollout({ candidates: [[{}, {}], [{ oveAct_activate: 1 }]], step: DAY });
    if (!read.ok) throw new Error(read.message);
    const created = await createRollout(tests.stack().fixture.redis, testid, read.params, Date.now());
    if (created.kind !== "created") throw new Error(created.kind);
    answers(2);
    expect(await tests.run(created.rolloutid)).toBe("suspended");
    const first = computed(2);
    answers(1e6);
    expect(await tests.run(created.rolloutid)).toBe("done");
    const rest = computed();
    expect(first.filter((interval) => rest.includes(interval))).toEqual([]);
    expect(await answerTo(tests.stack(), created.rolloutid, created.requestid)).toMatchObject({ status: 200 });
  });
});

describe("a rollout", () => {
  const candidates = { candidates: [[{}]], step: DAY };
  const created = async (testid: string) => {
    const read = readRollout(candidates);
    if (!read.ok) throw new Error(read.message);
    const rollout = await createRollout(tests.stack().fixture.redis, testid, read.params, Date.now());
    if (rollout.kind !== "created") throw new Error(rollout.kind);
    return rollout;
  };

  it("is answered, and makes room, while its answer can still be read", async () => {
    const testid = await tests.started();
    const { rolloutid, requestid } = await created(testid);
    answers(0);
    expect(await tests.run(rolloutid, { aheadMs: 700_000 })).toBe("suspended");
    const listed = async () => await tests.stack().fixture.redis.command(["ZCARD", keys.rollouts(testid)]);
    expect(await listed()).toBe(1);
    expect(await tests.run(rolloutid, { aheadMs: 800_000 })).toBe("done");
    expect(await answerTo(tests.stack(), rolloutid, requestid)).toMatchObject({ status: 503 });
    expect(await listed()).toBe(0);
  });

  it("is not given up for the time in which nobody could be asked", async () => {
    const { rolloutid, requestid } = await created(await tests.started());
    tests.model.instead = async () => {
      await sleep(200);
      throw new InvokeError("throttled", "TooManyRequestsException", "busy");
    };
    expect(await tests.run(rolloutid)).toBe("suspended");
    const { redis } = tests.stack().fixture;
    expect(Number(await redis.command(["HGET", keys.progress(rolloutid), "spentMs"]))).toBeLessThan(200);
    // As much as one may take, but for what it needs.
    await redis.command(["HSET", keys.progress(rolloutid), "spentMs", MAX_ROLLOUT_MS - 100]);
    expect(await tests.run(rolloutid)).toBe("suspended");
    answers(1e6);
    await redis.command(["HSET", keys.progress(rolloutid), "spentMs", 0]);
    expect(await tests.run(rolloutid)).toBe("done");
    expect(await answerTo(tests.stack(), rolloutid, requestid)).toMatchObject({ status: 200 });
  });
});

describe("ten minutes are counted", () => {
  const unavailable = () => answers(0);

  it("from when it could not be asked, not from when the request came", async () => {
    const testid = await tests.started();
    const requestid = await ask(tests.stack(), testid, "advance");
    unavailable();
    expect(await tests.run(testid, { aheadMs: 700_000 })).toBe("suspended");
    expect(await tests.run(testid, { aheadMs: 1_200_000 })).toBe("suspended");
    expect(await tests.run(testid, { aheadMs: 1_310_000 })).toBe("done");
    expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 503 });
  });

  it("anew where it could be asked meanwhile", async () => {
    const testid = await tests.started();
    await ask(tests.stack(), testid, "set_step", { step: DAY });
    const requestid = await ask(tests.stack(), testid, "advance");
    unavailable();
    expect(await tests.run(testid)).toBe("suspended");
    answers(1);
    expect(await tests.run(testid, { aheadMs: 590_000 })).toBe("suspended");
    unavailable();
    expect(await tests.run(testid, { aheadMs: 1_100_000 })).toBe("suspended");
    answers(1);
    // It answered once, and then the time was up.
    expect(await tests.run(testid, { aheadMs: 1_180_000, computeMs: 0 })).toBe("suspended");
    unavailable();
    expect(await tests.run(testid, { aheadMs: 1_900_000 })).toBe("suspended");
    answers(1e6);
    expect(await tests.run(testid)).toBe("done");
    expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 200 });
  });
});

it("a warm-up that others wait for is theirs, though the model could not be asked on the way", async () => {
  const namespace = `c-${randomUUID()}`;
  const [one, other] = [await tests.started(), await tests.started()];
  const params = { startTime: 40 * DAY, warmupPeriod: 7 * DAY, endTime: null };
  await ask(tests.stack(), one, "initialize", params);
  const requestid = await ask(tests.stack(), other, "initialize", params);
  answers(3);
  expect(await tests.run(one, { namespace })).toBe("suspended");
  // It is waited for: the other does not begin by itself.
  answers(1e6);
  expect(await tests.run(other, { namespace, computeMs: 300 })).toBe("suspended");
  expect(tests.model.requests).toEqual([]);
  await tests.stack().fixture.redis.command(["DEL", keys.lease(one)]);
  expect(await tests.run(one, { namespace })).toBe("done");
  expect(computed()).not.toContain("initialize");
  answers(0);
  expect(await tests.run(other, { namespace })).toBe("done");
  expect(await answerTo(tests.stack(), other, requestid)).toMatchObject({ status: 200 });
  expect(await samplesOf(tests.stack(), other)).toBe(await samplesOf(tests.stack(), one));
});

it("a warm-up of which nothing could be simulated is anybody's", async () => {
  const namespace = `c-${randomUUID()}`;
  const [one, other] = [await tests.started(), await tests.started()];
  const params = { startTime: 50 * DAY, warmupPeriod: 7 * DAY, endTime: null };
  await ask(tests.stack(), one, "initialize", params);
  const requestid = await ask(tests.stack(), other, "initialize", params);
  answers(0);
  expect(await tests.run(one, { namespace })).toBe("suspended");
  answers(1e6);
  expect(await tests.run(other, { namespace })).toBe("done");
  expect(await answerTo(tests.stack(), other, requestid)).toMatchObject({ status: 200 });
  // Which the first one finds.
  answers(0);
  await tests.stack().fixture.redis.command(["DEL", keys.lease(one)]);
  expect(await tests.run(one, { namespace })).toBe("done");
  expect(await samplesOf(tests.stack(), other)).toBe(await samplesOf(tests.stack(), one));
});

it("who waits for another's warm-up holds no worker for long", async () => {
  const namespace = `c-${randomUUID()}`;
  const [one, other] = [await tests.started(), await tests.started()];
  const params = { startTime: 60 * DAY, warmupPeriod: 7 * DAY, endTime: null };
  for (const each of [one, other]) await ask(tests.stack(), each, "initialize", params);
  const begun = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<undefined>();
  tests.model.instead = async () => {
    begun.resolve();
    return await goesOn.promise;
  };
  const simulated = tests.run(one, { namespace });
  await begun.promise;
  expect(await tests.run(other, { namespace, computeMs: 15_000 })).toBe("suspended");
  expect(delays).toEqual([2]);
  goesOn.resolve(undefined);
  expect(await simulated).toBe("done");
});

it("a test keeps to the package that it has begun to ask for, though that could not be asked", async () => {
  const { redis } = tests.stack().fixture;
  const name = { scope: { kind: "user", user: "john" }, testcaseid: `t-${randomUUID()}` } as const;
  const upload = (modifiedMs: number) => ({ key: `uploads/users/john/${name.testcaseid}/${modifiedMs}`, modifiedMs });
  const published = (modifiedMs: number, { hash }: Manifest) =>
    ({
      state: "published",
      upload: upload(modifiedMs),
      package: hash,
      layout: 1,
      owner: "user-john",
      step: 60,
      cost: 1e6,
      width: 77,
    }) as const;
  const pending = { testcaseid: name.testcaseid, version: pendingVersion(upload(1000)) };
  const { testid } = await create(tests.stack(), { ...selectedPackage(tests.copy, testcase1), ...pending });
  await writeRecord(redis, name, published(1000, tests.copy));
  answers(0);
  expect(await tests.run(testid)).toBe("suspended");
  await writeRecord(redis, name, published(2000, await publishCopy(tests.stack().bucket, testcase1)));
  answers(1e6);
  expect(await tests.run(testid)).toBe("done");
  expect(await redis.command(["HGET", keys.test(testid), "version"])).toBe(tests.copy.hash);
});
