import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describeError, log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Queue } from "../platform/queue.ts";
import { type Redis, RedisError, RedisRefused } from "../platform/redis.ts";
import type { Answer } from "./answer.ts";
import { type Claimed, type ClaimOutcome, claim, type TestFields } from "./claim.ts";
import { type Changes, type Committed, commit, lifetimeOf } from "./commit.ts";
import { ring } from "./doorbell.ts";
import { MOST_DELIVERIES, poisoned, unlessRefused } from "./give-up.ts";
import { LeaseLost, letGo } from "./lease.ts";
import { Pace } from "./pace.ts";
import { postpone } from "./postpone.ts";
import { holderOf, type Share } from "./share.ts";
import { suspend } from "./suspend.ts";

/** What carrying out a request comes to: an answer with what it changes, or as far as the time reached. */
export type Outcome =
  | { readonly kind: "answer"; readonly answer: Answer; readonly changes?: Changes }
  | {
      readonly kind: "suspend";
      readonly progress: TestFields;
      /** It waits for something else: before so many ms nobody need look again. */
      readonly resumeAfterMs?: number;
    };

/**
 * Carries out one request. Must be deterministic: the same test and request give the same changes, whichever process
 * computes them and however often. Must call `pace.breathe()` between pieces of work.
 */
export type Execute = (work: Claimed, pace: Pace) => Promise<Outcome>;

export interface DrainOptions {
  readonly leaseMs: number;
  readonly computeMs: number;
  readonly idleMs: number;
  /** The test's fields that `execute` needs. */
  readonly fieldNames: readonly string[];
  /** The method whose requests are claimed with the whole test; one that is taken after another is not. */
  readonly wholeFor?: string;
  readonly clock?: () => number;
  /** The hops of the doorbell that called, see {@link Doorbell}. */
  readonly hops?: number | undefined;
  /** What the test's holder may have of the workers. Left out by who is none. */
  readonly share?: Share | undefined;
  /** Is told whenever the lease was renewed. */
  readonly renewed?: () => void;
  /**
   * Called before each answer is committed. What it throws drops the work, but for a RedisRefused: that gives the request
   * up with a 500.
   */
  readonly beforeCommit?: (work: Claimed, answer: Answer) => Promise<void>;
  /** Called after each answer that was committed, before the next request is begun. It may not be, or not do what it should. */
  readonly afterCommit?: (work: Claimed, answer: Answer) => Promise<void>;
}

/**
 * How a drain ended: `unknown`, `idle` and `busy` as a claim, else with the last request answered or suspended;
 * `crowded`: its holder has as many workers as it may have, and is rung for later; `refused`: Redis takes nothing about this test, not even an answer.
 */
export type Drained = "unknown" | "idle" | "busy" | "crowded" | "done" | "more" | "suspended" | "lost" | "refused";

/** How often a drain starts over after it lost the lease or a commit's reply. */
const MOST_CLAIMS = 5;
/** When to look again after it did so as often as that, ms: nobody counts how often then, and it may be for ever. */
const LOST_AGAIN_MS = 2_000;

/**
 * Answers a test's requests one after the other, under its lease, until none is left or the invocation's time is over.
 * Whoever holds the lease is the worker: it does not matter which process that is, nor how many try.
 *
 * @throws RedisError if Redis cannot be reached for longer than the retries last; whatever `execute` throws, the lease
 * let go. The requests are where they were.
 */
export async function drain(
  redis: Redis,
  queue: Queue,
  testid: string,
  execute: Execute,
  options: DrainOptions,
): Promise<Drained> {
  const token = randomUUID();
  const timeIsUp = timer(options.computeMs);

  for (let attempt = 1; ; attempt++) {
    const claimed = await claimPatiently(redis, testid, token, options);
    if (claimed === "refused") return claimed;
    const { share } = options;
    if (claimed.kind === "crowded") {
      const hops = (options.hops ?? 0) + 1;
      await ring(queue, { testid, holder: share?.holder, hops }, turnMs(claimed.isNext, hops));
      return claimed.kind;
    }
    if (claimed.kind !== "claimed") return claimed.kind;

    const limits = { timeIsUp, takeNext: () => !timeIsUp() };
    const { drained, resumeAfterMs } = await drainClaimed(redis, claimed, execute, options, limits);
    // Lost may also mean that only the reply was: look again, under the same token.
    if (drained === "lost" && attempt < MOST_CLAIMS && !timeIsUp()) continue;
    // Else the worker that the doorbell wakes would find the lease taken, by nobody.
    if (drained === "lost") await letGo(redis, claimed.claim, "redis");
    const afterMs = drained === "lost" && attempt === MOST_CLAIMS ? LOST_AGAIN_MS : resumeAfterMs;
    // Whoever has answered something begins a new chain.
    const bell = { testid, holder: share?.holder, hops: drained === "more" ? 0 : (options.hops ?? 0) + 1 };
    if (drained !== "done" && drained !== "refused") await ring(queue, bell, afterMs);
    return drained;
  }
}

/**
 * Answers the one request that was claimed as it was enqueued, in the process that enqueued it. What else waits by then,
 * and what proves to be more than a moment's work, is left to a worker, for whom the doorbell is rung.
 *
 * @returns the answer, or undefined if it is somebody else's to give: then it is to be waited for
 */
