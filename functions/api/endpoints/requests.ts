import { envelope } from "../../lifecycle/outcome.ts";
import { lookup } from "../../streams/wait.ts";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { testidOf } from "../http/request.ts";
import { waitWithin } from "../waiting/patience.ts";
import { accepted, foundAnswer, httpAnswer, seeOther } from "../waiting/pending.ts";

/** The id of a stream entry, in Redis' format. */
const REQUEST_ID = /^\d{10,16}-\d{1,10}$/;

/**
 * The state of a request: its answer with the answer's status, 202 while there is none, 410 when the answer is no longer
 * kept. With `wait=N` (s) the call waits; with `attempt=n` beside it, it redirects the client instead of answering 202.
 * Every method is accepted, because some clients keep their method after a 303.
 */
export const requests: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const requestid = request.params.requestid ?? "";
  if (!REQUEST_ID.test(requestid)) throw new HttpError(404, `No request has the id ${requestid.slice(0, 100)}.`);
  const waitMs = Math.min(readWhole(request.query.wait, "wait") * 1000, context.config.waitMs);
  const attempt = readWhole(request.query.attempt, "attempt");

  const found = await lookup(context.redis, testid, requestid);
  if (found.kind !== "waiting") return foundAnswer(found, testid, requestid);
  const answer = waitMs > 0 ? await waitWithin(request, context, { testid, requestid }, waitMs) : undefined;
  if (answer !== undefined) return httpAnswer(answer);
  const place = `/requests/${testid}/${requestid}`;
  if (attempt > 0) return seeOther(request, context, { place, attempt: attempt + 1 });
  return accepted(place, envelope(202, "The request is not answered yet.").body);
};

/** A whole number in the query; 0 by default. @throws HttpError 400 */
export function readWhole(text: string | undefined, name: string): number {
  if (text === undefined) return 0;
  if (!/^\d{1,6}$/.test(text)) throw new HttpError(400, `The parameter ${name} must be a whole number.`);
  return Number(text);
}
