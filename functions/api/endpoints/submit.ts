import { setTimeout as sleep } from "node:timers/promises";
import { DASHBOARD_MS, readSubmit, withKey } from "../../lifecycle/commands/submit.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { UnexpectedReply } from "../../platform/reply.ts";
import type { Enqueued } from "../../streams/enqueue.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { readIdempotency } from "../http/idempotency.ts";
import { bodyOf, type HttpRequest, testidOf } from "../http/request.ts";
import { notTaken } from "../waiting/command.ts";
import { carryOut, offerAtOnce } from "../waiting/inline.ts";
import { answerPending, httpAnswer } from "../waiting/pending.ts";
import { takeOn } from "../waiting/take-on.ts";

/** The time between two attempts while the test is busy, ms. */
const PAUSE_MS = 500;

/**
 * Reports a finished test to the dashboard, with the client's key for the dashboard. The service stores this key nowhere:
 * the command in the test's stream lacks the key, and only this call can carry the command out. So the client gets the
 * answer from this call, whatever its `Prefer` says. The stored answer, for repeated calls, lacks the key, too.
 *
 * @throws HttpError 409 if the test is busy for longer than the call can wait
 */
export const submit: Endpoint = async (request, context) => {
  const read = readSubmit(bodyOf(request));
  if (!read.ok) throw new HttpError(400, read.message);
  const { apiKey, ...params } = read.params;
  const testid = testidOf(request);
  const taken = await takeInTurn(testid, params, request, context);
  if (!("requestid" in taken)) throw notTaken(taken, testid, context);
  if (taken.kind === "claimed") {
    const answer = await carryOut(taken.work, context, { url: context.config.dashboardUrl, apiKey });
    if (answer !== undefined) return httpAnswer(withKey(answer, apiKey));
  }
  if (taken.kind === "answered") throw new UnexpectedReply("enqueue");
  const pending = { testid, requestid: taken.requestid, kind: taken.kind };
  const answer = await answerPending(
    request,
    context,
    pending,
    envelope(202, "The submission is being carried out.").body,
  );
  return { ...answer, ...withKey(answer, apiKey) };
};

/** Claims the command as soon as the test is not busy. */
async function takeInTurn(
  testid: string,
  params: unknown,
  request: HttpRequest,
  context: ApiContext,
): Promise<Enqueued> {
  const command = { method: "submit", params, arrivalMs: request.arrivalMs };
  const idempotency = readIdempotency(request);
  // The call must end before API Gateway's time limit, and the dashboard takes time, too.
  const lastLookMs = request.arrivalMs + context.config.waitMs - DASHBOARD_MS;
  for (;;) {
    const taken = await takeOn(context, testid, command, { idempotency, offer: offerAtOnce(context) });
    if (taken.kind !== "busy" || Date.now() + PAUSE_MS > lastLookMs) return taken;
    await sleep(PAUSE_MS * (0.5 + Math.random()));
  }
}
