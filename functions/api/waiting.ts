import type { Answer } from "../streams/answer.ts";
import { ring } from "../streams/doorbell.ts";
import { waitForAnswer } from "../streams/wait.ts";
import type { ApiContext } from "./context.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import { readPreferences } from "./prefer.ts";

/** A request that is in its test's stream. */
export interface Pending {
  readonly testid: string;
  readonly requestid: string;
  /** Whether a worker must be woken: not for a request that was sent before. */
  readonly ring: boolean;
}

/**
 * Waits for a request's answer as the client prefers, and sends the client on where it takes longer: `202` at once for
 * `Prefer: respond-async`, else `303` past the wait.
 *
 * @param acceptedBody the body of a `202`
 */
export async function answerPending(
  request: HttpRequest,
  context: ApiContext,
  pending: Pending,
  acceptedBody: string,
): Promise<HttpAnswer> {
  const { testid, requestid } = pending;
  const preferences = readPreferences(request.headers.prefer);
  const waitMs = preferences.async
    ? Math.min(preferences.waitMs ?? 0, context.config.waitMs)
    : Math.min(preferences.waitMs ?? context.config.waitMs, context.config.waitMs);

  const rung = pending.ring ? ring(context.queue, testid) : Promise.resolve();
  const [answer] = await Promise.all([
    waitMs > 0 ? waitForAnswer(context.redis, testid, requestid, waitMs) : undefined,
    rung,
  ]);
  const applied = preferences.applied === undefined ? {} : { "preference-applied": preferences.applied };
  if (answer !== undefined) return { ...httpAnswer(answer), headers: applied };
  if (preferences.async) return accepted(testid, requestid, acceptedBody, applied);
  return seeOther(context, testid, requestid, 1, applied);
}

export function httpAnswer(answer: Answer): HttpAnswer {
  return { status: answer.status, body: answer.body };
}

/** `202 Accepted`: where the answer will be. */
export function accepted(
  testid: string,
  requestid: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status: 202,
    body,
    headers: { location: `/requests/${testid}/${requestid}`, "retry-after": "1", ...headers },
  };
}

/** `303 See Other`: keep waiting there. The attempt counts up, so that no client takes it for a loop. */
export function seeOther(
  context: ApiContext,
  testid: string,
  requestid: string,
  attempt: number,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const waitSeconds = Math.ceil(context.config.waitMs / 1000);
  return {
    status: 303,
    body: "",
    headers: { location: `/requests/${testid}/${requestid}?wait=${waitSeconds}&attempt=${attempt}`, ...headers },
  };
}
