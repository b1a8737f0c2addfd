import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createTest, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import { keys } from "../../functions/platform/keys.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import { type Claimed, claim } from "../../functions/streams/claim.ts";
import { type Changes, commit } from "../../functions/streams/commit.ts";
import { enqueue } from "../../functions/streams/enqueue.ts";
import { type RedisFixture, startRedis } from "./redis.ts";

export const LEASE_MS = 5_000;
export const IDLE_MS = 86_400_000;
export const NOW_MS = 1_800_000_000_000;

/** Of the file that uses this; both as the hooks set them. */
export let fixture: RedisFixture;
export let testid: string;

export const take = (token: string, leaseMs = LEASE_MS, of = testid) =>
  claim(fixture.redis, of, { token, leaseMs, fieldNames: ["user", "status", "lineage", "state"] });

export async function mustTake(token: string, leaseMs = LEASE_MS): Promise<Claimed> {
  const claimed = await take(token, leaseMs);
  if (claimed.kind !== "claimed") throw new Error(`not claimed but ${claimed.kind}`);
  return claimed;
}

export const put = (method: string, options: { maxUnanswered?: number; key?: string; fingerprint?: string } = {}) =>
  enqueue(
    fixture.redis,
    testid,
    { method, params: { of: method }, arrivalMs: NOW_MS },
    {
      maxUnanswered: options.maxUnanswered ?? 64,
      idempotency:
        options.key === undefined ? undefined : { key: options.key, fingerprint: options.fingerprint ?? "f" },
    },
  );

export async function mustPut(method: string): Promise<string> {
  const enqueued = await put(method);
  if (enqueued.kind !== "enqueued") throw new Error(`not enqueued but ${enqueued.kind}`);
  return enqueued.requestid;
}

export const end = (
  work: Claimed,
  body: string,
  changes: Changes = {},
  takeNext = true,
  nowMs = NOW_MS,
  keepSlot = false,
) =>
  commit(
    fixture.redis,
    work.claim,
    work.request,
    { answer: { status: 200, body }, changes },
    {
      nowMs,
      leaseMs: LEASE_MS,
      idleMs: IDLE_MS,
      takeNext,
      keepSlot,
      hadProgress: work.progress !== undefined,
      test: work.test,
      stamp: randomUUID(),
    },
  );

export const field = async (name: string) => await fixture.redis.command(["HGET", keys.test(testid), name]);
export const marked = async () => (await fixture.redis.command(["ZSCORE", keys.outstanding(testid), testid])) !== null;

function testcase1(): TestCase {
  const found = findTestCase("testcase1");
  if (found === undefined) throw new Error("no testcase1");
  return found;
}

/** A real Redis for a file, and a started test of its own for each sentence. */
export function useProtocolTest(): void {
  beforeAll(async () => {
    fixture = await startRedis();
  });
  afterAll(async () => {
    await fixture.stop();
  });
  beforeEach(async () => {
    testid = randomUUID();
    const test = { testid, user: "john", selected: selectedOf(testcase1()) };
    await createTest(fixture.redis, test, { nowMs: NOW_MS, idleMs: IDLE_MS });
    const work = await mustTake("starter");
    await end(work, "{}", { fields: { status: "Running", state: "s0" }, ownersStatus: "Running" });
  });
}
