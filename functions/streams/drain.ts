import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describeError, log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Queue } from "../platform/queue.ts";
import { type Redis, RedisError } from "../platform/redis.ts";
import type { Answer } from "./answer.ts";
import { type Claimed, type ClaimOutcome, claim, type TestFields } from "./claim.ts";
import { type Changes, type Committed, commit, lifetimeOf } from "./commit.ts";
import { ring } from "./doorbell.ts";
import { LeaseLost, release } from "./lease.ts";
import { Pace } from "./pace.ts";
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
  /** Called after each answer that was committed, before the next request is begun. */
  readonly afterCommit?: (work: Claimed, answer: Answer) => Promise<void>;
}

/** How a drain ended: `unknown`, `idle` and `busy` as a claim, else with the last request answered or suspended. */
export type Drained = "unknown" | "idle" | "busy" | "done" | "more" | "suspended" | "lost";

/** A request handed out more often than this without progress ends its workers, or so it must be taken. */
const MOST_DELIVERIES = 3;
/** How often a drain starts over after it lost the lease or a commit's reply. */
const MOST_CLAIMS = 5;

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
    if (claimed.kind !== "claimed") return claimed.kind;

    const limits = { timeIsUp, takeNext: () => !timeIsUp() };
    const { drained, resumeAfterMs } = await drainClaimed(redis, claimed, execute, options, limits);
    // Lost may also mean that only the reply was: look again, under the same token.
    if (drained === "lost" && attempt < MOST_CLAIMS && !timeIsUp()) continue;
    // Else the worker that the doorbell wakes would find the lease taken, by nobody.
    if (drained === "lost") await letGo(redis, claimed, "redis");
    if (drained !== "done") await ring(queue, testid, resumeAfterMs);
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
  const remember: Execute = async (work, pace) => {
    const outcome = await execute(work, pace);
    if (outcome.kind === "answer") answer = outcome.answer;
    return outcome;
  };
  const { claim, request } = claimed;
  const limits = { timeIsUp: timer(options.computeMs), takeNext: () => false };
  let { drained, resumeAfterMs }: Ended = { drained: "lost" };
  try {
    ({ drained, resumeAfterMs } = await drainClaimed(redis, claimed, remember, options, limits));
  } catch (error) {
    log("error", "work failed inline", { testid: claim.testid, requestid: request.id, error: describeError(error) });
  }
  if (drained === "lost") await letGo(redis, claimed, "redis");
  if (drained !== "done") await ring(queue, claim.testid, resumeAfterMs);
  return drained === "done" || drained === "more" ? answer : undefined;
}

/** Lets go of a lease as well as it can: it would run out by itself. */
async function letGo(redis: Redis, { claim, request }: Claimed, blame: "redis" | "request"): Promise<void> {
  try {
    await release(redis, claim, blame);
  } catch (error) {
    log("warn", "lease left to run out", { testid: claim.testid, requestid: request.id, error: describeError(error) });
  }
}

function timer(ms: number): () => boolean {
  const startedAt = performance.now();
  return () => performance.now() - startedAt >= ms;
}

/** How the draining of what was claimed ended, and when to ring again. */
interface Ended {
  readonly drained: Exclude<Drained, "unknown" | "idle" | "busy">;
  readonly resumeAfterMs?: number | undefined;
}

async function drainClaimed(
  redis: Redis,
  claimed: Claimed,
  execute: Execute,
  options: DrainOptions,
  { timeIsUp, takeNext }: { timeIsUp: () => boolean; takeNext: () => boolean },
): Promise<Ended> {
  const { testid } = claimed.claim;
  for (let work = claimed; ; ) {
    const { claim, request, test } = work;
    if (request.deliveries > 1) count(METRICS.redeliveries);
    try {
      const outcome =
        request.deliveries > MOST_DELIVERIES
          ? poisoned(work)
          : await paced(new Pace(redis, claim, options.leaseMs, timeIsUp), (pace) => execute(work, pace));
      if (outcome.kind === "suspend") {
        const lifetimeMs = Math.min(options.idleMs, lifetimeOf(test, options.idleMs));
        const drained = await suspend(redis, claim, request, outcome.progress, {
          lifetimeMs,
          resumeAfterMs: outcome.resumeAfterMs,
        });
        return drained === "lost" ? { drained } : { drained, resumeAfterMs: outcome.resumeAfterMs };
      }
      const nowMs = (options.clock ?? Date.now)();
      const committed: Committed = await commit(redis, claim, request, outcome, {
        nowMs,
        leaseMs: options.leaseMs,
        idleMs: options.idleMs,
        takeNext: takeNext(),
        hadProgress: work.progress !== undefined,
        test,
      });
      if (committed.kind === "lost") count(METRICS.lostLeases);
      else count(METRICS.enqueueToCommit, Math.max(0, nowMs - request.arrivalMs));
      if (committed.kind !== "lost") await options.afterCommit?.(work, outcome.answer);
      if (committed.kind !== "next") return { drained: committed.kind };
      work = {
        kind: "claimed",
        claim: committed.claim,
        request: committed.request,
        test: { ...test, ...outcome.changes?.fields },
        progress: undefined,
      };
    } catch (error) {
      if (!(error instanceof LeaseLost || error instanceof RedisError)) {
        await letGo(redis, work, "request");
        throw error;
      }
      count(METRICS.lostLeases);
      log("warn", "work dropped", { testid, requestid: request.id, error: describeError(error) });
      return { drained: "lost" };
    }
  }
}

async function paced<T>(pace: Pace, work: (pace: Pace) => Promise<T>): Promise<T> {
  try {
    return await work(pace);
  } finally {
    pace.stop();
  }
}

/** A request that must not block its test: answered with what is known, the state stays as it is. */
function poisoned({ claim, request }: Claimed): Outcome {
  const message = `The request ${request.method} was given up: it could not be carried out in ${MOST_DELIVERIES} attempts. The test is as it was before.`;
  log("error", "poison request", { testid: claim.testid, requestid: request.id, method: request.method });
  return { kind: "answer", answer: { status: 500, body: JSON.stringify({ status: 500, message, payload: null }) } };
}

/** Claiming is idempotent under one token, so it may be tried again when Redis is away for a moment. */
async function claimPatiently(
  redis: Redis,
  testid: string,
  token: string,
  options: DrainOptions,
): Promise<ClaimOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { leaseMs, fieldNames, wholeFor } = options;
      return await claim(redis, testid, { token, leaseMs, fieldNames, wholeFor });
    } catch (error) {
      if (!(error instanceof RedisError) || attempt === MOST_CLAIMS) throw error;
      await sleep(50 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
