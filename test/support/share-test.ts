import { randomUUID } from "node:crypto";
import { beforeEach } from "vitest";
import { createTest, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import { keys } from "../../functions/platform/keys.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import { type Claimed, claim } from "../../functions/streams/claim.ts";
import { fixture, IDLE_MS, LEASE_MS, NOW_MS, testid, useProtocolTest } from "./protocol-test.ts";

/** A holder of tests, and its second test, which is Queued. Each test of the file has new ones. */
export let holder: string;
export let other: string;

/** Goes on as another holder; a random one by default. */
export function become(another: string = randomUUID()): void {
  holder = another;
}

/** Prepares `testid` and `other`, two tests of one holder, before each test of a file. */
export function useShare(): void {
  useProtocolTest();
  beforeEach(async () => {
    become();
    await fixture.redis.command(["HSET", keys.test(testid), "user", holder]);
    other = await newTest();
    await fixture.redis.command(["DEL", keys.workingBusy()]);
  });
}

export async function newTest(): Promise<string> {
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

/** Many more workers than a holder can have in these tests. */
export const WORKERS = 100;

export const take = (token: string, of: string, most = 1, leaseMs = LEASE_MS, workers = WORKERS) =>
  claim(fixture.redis, of, { token, leaseMs, fieldNames: ["user"], share: { holder, most, workers } });

export async function mustTake(
  token: string,
  of: string,
  most = 1,
  leaseMs = LEASE_MS,
  workers = WORKERS,
): Promise<Claimed> {
  const claimed = await take(token, of, most, leaseMs, workers);
  if (claimed.kind !== "claimed") throw new Error(`not claimed but ${claimed.kind}`);
  return claimed;
}

export const slots = async () =>
  ((await fixture.redis.command(["KEYS", `working:${holder}:*`])) as string[]).filter((key) => /:\d+$/.test(key));
export const working = async () => (await slots()).length;
export const waiting = async () => await fixture.redis.command(["ZRANGE", keys.workingWaiting(holder), 0, -1]);

/** These tests wait in this order, and none was called. */
export const order = async (...testids: string[]) => {
  const places = testids.flatMap((of, i) => [i + 1, of]);
  await fixture.redis.command(["ZADD", keys.workingWaiting(holder), ...places]);
};
