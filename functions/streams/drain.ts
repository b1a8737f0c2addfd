import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../platform/log.ts";
import type { Queue } from "../platform/queue.ts";
import { type Redis, RedisError, RedisRefused } from "../platform/redis.ts";
import type { Answer } from "./answer.ts";
import { type Claimed, type ClaimOutcome, claim } from "./claim.ts";
import { ring } from "./doorbell.ts";
import { postpone } from "./give-up.ts";
import { letGo } from "./lease.ts";
import { holderOf, type Slot, takeTurn } from "./share.ts";
import { answerClaimed, type Drained, type DrainOptions, type Ended, type Execute } from "./work.ts";

export type { Drained, DrainOptions, Execute, Outcome } from "./work.ts";

/** How often a drain claims again after it lost the lease or a commit's reply. */
const MAX_CLAIMS = 5;
/** The pause after so many claims, ms. They are not counted from one invocation to the next, so there may be no end. */
const LOST_AGAIN_MS = 2_000;
/**
 * For so long a worker goes on from one test of a holder to the next, ms. Then it rings for the next one and ends, so that
 * SQS decides whose turn it is: quiet holders first.
 */
const TURNS_MS = 1_000;

/** A worker during one invocation. */
interface Worker {
  readonly token: string;
  /** What it keeps of the holder's share from one test to the next. */
  slot: Slot | undefined;
  readonly timeIsUp: () => boolean;
  /** Whether it may go on with another test of the holder. */
  readonly goesOn: () => boolean;
}

/**
 * Answers a test's requests one after the other, under its lease, until none is left or the invocation's time is over. Then
 * goes on with tests of the same holder that wait for a worker, for a second. The process that holds the lease is the
 * worker, however many others try.
 *
 * @returns how the drain of `testid` ended
 * @throws RedisError if Redis cannot be reached for longer than the retries last; the errors of `execute`, with the lease
 * released. The requests stay where they were.
 */
export async function drain(
  redis: Redis,
  queue: Queue,
  testid: string,
  execute: Execute,
  options: DrainOptions,
): Promise<Drained> {
  const ms = stopwatch();
  const timeIsUp = () => ms() >= options.computeMs;
  const goesOn = () => options.share !== undefined && !timeIsUp() && ms() < TURNS_MS;
  const worker: Worker = { token: randomUUID(), slot: undefined, timeIsUp, goesOn };
  let first: Drained | undefined;
  for (let at = testid; ; ) {
    const isCalled = first !== undefined || options.isCalled === true;
    const { drained, next } = await drainTest(redis, queue, at, execute, { ...options, isCalled }, worker);
    options.left?.(at, drained, next);
    first ??= drained;
    if (next === undefined) return first;
    at = next;
  }
}

/** Drains one test. @returns how that ended, and the test that the worker goes on with */
async function drainTest(
  redis: Redis,
  queue: Queue,
  testid: string,
  execute: Execute,
  options: DrainOptions,
  worker: Worker,
): Promise<{ readonly drained: Drained; readonly next?: string | undefined }> {
  const { timeIsUp, goesOn } = worker;
  const { share, hops = 0 } = options;
  const bell = { testid, holder: share?.holder, hops: hops + 1 };
  for (let attempt = 1; ; attempt++) {
    const claimed = await claimPatiently(redis, testid, worker, options);
    if (claimed.kind === "refused") {
      if (claimed.called !== undefined) await ring(queue, { ...bell, testid: claimed.called, isCalled: true });
      return { drained: claimed.kind };
    }
    if (claimed.kind !== "claimed") {
      return { drained: claimed.kind, next: await nextTest(redis, queue, testid, claimed.kind, options, worker) };
    }
    worker.slot = claimed.claim.slot;
    if (claimed.called !== undefined) await ring(queue, { ...bell, testid: claimed.called, isCalled: true });

    const call = (other: string) => ring(queue, { ...bell, testid: other, isCalled: true });
    const limits = { timeIsUp, takesNext: () => !timeIsUp(), keepsSlot: goesOn, call };
    const ended = await answerClaimed(redis, claimed, execute, options, limits);
    const { drained } = ended;
    // Perhaps only the commit's reply was lost: claim again, under the same token.
    if (drained === "lost" && attempt < MAX_CLAIMS && !timeIsUp()) continue;
    let { called } = ended;
    // Otherwise the worker that the doorbell wakes would find the lease taken, though no worker is left.
    if (drained === "lost") called = await letGo(redis, claimed.claim, "redis");
    const afterMs = drained === "lost" && attempt === MAX_CLAIMS ? LOST_AGAIN_MS : ended.resumeAfterMs;
    await ringAfter(queue, ended, { ...bell, hops: drained === "more" ? 0 : bell.hops }, afterMs);
    if (called === undefined || ended.isSlotKept) return { drained, next: called };
    await ring(queue, { ...bell, testid: called, hops: drained === "suspended" ? bell.hops : 0, isCalled: true });
    return { drained };
  }
}

