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

/** A request that is in its test's stream. */
export interface Pending {
  readonly testid: string;
  readonly requestid: string;
  /** Whose the test is; left out where that is not known. */
  readonly holder?: string | undefined;
  /**
   * `repeated`: it was there before, sent under the same Idempotency-Key. `claimed`: it was begun here, and whoever is to
   * go on with it has been woken.
   */
  readonly kind: "enqueued" | "repeated" | "claimed";
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
  const { testid, requestid, kind } = pending;
  if (kind === "repeated") {
    const found = await lookup(context.redis, testid, requestid);
    if (found.kind === "unknown") throw new HttpError(410, "The test of the first call under this key has ended.");
    if (found.kind !== "waiting") return foundAnswer(found, testid, requestid);
  }
  const { preferences } = request;
  const wantedMs = preferences.waitMs ?? (preferences.async ? 0 : context.config.waitMs);
  // Counted from the call's arrival, for so does API Gateway.
  const waitMs = Math.min(wantedMs, context.config.waitMs) - (Date.now() - request.arrivalMs);

  // For a repeated one as well: that it was sent again may mean that its first doorbell was never rung.
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

  /** The request is taken: one whose caller may not wait any longer is answered as if the time were over. */
  async function waitAsLongAsAllowed(): Promise<Answer | undefined> {
    try {
      return await waitWithin(request, context, pending, waitMs);
    } catch (error) {
      if (error instanceof TooMany) return undefined;
      throw error;
    }
  }
}

/** What a lookup that found something other than a waiting request is answered with. @throws HttpError 404, 410 */
export function foundAnswer(
  found: Exclude<Lookup, { kind: "waiting" }>,
  testid: string,
  requestid: string,
): HttpAnswer {
  switch (found.kind) {
    case "answered":
      return httpAnswer(found.answer);
    case "gone":
      throw new HttpError(410, "The answer to this request is not kept any more: answers are kept for an hour.");
    case "unknown":
      throw new HttpError(404, `There is no request ${requestid} of test ${testid}.`);
  }
}

/** An answer as it was committed: a test that cannot begin is told so in a problem of RFC 9457, all others in BOPTEST's shape. */
export function httpAnswer({ status, body }: Answer): HttpAnswer {
  const isProblem = status >= 400 && body.startsWith('{"type":"about:blank"');
  return isProblem ? { status, body, headers: PROBLEM } : { status, body };
}

/** `202 Accepted`: the answer will be at this place. */
export function accepted(place: string, body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status: 202,
    body,
    headers: { location: place, "retry-after": "1", ...headers },
  };
}

/**
 * `303 See Other`: keep waiting there. The attempt counts up, so that no client takes it for a loop. A person, or a client
 * that follows no redirects, reads in the body how to go on.
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
  const message = `The answer is not there yet. The request is kept, and takes effect once: do not send it again. GET ${origin}${location} to go on waiting, as clients that follow redirects do by themselves. Without redirects, GET ${origin}${poll} until its status is not 202.`;
  const body = describeSeeOther(message, { url: origin + location, poll: origin + poll });
  return { status: 303, body, headers: { location, ...headers } };
}
