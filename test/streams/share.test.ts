import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { createTest, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { keys } from "../../functions/platform/keys.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import type { Claimed } from "../../functions/streams/claim.ts";
import { claim } from "../../functions/streams/claim.ts";
import { letGo, renew } from "../../functions/streams/lease.ts";
import { holderOf, shareOf } from "../../functions/streams/share.ts";
import { suspend } from "../../functions/streams/suspend.ts";
import { end, fixture, IDLE_MS, LEASE_MS, mustPut, NOW_MS, testid, useProtocolTest } from "../support/protocol-test.ts";

useProtocolTest();

/** Each sentence has a holder of its own. */
let holder: string;
let other: string;
beforeEach(async () => {
  holder = randomUUID();
  // A second test, Queued: its start waits.
  other = await newTest();
});

async function newTest(): Promise<string> {
  const id = randomUUID();
  const testcase = findTestCase("testcase1");
  if (testcase === undefined) throw new Error("no testcase1");
  await createTest(
    fixture.redis,
    { testid: id, user: "john", selected: selectedOf(testcase) },
    { nowMs: NOW_MS, idleMs: IDLE_MS },
  );
  return id;
}

const take = (token: string, of: string, most = 1, leaseMs = LEASE_MS) =>
  claim(fixture.redis, of, { token, leaseMs, fieldNames: ["user"], share: { holder, most } });
async function mustTake(token: string, of: string, most = 1, leaseMs = LEASE_MS): Promise<Claimed> {
  const claimed = await take(token, of, most, leaseMs);
  if (claimed.kind !== "claimed") throw new Error(`not claimed but ${claimed.kind}`);
  return claimed;
}
const working = async () => {
  const found = (await fixture.redis.command(["KEYS", `working:${holder}:*`])) as string[];
  return found.filter((key) => key !== keys.workingNext(holder)).length;
};
const leased = async (of: string) => (await fixture.redis.command(["EXISTS", keys.lease(of)])) === 1;
const later = async ({ claim: held, request }: Claimed) =>
  await suspend(fixture.redis, held, request, { at: "1" }, { lifetimeMs: IDLE_MS });

describe("a holder's share of the workers", () => {
  it("is so many tests at work, and no more: who comes then takes nothing", async () => {
    await mustPut("advance");
    await mustTake("one", testid);
    expect(await take("two", other)).toEqual({ kind: "crowded", isNext: true });
    expect(await leased(other)).toBe(false);
    expect(await working()).toBe(1);
    // One more fits where the share is larger, and it is nobody else's share.
    await mustTake("three", other, 2);
    expect(await working()).toBe(2);
    const third = await newTest();
    expect(await take("four", third, 2)).toMatchObject({ kind: "crowded" });
    holder = randomUUID();
    await mustTake("five", third, 1);
  });

  it("is given back with the answer", async () => {
    await mustPut("advance");
    await end(await mustTake("one", testid), "{}");
    expect(await working()).toBe(0);
    await mustTake("two", other);
  });

  it("goes to the other test that waits when a long step leaves off, and not back to that step at once", async () => {
    await mustPut("advance");
    const long = await mustTake("one", testid);
    expect(await take("two", other)).toEqual({ kind: "crowded", isNext: true });
    expect(await later(long)).toBe("suspended");
    expect(await working()).toBe(0);
    // The step's own doorbell is the first to be heard.
    expect(await take("three", testid)).toEqual({ kind: "crowded", isNext: false });
    await mustTake("four", other);
    expect(await take("five", testid)).toEqual({ kind: "crowded", isNext: true });
  });

  it("is given back by who lets go, also when the test was stopped meanwhile", async () => {
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
    const leftMs = async () => Number(await fixture.redis.command(["PTTL", held.slot ?? ""]));
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
});

describe("a holder", () => {
  it("is an account, or without one an address; the share of an address is the smaller one", () => {
    const limits = { workersPerAccount: 25, workersPerAddress: 12 } as Parameters<typeof shareOf>[1];
    expect(holderOf({ user: "ann", address: "" })).toBe("ann");
    expect(holderOf({ user: "anonymous", address: "0a1b" })).toBe("anonymous/0a1b");
    expect(holderOf({})).toBeUndefined();
    expect(shareOf("ann", limits)).toEqual({ holder: "ann", most: 25 });
    expect(shareOf("anonymous/0a1b", limits)).toEqual({ holder: "anonymous/0a1b", most: 12 });
  });
});