/** Rings for a test whose requests are not all answered, unless another worker calls it from its holder's queue. */
async function ringAfter(
  queue: Queue,
  { drained, isQueued = false }: Ended,
  bell: Parameters<typeof ring>[1],
  afterMs?: number,
) {
  if (drained !== "done" && drained !== "refused" && !isQueued) await ring(queue, bell, afterMs);
}

/** The test that a worker goes on with where one that was called needs no worker. The slot goes to it, or is given back. */
async function nextTest(
  redis: Redis,
  queue: Queue,
  testid: string,
  kind: Exclude<ClaimOutcome["kind"], "claimed">,
  { share, isCalled, leaseMs, hops = 0 }: DrainOptions,
  { token, slot, goesOn }: Worker,
): Promise<string | undefined> {
  // A claim that found the share used up has given the slot back already.
  if (share === undefined || kind === "crowded") return undefined;
  // A worker may have a slot without being called: from a commit that it lost, because the test was stopped.
  if (isCalled !== true && slot === undefined) return undefined;
  const keepMs = goesOn() ? leaseMs : 0;
  const before = kind === "busy" ? undefined : testid;
  const next = await takeTurn(redis, share.holder, { before, slot, token, keepMs });
  if (next === undefined || keepMs > 0) return next;
  await ring(queue, { testid: next, holder: share.holder, hops: hops + 1, isCalled: true });
  return undefined;
}

/**
 * Answers the one request that was claimed as it was enqueued, in the process that enqueued it. Requests that came
 * meanwhile, and work that takes longer than a moment, are left to a worker, for whom the doorbell is rung.
 *
 * @returns the answer, or undefined if a worker gives it: then it is to be waited for
 */
export async function drainInline(
  redis: Redis,
  queue: Queue,
  claimed: Claimed,
  execute: Execute,
  options: DrainOptions,
): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  const afterCommit: DrainOptions["afterCommit"] = async (work, given, changes, test) => {
    answer = given;
    await options.afterCommit?.(work, given, changes, test);
  };
  const { claim, request } = claimed;
  const ms = stopwatch();
  const never = () => false;
  const holder = holderOf(claimed.test);
  const call = (other: string) => ring(queue, { testid: other, holder, isCalled: true });
  const limits = {
    timeIsUp: () => ms() >= options.computeMs,
    takesNext: never,
    keepsSlot: never,
    call,
  };
  let ended: Ended = { drained: "lost" };
  try {
    ended = await answerClaimed(redis, claimed, execute, { ...options, afterCommit }, limits);
  } catch (error) {
    const ids = { event: "inline_work_failed", testid: claim.testid, requestid: request.id };
    log("error", "A command failed in the process that took it; a worker carries it out", ids, error);
  }
  const called = ended.drained === "lost" ? await letGo(redis, claim, "redis") : ended.called;
  await ringAfter(queue, ended, { testid: claim.testid, holder }, ended.resumeAfterMs);
  if (called !== undefined) await call(called);
  return answer;
}

/** @returns how many ms have passed */
function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
}

/** Claims a test. Under one token that is idempotent, so it is tried again when Redis is away for a moment. */
async function claimPatiently(
  redis: Redis,
  testid: string,
  { token, slot }: Worker,
  options: DrainOptions,
): Promise<ClaimOutcome | { readonly kind: "refused"; readonly called: string | undefined }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { leaseMs, fieldNames, wholeFor, share } = options;
      return await claim(redis, testid, { token, leaseMs, fieldNames, wholeFor, share });
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      if (attempt === MAX_CLAIMS) {
        if (!(error instanceof RedisRefused)) throw error;
        log("error", "Redis refuses to let a test be claimed", { event: "claim_refused", testid }, error);
        // The script may have failed after it took the lease.
        const called = await letGo(redis, { testid, token, slot }, "redis");
        await postpone(redis, testid);
        return { kind: "refused", called };
      }
      await sleep(50 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
