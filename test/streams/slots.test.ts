import { describe, expect, it } from "vitest";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { keys } from "../../functions/platform/keys.ts";
import type { Claimed } from "../../functions/streams/claim.ts";
import { type Drained, drain, type Execute } from "../../functions/streams/drain.ts";
import { letGo } from "../../functions/streams/lease.ts";
import { suspend } from "../../functions/streams/suspend.ts";
import { end, fixture, IDLE_MS, LEASE_MS, mustPut, NOW_MS, testid } from "../support/protocol-test.ts";
import {
  holder,
  mustTake,
  newTest,
  order,
  other,
  slots,
  take,
  useShare,
  WORKERS,
  waiting,
  working,
} from "../support/share-test.ts";

useShare();

const later = async ({ claim: held, request }: Claimed, resumeAfterMs?: number) =>
  await suspend(fixture.redis, held, request, { at: "1" }, { lifetimeMs: IDLE_MS, resumeAfterMs });

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

  it("gives its slot to the next one, too, when the test was stopped while it computed", async () => {
    await mustPut("advance");
    const stopped: Execute = async ({ claim, request }, breath) => {
      if (claim.testid === testid) {
        await take("two", other);
        await stopTest(fixture.redis, testid);
      }
      return await answering({ kind: "claimed", claim, request, test: {}, progress: undefined }, breath);
    };
    const told: [string, Drained][] = [];
    const options = { ...optionsOf(told), isCalled: false };
    expect(await drain(fixture.redis, queueOf([]), testid, stopped, options)).toBe("unknown");
    expect(told).toEqual([
      [testid, "unknown"],
      [other, "done"],
    ]);
    expect([await working(), await waiting()]).toEqual([0, []]);
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
