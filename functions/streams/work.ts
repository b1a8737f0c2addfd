import { randomUUID } from "node:crypto";
import { log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import { type Redis, RedisError, RedisRefused } from "../platform/redis.ts";
import type { Answer } from "./answer.ts";
import type { Claimed, TestFields } from "./claim.ts";
import { type Changes, commit, lifetimeOf } from "./commit.ts";
import { MAX_DELIVERIES, poisoned, postpone, unlessRefused } from "./give-up.ts";
import { LeaseLost, letGo } from "./lease.ts";
import { type Breath, Pace } from "./pace.ts";
import type { Share } from "./share.ts";
import { suspend } from "./suspend.ts";

/** The result of carrying out a request: an answer with its changes, or the progress that was made in the time. */
export type Outcome =
  | { readonly kind: "answer"; readonly answer: Answer; readonly changes?: Changes }
  | {
      readonly kind: "suspend";
      readonly progress: TestFields;
      /** The request waits for something else: no worker need look again before so many ms. */
      readonly resumeAfterMs?: number;
    };

/**
 * Carries out one request. Must be deterministic: the same test and request give the same changes, whichever process
 * computes them and however often. Must call `pace.breathe()` between pieces of work.
 */
export type Execute = (work: Claimed, pace: Breath) => Promise<Outcome>;

export interface DrainOptions {
  readonly leaseMs: number;
  readonly computeMs: number;
  readonly idleMs: number;
  /** The test's fields that `execute` needs. */
  readonly fieldNames: readonly string[];
  /** The method whose requests are claimed with the whole test; one that is taken after another is not. */
  readonly wholeFor?: string;
  readonly clock?: () => number;
  /** The hops of the doorbell, see {@link Doorbell}. */
  readonly hops?: number | undefined;
  /** The share of the test's holder. Left out for a worker that has none. */
  readonly share?: Share | undefined;
  /** The test was called from its holder's queue, or its worker died: if it needs no worker, the next of the queue is taken. */
  readonly isCalled?: boolean;
  /** Called after each renewal of the lease. */
  readonly renewed?: () => void;
  /** Called when the worker has left a test, with the test that it goes on with, if it does. */
  readonly left?: (testid: string, drained: Drained, next: string | undefined) => void;
  /**
   * Called before each answer is committed. If it throws, the work is dropped; a RedisRefused gives the request up with
   * a 500.
   */
  readonly beforeCommit?: (work: Claimed, answer: Answer) => Promise<void>;
  /**
   * Called after each answer was committed, with its changes and the test as it is now, before the next request is begun.
   * Best effort: may be skipped or fail.
   */
  readonly afterCommit?: (work: Claimed, answer: Answer, changes: Changes, test: TestFields) => Promise<void>;
}

/**
 * How the drain of a test ended: `unknown`, `idle`, `busy` and `crowded` as for a claim, otherwise with the last request,
 * answered or suspended; `refused`: Redis refuses everything about this test, even an answer.
 */
export type Drained = "unknown" | "idle" | "busy" | "crowded" | "done" | "more" | "suspended" | "lost" | "refused";

/** How the work on a claimed test ended. */
export interface Ended {
  readonly drained: Exclude<Drained, "unknown" | "idle" | "busy" | "crowded">;
  /** When to ring for the test again, ms. */
  readonly resumeAfterMs?: number | undefined;
  /** Another test of the holder that waited for a slot. */
  readonly called?: string | undefined;
  /** Whether the worker has kept its slot for that test. */
  readonly isSlotKept?: boolean;
  /** Whether this test waits for a slot, too: then no doorbell is to be rung for it. */
  readonly isQueued?: boolean;
}

/** What a worker may do, asked anew each time. */
export interface WorkLimits {
  readonly timeIsUp: () => boolean;
  /** Whether it takes the test's next request. */
  readonly takesNext: () => boolean;
  /** Whether it keeps its slot for another test of the holder. */
  readonly keepsSlot: () => boolean;
  /** Rings for another test of the holder that waits for the slot, after the work has failed. */
  readonly call: (testid: string) => Promise<void>;
}

/** Answers a claimed request, and those that follow it, as far as the limits allow. */
export async function answerClaimed(
  redis: Redis,
  claimed: Claimed,
  execute: Execute,
  options: DrainOptions,
  limits: WorkLimits,
): Promise<Ended> {
  for (let work = claimed; ; ) {
    const { claim, request } = work;
    const ids = { testid: claim.testid, requestid: request.id };
    if (request.deliveries > 1) count(METRICS.redeliveries);
    try {
      const ended = await unlessRefused(work, async (given) => {
        const outcome = given ?? (await carryOut(redis, work, execute, options, limits));
        return await conclude(redis, work, outcome, options, limits);
      });
      if (!("claim" in ended)) return ended;
      work = ended;
    } catch (error) {
      if (error instanceof RedisRefused) {
        log("error", "Redis refuses even the answer of a request", { event: "answer_refused", ...ids }, error);
        const called = await letGo(redis, claim, "request");
        await postpone(redis, claim.testid);
        return { drained: "refused", called };
      }
      if (!(error instanceof LeaseLost || error instanceof RedisError)) {
        const called = await letGo(redis, claim, "request");
        if (called !== undefined) await limits.call(called);
        throw error;
      }
      count(METRICS.lostLeases);
      log("warn", "The work on a request was dropped", { event: "work_dropped", ...ids }, error);
      return { drained: "lost" };
    }
  }
}

async function carryOut(
  redis: Redis,
  work: Claimed,
  execute: Execute,
  options: DrainOptions,
  { timeIsUp }: WorkLimits,
): Promise<Outcome> {
  if (work.request.deliveries > MAX_DELIVERIES) return poisoned(work);
  const pace = new Pace(redis, work.claim, options.leaseMs, timeIsUp, options.renewed);
  try {
    return await execute(work, pace);
  } finally {
    await pace.stop();
  }
}

/** Writes the outcome of a request. @returns the next request that was taken, if one was */
async function conclude(
  redis: Redis,
  work: Claimed,
  outcome: Outcome,
  options: DrainOptions,
  limits: WorkLimits,
): Promise<Ended | Claimed> {
  const { claim, request, test, progress } = work;
  const { leaseMs, idleMs } = options;
  if (outcome.kind === "suspend") {
    const { resumeAfterMs } = outcome;
    const lifetimeMs = Math.min(idleMs, lifetimeOf(test, idleMs));
    const suspended = await suspend(redis, claim, request, outcome.progress, { lifetimeMs, resumeAfterMs });
    if (suspended.kind === "lost") return { drained: "lost" };
    const { called, isQueued } = suspended;
    return { drained: "suspended", resumeAfterMs, called, isQueued };
  }
  await options.beforeCommit?.(work, outcome.answer);
  const nowMs = (options.clock ?? Date.now)();
  const [takeNext, keepSlot] = [limits.takesNext(), limits.keepsSlot()];
  const hadProgress = progress !== undefined;
  const stamp = randomUUID();
  const ofCommit = { nowMs, leaseMs, idleMs, takeNext, keepSlot, hadProgress, test, stamp };
  const committed = await commit(redis, claim, request, outcome, ofCommit);
  if (committed.kind === "lost") {
    count(METRICS.lostLeases);
    return { drained: "lost" };
  }
  count(METRICS.enqueueToCommit, Math.max(0, nowMs - request.arrivalMs));
  const after = { ...test, ...outcome.changes?.fields, revision: String(claim.revision + 1), stamp };
  await afterCommit(work, outcome, after, options);
  if (committed.kind !== "next") {
    const { kind, called } = committed;
    return { drained: kind, called, isSlotKept: keepSlot, isQueued: kind === "more" && called !== undefined };
  }
  return {
    kind: "claimed",
    claim: committed.claim,
    request: committed.request,
    test: after,
    progress: undefined,
  };
}

/** If Redis fails here, the answer stays: it is committed. */
async function afterCommit(
  work: Claimed,
  { answer, changes = {} }: Extract<Outcome, { kind: "answer" }>,
  test: TestFields,
  options: DrainOptions,
): Promise<void> {
  try {
    await options.afterCommit?.(work, answer, changes, test);
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    const ids = { event: "follow_up_failed", testid: work.claim.testid, requestid: work.request.id };
    log("warn", "A request is answered, but what was to follow the answer failed", ids, error);
  }
}
