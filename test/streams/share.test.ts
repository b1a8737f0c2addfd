import { describe, expect, it } from "vitest";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { keys } from "../../functions/platform/keys.ts";
import { letGo, renew } from "../../functions/streams/lease.ts";
import { holderOf, shareOf } from "../../functions/streams/share.ts";
import { end, fixture, LEASE_MS, mustPut, NOW_MS, testid } from "../support/protocol-test.ts";
import {
  become,
  holder,
  mustTake,
  newTest,
  other,
  take,
  useShare,
  WORKERS,
  waiting,
  working,
} from "../support/share-test.ts";

useShare();

const leased = async (of: string) => (await fixture.redis.command(["EXISTS", keys.lease(of)])) === 1;

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
    become();
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

describe("the share of a holder, while others use several workers", () => {
  /** Two tests of another holder are at work. */
  async function busyOther(workers = WORKERS): Promise<void> {
    const own = holder;
    become();
    await mustTake("other one", await newTest(), 4, LEASE_MS, workers);
    await mustTake("other two", await newTest(), 4, LEASE_MS, workers);
    become(own);
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
    become();
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
    become();
    await mustTake("light", await newTest());
    expect(await fixture.redis.command(["EXISTS", keys.workingBusy()])).toBe(0);
    become(own);
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
