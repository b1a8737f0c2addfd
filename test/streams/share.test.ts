import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { createTest, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { keys } from "../../functions/platform/keys.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import { type Claimed, claim } from "../../functions/streams/claim.ts";
import { type Drained, drain, type Execute } from "../../functions/streams/drain.ts";
import { letGo, renew } from "../../functions/streams/lease.ts";
import { holderOf, shareOf } from "../../functions/streams/share.ts";
import { suspend } from "../../functions/streams/suspend.ts";
import { end, fixture, IDLE_MS, LEASE_MS, mustPut, NOW_MS, testid, useProtocolTest } from "../support/protocol-test.ts";

useProtocolTest();

/** Each sentence has a holder of its own. */
let holder: string;
let other: string;
beforeEach(async () => {
  // The holder of all these tests, as their records say.
  holder = randomUUID();
  await fixture.redis.command(["HSET", keys.test(testid), "user", holder]);
  // A second test, Queued: its start waits.
  other = await newTest();
  await fixture.redis.command(["DEL", keys.workingBusy()]);
});

async function newTest(): Promise<string> {
  const id = randomUUID();
  const testcase = findTestCase("testcase1");
  if (testcase === undefined) throw new Error("no testcase1");
  await createTest(
    fixture.redis,
    { testid: id, user: holder, selected: selectedOf(testcase) },
    { nowMs: NOW_MS, idleMs: IDLE_MS },
  );
  return id;
}

/** Many more workers than any holder here may have, unless a sentence says otherwise. */
const WORKERS = 100;
const take = (token: string, of: string, most = 1, leaseMs = LEASE_MS, workers = WORKERS) =>
  claim(fixture.redis, of, { token, leaseMs, fieldNames: ["user"], share: { holder, most, workers } });
async function mustTake(token: string, of: string, most = 1, leaseMs = LEASE_MS, workers = WORKERS): Promise<Claimed> {
  const claimed = await take(token, of, most, leaseMs, workers);
  if (claimed.kind !== "claimed") throw new Error(`not claimed but ${claimed.kind}`);
  return claimed;
}
const slots = async () =>
  ((await fixture.redis.command(["KEYS", `working:${holder}:*`])) as string[]).filter((key) => /:\d+$/.test(key));
const working = async () => (await slots()).length;
const waiting = async () => await fixture.redis.command(["ZRANGE", keys.workingWaiting(holder), 0, -1]);
/** Nobody has called these tests, and they wait in this order. */
const order = async (...testids: string[]) => {
  const places = testids.flatMap((of, i) => [i + 1, of]);
  await fixture.redis.command(["ZADD", keys.workingWaiting(holder), ...places]);
};
const leased = async (of: string) => (await fixture.redis.command(["EXISTS", keys.lease(of)])) === 1;
const later = async ({ claim: held, request }: Claimed, resumeAfterMs?: number) =>
  await suspend(fixture.redis, held, request, { at: "1" }, { lifetimeMs: IDLE_MS, resumeAfterMs });

describe("a holder's share of the workers", () => {
  it("is so many tests at work, and no more: a test that comes then takes nothing, and waits", async () => {
    await mustPut("advance");
    await mustTake("one", testid);
    expect(await take("two", other)).toEqual({ kind: "crowded" });
    expect(await leased(other)).toBe(false);
    expect([await working(), await waiting()]).toEqual([1, [other]]);
    // One more fits where the share is larger, and another holder has a share of its own.
    await mustTake("three", other, 2);
    expect(await working()).toBe(2);
    const third = await newTest();
    expect(await take("four", third, 2)).toEqual({ kind: "crowded" });
    holder = randomUUID();
    await mustTake("five", third, 1);
  });

  it("is given back with the answer", async () => {
    await mustPut("advance");
    expect(await end(await mustTake("one", testid), "{}")).toEqual({ kind: "done", called: undefined });
    expect(await working()).toBe(0);
    await mustTake("two", other);
  });

  it("is given back by whoever lets go, also when the test was stopped meanwhile", async () => {
    await mustPut("advance");
    await mustPut("advance");
    const first = await mustTake("one", testid);
    await letGo(fixture.redis, first.claim, "redis");
    expect(await working()).toBe(0);
    const second = await mustTake("two", testid);
    await stopTest(fixture.redis, testid);
    await letGo(fixture.redis, second.claim, "redis");
    expect(await working()).toBe(0);
  });

  it("is over with the lease of a worker that died, and renewed with the lease of one that lives", async () => {
    await mustPut("advance");
    const { claim: held } = await mustTake("one", testid, 1, 60_000);
    const leftMs = async () => Number(await fixture.redis.command(["PTTL", held.slot?.key ?? ""]));
    expect(await leftMs()).toBeLessThanOrEqual(60_000);
    expect(await leftMs()).toBeGreaterThan(30_000);
    await renew(fixture.redis, held, 120_000);
    expect(await leftMs()).toBeGreaterThan(60_000);
    await renew(fixture.redis, held, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await working()).toBe(0);
    await mustTake("two", other);
  });

  it("is taken once by a worker that claims again because it heard nothing", async () => {
    await mustPut("advance");
    await mustTake("one", testid, 2);
    await mustTake("one", testid, 2);
    expect(await working()).toBe(1);
  });

  it("does not let a test be taken whose lease another worker holds", async () => {
    await mustPut("advance");
    await mustTake("one", testid, 2);
    expect(await take("two", testid, 2)).toEqual({ kind: "busy" });
    expect(await working()).toBe(1);
  });
});

describe("a slot that becomes free", () => {
  it("goes to the test that has waited longest, with the worker that has it", async () => {
    await mustPut("advance");
    const third = await newTest();
    const first = await mustTake("one", testid);
    await take("two", other);
    await take("three", third);
    await take("four", other);
    expect(await end(first, "{}", {}, true, NOW_MS, true)).toEqual({ kind: "done", called: other });
    // No other test gets it meanwhile.
    expect(await working()).toBe(1);
    expect(await take("five", await newTest())).toEqual({ kind: "crowded" });
    const second = await mustTake("one", other);
    expect(await working()).toBe(1);
    expect(await end(second, "{}")).toEqual({ kind: "done", called: third });
    expect(await working()).toBe(0);
  });

  it("goes to the other test that waits when a long step leaves off, and to that step after it", async () => {
    await mustPut("advance");
    const long = await mustTake("one", testid);
    await take("two", other);
    expect(await later(long)).toEqual({ kind: "suspended", called: other, isQueued: true });
    expect([await working(), await waiting()]).toEqual([0, [testid, other]]);
    const short = await mustTake("three", other);
    // A doorbell of the step that comes too early keeps its place.
    expect(await take("four", testid)).toEqual({ kind: "crowded" });
    expect(await end(short, "{}")).toEqual({ kind: "done", called: testid });
    expect((await mustTake("five", testid)).progress).toMatchObject({ at: "1" });
  });

  it("goes to the other test when a step rests: then its own doorbell is rung", async () => {
    await mustPut("advance");
    const long = await mustTake("one", testid);
    await take("two", other);
    expect(await later(long, 60_000)).toEqual({ kind: "suspended", called: other, isQueued: false });
    expect(await waiting()).toEqual([other]);
  });

  it("goes to the other test when the time is over though more requests wait, and when a worker lets go", async () => {
    await mustPut("advance");
    await mustPut("advance");
    const first = await mustTake("one", testid);
    await take("two", other);
    expect(await end(first, "{}", {}, false)).toEqual({ kind: "more", called: other });
    const second = await mustTake("three", other);
    expect(await letGo(fixture.redis, second.claim, "redis")).toBe(testid);
  });

  it("is not offered to a test that was stopped", async () => {
    await mustPut("advance");
    const third = await newTest();
    const first = await mustTake("one", testid);
    await take("two", other);
    await take("three", third);
    await stopTest(fixture.redis, other);
    expect(await waiting()).toEqual([third]);
    expect(await end(first, "{}")).toEqual({ kind: "done", called: third });
  });

  it("is offered again to a test that was called, and whose worker died: 10 s later", async () => {
    await mustPut("advance");
    const first = await mustTake("one", testid);
    await take("two", other);
    expect(await end(first, "{}", {}, true, NOW_MS, true)).toEqual({ kind: "done", called: other });
    await mustTake("one", other);
    // The worker dies. Its doorbell comes back, as one of a test that has nothing to do any more.
    const told: [string, Drained][] = [];
    const sent: string[] = [];
    const look = () => drain(fixture.redis, queueOf(sent), testid, answering, optionsOf(told));
    expect(await look()).toBe("idle");
    expect(told).toEqual([[testid, "idle"]]);
    // Ten seconds pass.
    await fixture.redis.command(["ZADD", keys.workingWaiting(holder), "XX", 1, other]);
    await fixture.redis.command(["DEL", keys.lease(other), ...(await slots())]);
    told.length = 0;
    expect(await look()).toBe("idle");
    expect(told).toEqual([
      [testid, "idle"],
      [other, "done"],
    ]);
  });
});

const answering: Execute = async ({ request }) => ({
  kind: "answer",
  answer: { status: 200, body: JSON.stringify(request.id) },
});
const queueOf = (sent: string[]) => ({
  send: async (body: string) => void sent.push(body),
  sendBatch: async () => 0,
});
const optionsOf = (told: [string, Drained][], computeMs = 60_000) => ({
  leaseMs: LEASE_MS,
  computeMs,
  idleMs: IDLE_MS,
  fieldNames: ["user"],
  isCalled: true,
  share: { holder, most: 1, workers: WORKERS },
  left: (at: string, drained: Drained) => void told.push([at, drained]),
});

describe("a worker that has answered a test", () => {
  it("goes on with all tests of the holder that wait, without any doorbell", async () => {
    const third = await newTest();
    await mustPut("advance");
    const blocking = await mustTake("blocking", testid);
    await take("two", other);
    await take("three", third);
    await letGo(fixture.redis, blocking.claim, "redis");
    const told: [string, Drained][] = [];
    const sent: string[] = [];
    await order(other, third);
    expect(await drain(fixture.redis, queueOf(sent), testid, answering, optionsOf(told))).toBe("done");
    expect(told).toEqual([
      [testid, "done"],
      [other, "done"],
      [third, "done"],
    ]);
    expect([sent, await working(), await waiting()]).toEqual([[], 0, []]);
    expect(await fixture.redis.command(["EXISTS", keys.workingCrowded(holder)])).toBe(0);
  });

  it("passes over those that need no worker any more", async () => {
    const [third, fourth] = [await newTest(), await newTest()];
    await mustPut("advance");
    const first = await mustTake("blocking", testid);
    for (const of of [other, third, fourth]) await take("late", of);
    // Of the second test there is nothing left but its place; the third has another worker.
    await fixture.redis.command(["DEL", keys.test(other)]);
    await fixture.redis.command(["SET", keys.lease(third), "another", "PX", LEASE_MS]);
    await letGo(fixture.redis, first.claim, "redis");
    await order(other, third, fourth);
    const told: [string, Drained][] = [];
    await drain(fixture.redis, queueOf([]), testid, answering, optionsOf(told));
    expect(told).toEqual([
      [testid, "done"],
      [other, "unknown"],
      [third, "busy"],
      [fourth, "done"],
    ]);
    expect([await working(), await waiting()]).toEqual([0, [third]]);
  });

  it("rings for the next one when its time is over", async () => {
    await mustPut("advance");
    const blocking = await mustTake("blocking", testid);
    await take("two", other);
    await letGo(fixture.redis, blocking.claim, "redis");
    await order(other);
    const told: [string, Drained][] = [];
    const sent: string[] = [];
    expect(await drain(fixture.redis, queueOf(sent), testid, answering, optionsOf(told, 0))).toBe("done");
    expect(told).toEqual([[testid, "done"]]);
    expect(sent.map((body) => JSON.parse(body))).toEqual([{ testid: other, holder, isCalled: true }]);
    expect(await working()).toBe(0);
  });
});

describe("the share of a holder, while others use several workers", () => {
  /** Two tests of another holder are at work. */
  async function busyOther(workers = WORKERS): Promise<void> {
    const own = holder;
    holder = randomUUID();
    await mustTake("other one", await newTest(), 4, LEASE_MS, workers);
    await mustTake("other two", await newTest(), 4, LEASE_MS, workers);
    holder = own;
  }

  it("is a third of all workers beside one such holder, a quarter beside two, and one at least", async () => {
    const tests = await Promise.all(Array.from({ length: 4 }, newTest));
    const [one = "", two = "", three = "", four = ""] = tests;
    await mustTake("one", one, 4, LEASE_MS, 6);
    await mustTake("two", two, 4, LEASE_MS, 6);
    await busyOther();
    expect(await take("three", three, 4, LEASE_MS, 6)).toEqual({ kind: "crowded" });
    expect((await take("three", three, 4, LEASE_MS, 9)).kind).toBe("claimed");
    await busyOther();
    expect(await take("four", four, 4, LEASE_MS, 12)).toEqual({ kind: "crowded" });
    expect((await take("four", four, 4, LEASE_MS, 16)).kind).toBe("claimed");
    holder = randomUUID();
    expect((await take("light", await newTest(), 4, LEASE_MS, 2)).kind).toBe("claimed");
  });

  it("shrinks when such a holder comes: a worker gives back the slot that it kept", async () => {
    const tests = await Promise.all(Array.from({ length: 4 }, newTest));
    const [one = "", two = "", three = "", four = ""] = tests;
    await mustTake("one", one, 3, LEASE_MS, 6);
    await mustTake("two", two, 3, LEASE_MS, 6);
    const third = await mustTake("three", three, 3, LEASE_MS, 6);
    await take("four", four, 3, LEASE_MS, 6);
    await busyOther();
    expect(await end(third, "{}", {}, true, NOW_MS, true)).toEqual({ kind: "done", called: four });
    expect(await take("three", four, 3, LEASE_MS, 6)).toEqual({ kind: "crowded" });
    expect([await working(), await waiting()]).toEqual([2, [four]]);
  });

  it("grows when they are gone: a claim calls another test for a slot that is free", async () => {
    const tests = await Promise.all(Array.from({ length: 4 }, newTest));
    const [one = "", two = "", three = "", four = ""] = tests;
    await mustTake("one", one, 1);
    await take("late", two);
    await take("late", three);
    await take("late", four);
    expect((await mustTake("two", two, 2)).called).toBeUndefined();
    expect((await mustTake("three", three, 4)).called).toBe(four);
  });

  it("is not touched by holders that use one worker at a time, at no cost to these", async () => {
    const own = holder;
    holder = randomUUID();
    await mustTake("light", await newTest());
    expect(await fixture.redis.command(["EXISTS", keys.workingBusy()])).toBe(0);
    holder = own;
    await mustTake("one", other, 3, LEASE_MS, 3);
    await mustTake("two", await newTest(), 3, LEASE_MS, 3);
    await mustTake("three", await newTest(), 3, LEASE_MS, 3);
  });
});

describe("a holder", () => {
  it("is an account, or without one an address; the share of an address is the smaller one", () => {
    const limits = { workers: 50, workersPerAccount: 25, workersPerAddress: 12 } as Parameters<typeof shareOf>[1];
    expect(holderOf({ user: "ann", address: "" })).toBe("ann");
    expect(holderOf({ user: "anonymous", address: "0a1b" })).toBe("anonymous/0a1b");
    expect(holderOf({})).toBeUndefined();
    expect(shareOf("ann", limits)).toEqual({ holder: "ann", most: 25, workers: 50 });
    expect(shareOf("anonymous/0a1b", limits)).toEqual({ holder: "anonymous/0a1b", most: 12, workers: 50 });
  });
});
