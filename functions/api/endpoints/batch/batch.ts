import { setTimeout as sleep } from "node:timers/promises";
import { envelope } from "../../../lifecycle/outcome.ts";
import { keys } from "../../../platform/keys.ts";
import { again } from "../../../platform/redis.ts";
import { pauses } from "../../../streams/wait.ts";
import type { ApiContext, Endpoint } from "../../context.ts";
import { HttpError } from "../../http/errors.ts";
import { readIdempotency } from "../../http/idempotency.ts";
import { type HttpAnswer, type HttpRequest, isUuid, listOf } from "../../http/request.ts";
import { accepted, seeOther } from "../../waiting/pending.ts";
import { readWhole } from "../requests.ts";
import { type Batch, isDone, lookUpAll, makeBatch, sendMessages, storeBatch, waitForAll } from "./carry-out.ts";
import { Hold } from "./hold.ts";
import { MAX_MESSAGES, readMessage } from "./messages.ts";
import { takeRates } from "./rates.ts";
import { answerStarts, idsOf } from "./starts.ts";

/**
 * Many messages to any tests in one call. Each takes effect by itself, once; one that is refused is refused alone. The
 * answers come in the order of the messages.
 */
export const batch: Endpoint = async (request, context) => {
  const messages = listOf(request);
  if (messages === undefined) throw new HttpError(400, "The body must be a JSON list of messages.");
  if (messages.length > MAX_MESSAGES) {
    throw new HttpError(413, `There are ${messages.length} messages, and one call may have ${MAX_MESSAGES}.`);
  }
  const items = messages.map(readMessage);
  const needsUuid = request.key === undefined && items.some(({ method }) => method === "fork");
  const made = makeBatch(items, readIdempotency(request, needsUuid)?.key);
  await takeRates(items, request, context);
  await sendMessages(made, request, context);

  return await answerInTime(made, request, context, envelope(202, "The messages are queued.").body);
};

/**
 * Waits for all of a batch as the client prefers. A longer wait is answered with `202` for `Prefer: respond-async`, else with
 * `303` at the end of the wait, as that for one command is.
 *
 * @param acceptedBody the body of a `202`
 */
export async function answerInTime(
  made: Batch,
  request: HttpRequest,
  context: ApiContext,
  acceptedBody: string,
): Promise<HttpAnswer> {
  const { preferences, arrivalMs } = request;
  const { waitMs } = context.config;
  const wantedMs = preferences.waitMs ?? (preferences.async ? 0 : waitMs);
  const leftMs = Math.min(wantedMs, waitMs) - (Date.now() - arrivalMs);
  await waitForAll(made, request, context, leftMs);
  const applied = preferences.applied === undefined ? {} : { "preference-applied": preferences.applied };
  if (isDone(made)) {
    const { headers, ...answer } = await answerOf(made, context);
    return { ...answer, headers: { ...headers, ...applied } };
  }
  await storeBatch(made, context);
  const place = `/batches/${made.batchid}`;
  if (preferences.async) return accepted(place, acceptedBody, applied);
  return seeOther(request, context, { place, attempt: 1 }, applied);
}

/** The answers of a batch that took longer: 202 while one is missing. Waits and redirects as `requests` does. */
export const batches: Endpoint = async (request, context) => {
  const batchid = request.params.batchid ?? "";
  const attempt = readWhole(request.query.attempt, "attempt");
  const waitMs = Math.min(readWhole(request.query.wait, "wait") * 1000, context.config.waitMs);
  const found = await goOn(batchid, request, context, waitMs);
  if (isDone(found)) return await answerOf(found, context);
  const place = `/batches/${batchid}`;
  if (attempt > 0) return seeOther(request, context, { place, attempt: attempt + 1 });
  return accepted(place, found.isSelect ? idsOf(found) : envelope(202, "Some messages are not answered yet.").body);
};

/**
 * Goes on with a batch, one call at a time: else a query of one call would see what a later command of another has done.
 * A call that finds it taken waits until the batch is complete, or free.
 */
async function goOn(batchid: string, request: HttpRequest, context: ApiContext, waitMs: number): Promise<Batch> {
  const { redis } = context;
  const startedAt = performance.now();
  const looks = pauses();
  for (;;) {
    const pauseMs = looks.next().value;
    const leftMs = waitMs - (performance.now() - startedAt);
    const before = await readBatch(batchid, context);
    if (isDone(before)) return before;
    const hold = await Hold.take(redis, batchid);
    if (hold === undefined) {
      if (leftMs <= 0) return before;
      await sleep(Math.min(pauseMs, leftMs));
      continue;
    }
    try {
      // Read again: the call that had it may have gone on with it.
      const found = await readBatch(batchid, context);
      await lookUpAll(found, context);
      await sendMessages(found, request, context, true);
      await waitForAll(found, request, context, leftMs, () => hold.keep());
      await storeBatch(found, context);
      return found;
    } finally {
      await hold.release();
    }
  }
}

/** @throws HttpError 404 */
async function readBatch(batchid: string, { redis }: ApiContext): Promise<Batch> {
  const stored = isUuid(batchid) ? await again(() => redis.command(["GET", keys.batch(batchid)])) : undefined;
  if (typeof stored === "string") return JSON.parse(stored) as Batch;
  throw new HttpError(404, "There is no such batch. Answers are kept for an hour.");
}

async function answerOf(batch: Batch, context: ApiContext): Promise<HttpAnswer> {
  if (batch.isSelect) return await answerStarts(batch, context);
  const answers = batch.items.map(
    ({ responseid, answer }) => `{"responseid":${JSON.stringify(responseid)},"responsedata":${answer}}`,
  );
  return { status: 200, body: `[${answers.join(",")}]` };
}
