import { describeError, log } from "../platform/log.ts";
import { RedisRefused } from "../platform/redis.ts";
import type { Answer } from "./answer.ts";
import type { Claimed } from "./claim.ts";

/** A request handed out more often than this without progress ends its workers, or so it must be taken. */
export const MOST_DELIVERIES = 3;

/** What a request comes to that is given up. */
export interface GivenUp {
  readonly kind: "answer";
  readonly answer: Answer;
}

/** A request that must not block its test: answered with what is known, the state stays as it is. */
export function poisoned({ claim, request }: Claimed): GivenUp {
  const message = `The request ${request.method} was given up: it could not be carried out in ${MOST_DELIVERIES} attempts. The test is as it was before.`;
  log("error", "poison request", { testid: claim.testid, requestid: request.id, method: request.method });
  return failed(message);
}

function failed(message: string): GivenUp {
  return { kind: "answer", answer: { status: 500, body: JSON.stringify({ status: 500, message, payload: null }) } };
}

/** Does what is to be done, and once more with an answer that takes its place if Redis has refused what it came to. */
export async function unlessRefused<T>(
  { claim, request }: Claimed,
  attempt: (instead?: GivenUp) => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof RedisRefused)) throw error;
    const ids = { testid: claim.testid, requestid: request.id, method: request.method };
    log("error", "request given up: Redis refused what it came to", { ...ids, error: describeError(error) });
    const why = "the service's storage refused what it came to";
    return await attempt(failed(`The request ${request.method} was given up: ${why}. The test is as it was before.`));
  }
}
