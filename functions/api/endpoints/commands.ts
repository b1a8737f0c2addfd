import {
  type Body,
  type Read,
  readAdvance,
  readInitialize,
  readSetScenario,
  readSetStep,
  readSubmit,
} from "../../lifecycle/commands.ts";
import { envelope } from "../../lifecycle/envelope.ts";
import type { Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../errors.ts";
import { bodyOf } from "../http.ts";
import { readIdempotency } from "../idempotency.ts";
import { carryOut, offerFor } from "../inline.ts";
import { takeOn } from "../take-on.ts";
import { testidOf } from "../testid.ts";
import { answerPending, httpAnswer } from "../waiting.ts";

/** An endpoint whose request goes through the test's stream. */
function command(method: string, read: (body: Body) => Read<unknown>): Endpoint {
  return async (request, context) => {
    const testid = testidOf(request);
    const body = read(bodyOf(request));
    if (!body.ok) throw new HttpError(400, body.message);

    const sent = { method, params: body.params, arrivalMs: request.arrivalMs };
    const idempotency = readIdempotency(request);
    const enqueued = await takeOn(context, testid, sent, { idempotency, offer: offerFor(method, request, context) });
    switch (enqueued.kind) {
      case "claimed": {
        const answer = await carryOut(enqueued.work, context);
        if (answer !== undefined) return httpAnswer(answer);
        break;
      }
      case "unknown":
        throw new UnknownTest(testid);
      case "conflict":
        throw new HttpError(422, "This Idempotency-Key was used for another request before.");
      case "full":
        throw new HttpError(
          429,
          `The test has ${enqueued.unanswered} unanswered requests, and may have ${context.config.maxUnanswered}. Wait for answers first.`,
          { "retry-after": "2" },
        );
    }
    const pending = { testid, requestid: enqueued.requestid, kind: enqueued.kind };
    return await answerPending(request, context, pending, envelope(202, "The request is queued.").body);
  };
}

export const initialize = command("initialize", readInitialize);
export const advance = command("advance", readAdvance);
export const setStep = command("set_step", readSetStep);
export const setScenario = command("set_scenario", readSetScenario);
export const submit = command("submit", readSubmit);
