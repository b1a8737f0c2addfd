import { envelope } from "../../lifecycle/outcome.ts";
import { lookup } from "../../streams/wait.ts";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { testidOf } from "../http/request.ts";
import { waitWithin } from "../waiting/patience.ts";
import { accepted, foundAnswer, httpAnswer, seeOther } from "../waiting/pending.ts";

/** A stream entry's id, as Redis makes them. */
const REQUEST_ID = /^\d{10,16}-\d{1,10}$/;

/**
 * What has become of a request: its answer with the status that it has, 202 while there is none, 410 when it is not kept
 * any more. With `wait=N` (s) it waits; with `attempt=n` beside it, it sends the client on instead of answering 202.
 * Takes any method: some clients keep theirs after a 303.
 */
export const requests: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const requestid = request.params.requestid ?? "";
  if (!REQUEST_ID.test(requestid)) throw new HttpError(404, `There is no request ${requestid.slice(0, 100)}.`);
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

/** A whole number in the query; 0 if it is left out. @throws HttpError 400 */
export function readWhole(text: string | undefined, name: string): number {
  if (text === undefined) return 0;
  if (!/^\d{1,6}$/.test(text)) throw new HttpError(400, `The parameter ${name} must be a whole number.`);
  return Number(text);
}
