import type { Body, Read } from "../../lifecycle/commands/bodies.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import type { Enqueued } from "../../streams/enqueue.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { readIdempotency } from "../http/idempotency.ts";
import { bodyOf, type HttpAnswer, type HttpRequest, testidOf } from "../http/request.ts";
import { carryOut, offerFor } from "./inline.ts";
import { answerPending, httpAnswer, type Pending } from "./pending.ts";
import { takeOn } from "./take-on.ts";

/** A command as a client asks for it. */
export interface SentCommand {
  readonly method: string;
  readonly params: unknown;
  /** How many of the test's steps it simulates, if more than one. */
  readonly steps?: number;
}

/** Reads a command from a request. @throws HttpError 400, 413 */
export type ReadCommand = (request: HttpRequest) => SentCommand;

/** Reads a command whose body is an object of fields. */
export function readsBody(method: string, read: (body: Body, request: HttpRequest) => Read<unknown>): ReadCommand {
  return (request) => {
    const body = read(bodyOf(request), request);
    if (!body.ok) throw new HttpError(400, body.message);
    return { method, params: body.params };
  };
}

/** An endpoint whose request goes through the test's stream. It waits for the answer as the client prefers. */
export function command(read: ReadCommand): Endpoint {
  return async (request, context) => {
    const begun = await begin(request, context, read(request));
    if ("answer" in begun) return begun.answer;
    return await answerPending(request, context, begun.pending, envelope(202, "The request is queued.").body);
  };
}

/** A request that was sent: answered already, or waiting in its test's stream. */
export type Begun = { readonly answer: HttpAnswer } | { readonly pending: Pending };

/**
 * Sends a command through the test's stream. A small one is carried out here.
 * @param options.onlyQueue another request of the test waits already: nothing can be carried out here
 * @throws HttpError or UnknownTest if it was not taken
 */
export async function begin(
  request: HttpRequest,
  context: ApiContext,
  command: SentCommand,
  { onlyQueue = false }: { readonly onlyQueue?: boolean } = {},
): Promise<Begun> {
  const testid = testidOf(request);
  const { method, params, steps = 1 } = command;
  const sent = { method, params, arrivalMs: request.arrivalMs };
  const idempotency = readIdempotency(request);
  const offer = onlyQueue ? undefined : offerFor(method, steps, request, context);
  const enqueued = await takeOn(context, testid, sent, { idempotency, offer });
  switch (enqueued.kind) {
    case "claimed": {
      const answer = await carryOut(enqueued.work, context);
      if (answer !== undefined) return { answer: httpAnswer(answer) };
      break;
    }
    case "unknown":
    case "conflict":
    case "full":
    case "busy":
      throw notTaken(enqueued, testid, context);
  }
  const holder = enqueued.kind === "claimed" ? undefined : enqueued.holder;
  return { pending: { testid, requestid: enqueued.requestid, kind: enqueued.kind, holder } };
}

/** Why a command was not taken. */
export function notTaken(
  enqueued: Exclude<Enqueued, { readonly requestid: string }>,
  testid: string,
  { config }: ApiContext,
): Error {
  switch (enqueued.kind) {
    case "unknown":
      return new UnknownTest(testid);
    case "conflict":
      return new HttpError(422, "This Idempotency-Key was used for another request before.");
    case "full": {
      const message = `The test has ${enqueued.unanswered} unanswered requests, and may have ${config.maxUnanswered}. Wait for answers first.`;
      return new HttpError(429, message, { "retry-after": "2" });
    }
    case "busy": {
      const message =
        "The test has requests that are not answered yet, or has not started. Nothing was sent: wait for the answers, and try again.";
      return new HttpError(409, message, { "retry-after": "2" });
    }
  }
}