export async function drainInline(
  redis: Redis,
  queue: Queue,
  claimed: Claimed,
  execute: Execute,
  options: DrainOptions,
): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  const remember = async (_work: Claimed, given: Answer) => {
    answer = given;
  };
  const { claim, request } = claimed;
  const limits = { timeIsUp: timer(options.computeMs), takeNext: () => false };
  let { drained, resumeAfterMs }: Ended = { drained: "lost" };
  try {
    const remembering = { ...options, afterCommit: remember };
    ({ drained, resumeAfterMs } = await drainClaimed(redis, claimed, execute, remembering, limits));
  } catch (error) {
    log("error", "work failed inline", { testid: claim.testid, requestid: request.id, error: describeError(error) });
  }
  if (drained === "lost") await letGo(redis, claimed.claim, "redis");
  const bell = { testid: claim.testid, holder: holderOf(claimed.test) };
  if (drained !== "done" && drained !== "refused") await ring(queue, bell, resumeAfterMs);
  return answer;
}

/** When a test that was turned away is to try again, ms: soon if it is the next, else the later the longer it has waited. */
function turnMs(isNext: boolean, hops: number): number {
  return isNext ? 1_000 : Math.min(15_000, 1_000 + 1_000 * hops) * (0.5 + Math.random());
}

function timer(ms: number): () => boolean {
  const startedAt = performance.now();
  return () => performance.now() - startedAt >= ms;
}

/** How the draining of what was claimed ended, and when to ring again. */
interface Ended {
  readonly drained: Exclude<Drained, "unknown" | "idle" | "busy" | "crowded">;
  readonly resumeAfterMs?: number | undefined;
}

async function drainClaimed(
  redis: Redis,
  claimed: Claimed,
  execute: Execute,
  options: DrainOptions,
  { timeIsUp, takeNext }: { timeIsUp: () => boolean; takeNext: () => boolean },
): Promise<Ended> {
  for (let work = claimed; ; ) {
    const { claim, request } = work;
    const ids = { testid: claim.testid, requestid: request.id };
    if (request.deliveries > 1) count(METRICS.redeliveries);
    try {
      const ended = await unlessRefused(work, async (given) => {
        const outcome =
          given ??
          (request.deliveries > MOST_DELIVERIES
            ? poisoned(work)
            : await paced(new Pace(redis, claim, options.leaseMs, timeIsUp, options.renewed), (pace) =>
                execute(work, pace),
              ));
        return await conclude(redis, work, outcome, options, takeNext());
      });
      if (!("claim" in ended)) return ended;
      work = ended;
    } catch (error) {
      if (error instanceof RedisRefused) {
        log("error", "not even an answer is taken", { ...ids, error: describeError(error) });
        await letGo(redis, claim, "request");
        await postpone(redis, claim.testid);
        return { drained: "refused" };
      }
      if (!(error instanceof LeaseLost || error instanceof RedisError)) {
        await letGo(redis, claim, "request");
        throw error;
      }
      count(METRICS.lostLeases);
      log("warn", "work dropped", { ...ids, error: describeError(error) });
      return { drained: "lost" };
    }
  }
}

/** Writes what a request has come to. @returns the next request that was taken, if one was */
async function conclude(
  redis: Redis,
  work: Claimed,
  outcome: Outcome,
  options: DrainOptions,
  takeNext: boolean,
): Promise<Ended | Claimed> {
  const { claim, request, test, progress } = work;
  const { leaseMs, idleMs } = options;
  if (outcome.kind === "suspend") {
    const { resumeAfterMs } = outcome;
    const lifetimeMs = Math.min(idleMs, lifetimeOf(test, idleMs));
    const drained = await suspend(redis, claim, request, outcome.progress, { lifetimeMs, resumeAfterMs });
    return drained === "lost" ? { drained } : { drained, resumeAfterMs };
  }
  await options.beforeCommit?.(work, outcome.answer);
  const nowMs = (options.clock ?? Date.now)();
  const hadProgress = progress !== undefined;
  const ofCommit = { nowMs, leaseMs, idleMs, takeNext, hadProgress, test };
  const committed: Committed = await commit(redis, claim, request, outcome, ofCommit);
  if (committed.kind === "lost") {
    count(METRICS.lostLeases);
    return { drained: "lost" };
  }
  count(METRICS.enqueueToCommit, Math.max(0, nowMs - request.arrivalMs));
  await afterCommit(work, outcome.answer, options);
  if (committed.kind !== "next") return { drained: committed.kind };
  return {
    kind: "claimed",
    claim: committed.claim,
    request: committed.request,
    test: { ...test, ...outcome.changes?.fields },
    progress: undefined,
  };
}

/** What follows an answer takes nothing back: the answer is given. */
async function afterCommit(work: Claimed, answer: Answer, options: DrainOptions): Promise<void> {
  try {
    await options.afterCommit?.(work, answer);
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    const ids = { testid: work.claim.testid, requestid: work.request.id };
    log("warn", "an answer is given, and what is to follow it not done", { ...ids, error: describeError(error) });
  }
}

async function paced<T>(pace: Pace, work: (pace: Pace) => Promise<T>): Promise<T> {
  try {
    return await work(pace);
  } finally {
    await pace.stop();
  }
}

/** Claiming is idempotent under one token, so it may be tried again when Redis is away for a moment. */
async function claimPatiently(
  redis: Redis,
  testid: string,
  token: string,
  options: DrainOptions,
): Promise<ClaimOutcome | "refused"> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { leaseMs, fieldNames, wholeFor, share } = options;
      return await claim(redis, testid, { token, leaseMs, fieldNames, wholeFor, share });
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      if (attempt === MOST_CLAIMS) {
        if (!(error instanceof RedisRefused)) throw error;
        log("error", "test cannot be claimed", { testid, error: describeError(error) });
        // What was refused may have come after the lease was taken.
        await letGo(redis, { testid, token }, "redis");
        await postpone(redis, testid);
        return "refused";
      }
      await sleep(50 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
