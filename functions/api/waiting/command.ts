import type { Body, Read } from "../../lifecycle/commands/bodies.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import type { Enqueued } from "../../streams/enqueue.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { readIdempotency } from "../http/idempotency.ts";
import { bodyOf, type HttpAnswer, type HttpRequest, testidOf } from "../http/request.ts";
import { carryOut, offerFor } from "./inline.ts";
import { answerPending, httpAnswer } from "./pending.ts";
import { takeOn } from "./take-on.ts";

/** An endpoint whose request goes through the test's stream. */
export function command(method: string, read: (body: Body, request: HttpRequest) => Read<unknown>): Endpoint {
  return async (request, context) => {
    const body = read(bodyOf(request), request);
    if (!body.ok) throw new HttpError(400, body.message);
    return await send(request, context, { method, params: body.params });
  };
}

/**
 * Sends a command through the test's stream, and waits for its answer as the client prefers.
 *
 * @param command.steps of the test's step that it simulates, if more than one
 */
export async function send(
  request: HttpRequest,
  context: ApiContext,
  command: { readonly method: string; readonly params: unknown; readonly steps?: number },
): Promise<HttpAnswer> {
  const testid = testidOf(request);
  const { method, params, steps = 1 } = command;
  const sent = { method, params, arrivalMs: request.arrivalMs };
  const idempotency = readIdempotency(request);
  const offer = offerFor(method, steps, request, context);
  const enqueued = await takeOn(context, testid, sent, { idempotency, offer });
  switch (enqueued.kind) {
    case "claimed": {
      const answer = await carryOut(enqueued.work, context);
      if (answer !== undefined) return httpAnswer(answer);
      break;
    }
    case "unknown":
    case "conflict":
    case "full":
    case "busy":
      throw notTaken(enqueued, testid, context);
  }
  const holder = enqueued.kind === "claimed" ? undefined : enqueued.holder;
  const pending = { testid, requestid: enqueued.requestid, kind: enqueued.kind, holder };
  return await answerPending(request, context, pending, envelope(202, "The request is queued.").body);
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
