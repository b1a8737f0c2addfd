import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { type Redis, RedisRefused } from "../platform/redis.ts";
import type { Answer } from "./answer.ts";
import type { Claimed } from "./claim.ts";

/** A request that was delivered more often than this without progress is taken to kill its workers. */
export const MAX_DELIVERIES = 3;

/** For how long the sweeper does not ring for a test about which Redis refuses everything, ms. */
const POSTPONED_MS = 300_000;

/** The outcome of a request that is given up. */
export interface GivenUp {
  readonly kind: "answer";
  readonly answer: Answer;
}

/** The outcome of a request that kills its workers. It must not block its test; the test's state stays as it is. */
export function poisoned({ claim, request }: Claimed): GivenUp {
  const message = `The request ${request.method} was given up: it could not be carried out in ${MAX_DELIVERIES} attempts. The test is as it was before.`;
  const ids = { event: "poison_request", testid: claim.testid, requestid: request.id, method: request.method };
  log("error", "A request was given up, because its workers died or failed", ids);
  return failed(message);
}

function failed(message: string): GivenUp {
  return { kind: "answer", answer: { status: 500, body: JSON.stringify({ status: 500, message, payload: null }) } };
}

/** Makes an attempt, and if Redis refuses its outcome, a second one with a 500 in its place. */
export async function unlessRefused<T>(
  { claim, request }: Claimed,
  attempt: (instead?: GivenUp) => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof RedisRefused)) throw error;
    const ids = { event: "outcome_refused", testid: claim.testid, requestid: request.id, method: request.method };
    log("error", "A request was given up, because Redis refuses its outcome", ids, error);
    const why = "the service's storage refused what it came to";
    return await attempt(failed(`The request ${request.method} was given up: ${why}. The test is as it was before.`));
  }
}

/**
 * Keeps the sweeper from ringing for a test for five minutes, if it has unanswered requests. A new request rings by itself
 * and ends that.
 */
export async function postpone(redis: Redis, testid: string): Promise<void> {
  try {
    await redis.command(["ZADD", keys.outstanding(testid), "XX", Date.now() + POSTPONED_MS, testid]);
  } catch (error) {
    log("warn", "A test could not be postponed", { event: "test_not_postponed", testid }, error);
  }
}
