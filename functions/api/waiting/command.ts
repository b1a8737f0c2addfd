import type { Body, Read } from "../../lifecycle/commands/bodies.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { METRICS } from "../../platform/metric-names.ts";
import { count } from "../../platform/metrics.ts";
import { UnexpectedReply } from "../../platform/reply.ts";
import type { Enqueued } from "../../streams/enqueue.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { readIdempotency } from "../http/idempotency.ts";
import { bodyOf, type HttpAnswer, type HttpRequest, testidOf } from "../http/request.ts";
import { type Guess, guess } from "./guess.ts";
import { carryOut, offerFor } from "./inline.ts";
import { answerPending, httpAnswer, type Pending } from "./pending.ts";
import type { SentCommand } from "./sent-command.ts";
import { takeOn } from "./take-on.ts";

/** Reads a command from a request. @throws HttpError 400, 413 */
export type ReadCommand = (request: HttpRequest) => SentCommand;

/**
 * Reads a command whose body is an object of fields.
 * @param secondsOf the time that it simulates, s; infinite where only the test case tells
 */
export function readsBody<Params>(
  method: string,
  read: (body: Body, request: HttpRequest) => Read<Params>,
  secondsOf?: (params: Params) => number,
): ReadCommand {
  return (request) => {
    const body = read(bodyOf(request), request);
    if (!body.ok) throw new HttpError(400, body.message);
    const { params } = body;
    return { method, params, ...(secondsOf && { seconds: secondsOf(params) }) };
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

/** A request that was sent: it has its answer, or is pending in the test's stream. */
export type Begun = { readonly answer: HttpAnswer } | { readonly pending: Pending };

/**
 * Sends a command through the test's stream. A small command is carried out here.
 * @param options.onlyQueue another request of the test is pending, so that nothing can be carried out here
 * @throws HttpError or UnknownTest if the command was refused
 */
export async function begin(
  request: HttpRequest,
  context: ApiContext,
  command: SentCommand,
  { onlyQueue = false }: { readonly onlyQueue?: boolean } = {},
): Promise<Begun> {
  const testid = testidOf(request);
  const { method, params } = command;
  const sent = { method, params, arrivalMs: request.arrivalMs };
  const idempotency = readIdempotency(request);
  const offer = onlyQueue ? undefined : offerFor(command, request, context);
  const guessed = await guess(context, testid, sent, offer);
  const enqueued = await takeOn(context, testid, sent, { idempotency, offer, computed: guessed });
  if (guessed !== undefined) learn(context, testid, guessed, enqueued, sent.arrivalMs);
  switch (enqueued.kind) {
    case "answered":
      if (guessed === undefined) throw new UnexpectedReply("enqueue");
      return { answer: httpAnswer(guessed.answer) };
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
  if (enqueued.kind !== "claimed" && enqueued.hasModel && holder !== undefined) context.models.note(testid, holder);
  return { pending: { testid, requestid: enqueued.requestid, kind: enqueued.kind, holder } };
}

/** Notes whether a test was as it was remembered. */
function learn(
  { remembered }: ApiContext,
  testid: string,
  { nowMs, tookMs }: Guess,
  enqueued: Enqueued,
  arrivalMs: number,
): void {
  if (enqueued.kind === "answered") {
    remembered.remember(testid, enqueued.test);
    remembered.hit();
    count(METRICS.enqueueToCommit, Math.max(0, nowMs - arrivalMs));
  } else if (enqueued.kind !== "repeated") remembered.miss(testid, tookMs);
}

/** The error of a command that was refused. */
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
      const message = `The test has ${enqueued.unanswered} unanswered requests. At most ${config.maxUnanswered} are allowed: wait for answers.`;
      return new HttpError(429, message, { "retry-after": "2" });
    }
    case "busy": {
      const message =
        "The test has unanswered requests, or has not started. Nothing was sent: wait for the answers, then try again.";
      return new HttpError(409, message, { "retry-after": "2" });
    }
  }
}
