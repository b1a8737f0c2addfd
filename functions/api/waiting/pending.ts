import type { Answer } from "../../streams/answer.ts";
import { ring } from "../../streams/doorbell.ts";
import { type Lookup, lookup } from "../../streams/wait.ts";
import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpAnswer, HttpRequest } from "../http/request.ts";
import { describeSeeOther } from "../http/see-other.ts";
import { TooMany } from "../limits/too-many.ts";
import { waitWithin } from "./patience.ts";

const PROBLEM = { "content-type": "application/problem+json" };

/** A request in its test's stream. */
export interface Pending {
  readonly testid: string;
  readonly requestid: string;
  /** The holder of the test; left out if unknown. */
  readonly holder?: string | undefined;
  /**
   * `repeated`: a request with the same Idempotency-Key was in the stream before. `claimed`: the work began in this call,
   * and a worker has been woken to finish it.
   */
  readonly kind: "enqueued" | "repeated" | "claimed";
}

/**
 * Waits for a request's answer as the client prefers. A longer wait is answered at once with `202` for
 * `Prefer: respond-async`, else with `303` at the end of the wait.
 *
 * @param acceptedBody the body of a `202`
 */
export async function answerPending(
  request: HttpRequest,
  context: ApiContext,
  pending: Pending,
  acceptedBody: string,
): Promise<HttpAnswer> {
  const { testid, requestid, kind } = pending;
  if (kind === "repeated") {
    const found = await lookup(context.redis, testid, requestid);
    if (found.kind === "unknown") throw new HttpError(410, "The test of the first call under this key has ended.");
    if (found.kind !== "waiting") return foundAnswer(found, testid, requestid);
  }
  const { preferences } = request;
  const wantedMs = preferences.waitMs ?? (preferences.async ? 0 : context.config.waitMs);
  // Counted from the call's arrival, as API Gateway does.
  const waitMs = Math.min(wantedMs, context.config.waitMs) - (Date.now() - request.arrivalMs);

  // Repeated requests ring, too: the first doorbell may be lost.
  const [answer] = await Promise.all([
    waitMs > 0 ? waitAsLongAsAllowed() : undefined,
    kind === "claimed" ? undefined : ring(context.queue, { testid, holder: pending.holder }),
  ]);
  const applied = preferences.applied === undefined ? {} : { "preference-applied": preferences.applied };
  if (answer !== undefined) {
    const found = httpAnswer(answer);
    return { ...found, headers: { ...found.headers, ...applied } };
  }
  const place = `/requests/${testid}/${requestid}`;
  if (preferences.async) return accepted(place, acceptedBody, applied);
  return seeOther(request, context, { place, attempt: 1 }, applied);

  /** The request is in the stream. If its caller may not wait any longer, the answer is the one at the end of the wait. */
  async function waitAsLongAsAllowed(): Promise<Answer | undefined> {
    try {
      return await waitWithin(request, context, pending, waitMs);
    } catch (error) {
      if (error instanceof TooMany) return undefined;
      throw error;
    }
  }
}

/** The answer of a lookup that found no waiting request. @throws HttpError 404, 410 */
export function foundAnswer(
  found: Exclude<Lookup, { kind: "waiting" }>,
  testid: string,
  requestid: string,
): HttpAnswer {
  switch (found.kind) {
    case "answered":
      return httpAnswer(found.answer);
    case "gone":
      throw new HttpError(410, "The answer to this request is no longer kept: answers are kept for an hour.");
    case "unknown":
      throw new HttpError(404, `Test ${testid} has no request ${requestid}.`);
  }
}

/** A committed answer: the refusal of a start is a problem (RFC 9457), all other answers are in BOPTEST's format. */
export function httpAnswer({ status, body }: Answer): HttpAnswer {
  const isProblem = status >= 400 && body.startsWith('{"type":"about:blank"');
  return isProblem ? { status, body, headers: PROBLEM } : { status, body };
}

/** `202 Accepted`: the client will find the answer at this place. */
export function accepted(place: string, body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status: 202,
    body,
    headers: { location: place, "retry-after": "1", ...headers },
  };
}

/**
 * `303 See Other`: the client waits there. The attempt counts up, so that no client detects a loop. People, and clients
 * that follow no redirects, read in the body how to go on.
 */
export function seeOther(
  { origin = "" }: Pick<HttpRequest, "origin">,
  { config }: Pick<ApiContext, "config">,
  { place, attempt }: { readonly place: string; readonly attempt: number },
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  // Without `attempt`, the place answers 202 and never 303.
  const poll = `${place}?wait=${Math.ceil(config.waitMs / 1000)}`;
  const location = `${poll}&attempt=${attempt}`;
  const message = `The answer is not ready. The request is kept and takes effect once: do not send it again. GET ${origin}${location} to go on waiting; clients that follow redirects do so by themselves. Without redirects, GET ${origin}${poll} until its status is not 202.`;
  const body = describeSeeOther(message, { url: origin + location, poll: origin + poll });
  return { status: 303, body, headers: { location, ...headers } };
}
