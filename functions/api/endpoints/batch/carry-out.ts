import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { envelope } from "../../../lifecycle/outcome.ts";
import { keys } from "../../../platform/keys.ts";
import { log } from "../../../platform/log.ts";
import { again, type Redis, RedisError } from "../../../platform/redis.ts";
import { record } from "../../../platform/reply.ts";
import { Rounds } from "../../../platform/rounds.ts";
import { ANSWER_MS, readAnswer } from "../../../streams/answer.ts";
import { ringForAll } from "../../../streams/doorbell.ts";
import { lookup, pauses } from "../../../streams/wait.ts";
import type { ApiContext } from "../../context.ts";
import { answerError } from "../../http/answer-error.ts";
import { HttpError, UnknownTest } from "../../http/errors.ts";
import type { HttpAnswer, HttpRequest } from "../../http/request.ts";
import { storeAnswer } from "../../http/stored-answer.ts";
import { TooMany } from "../../limits/too-many.ts";
import { SHORT_WAIT_MS } from "../../limits/waits.ts";
import { begin } from "../../waiting/command.ts";
import { takeLongWait } from "../../waiting/patience.ts";
import { foundAnswer, type Pending } from "../../waiting/pending.ts";
import { beginRollout } from "../rollout.ts";
import { requireTest } from "../test.ts";
import { badRequest, describeUnknownTest, type Item, METHODS, requestOf } from "./messages.ts";

/** An answer that is larger goes into the bucket, and its message is answered by its URL, bytes. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** The same of a batch that is stored, so that all of it fits into one value of Redis. */
const MAX_STORED_BYTES = 16 * 1024;

/** The answer to a message that cannot wait, because it has a key which is never stored. */
const NOT_AT_REST = envelope(
  409,
  "The test is not at rest yet. Send this message again when the others are answered.",
).body;

/** A batch under way. */
export interface Batch {
  readonly batchid: string;
  /** The client's Idempotency-Key for the whole. */
  readonly key: string | undefined;
  readonly items: Item[];
  /** Whether these are the starts of tests that one call has selected: see starts.ts. */
  readonly isSelect?: true;
}

export function makeBatch(items: Item[], key: string | undefined): Batch {
  return { batchid: randomUUID(), key, items };
}

export const isDone = ({ items }: Batch) => items.every(({ answer }) => answer !== undefined);

/**
 * Sends all messages that can be sent, and carries out small ones here. Tests are independent of each other and share
 * their round trips to Redis. The messages of one test are sent in their order; a call that needs the test at rest, and
 * all messages after it, stay unsent while an earlier command of that test waits for a worker.
 *
 * @param isAgain a later call goes on with the batch: two may do so at a time, so every command is sent under a key
 */
export async function sendMessages(
  batch: Batch,
  call: HttpRequest,
  context: ApiContext,
  isAgain = false,
): Promise<void> {
  const tests = new Map<string, number[]>();
  for (const [index, { testid, answer }] of batch.items.entries()) {
    if (answer === undefined) tests.set(testid, [...(tests.get(testid) ?? []), index]);
  }
  const bells: Pending[] = [];
  const rounds = new Rounds(context.pipelined);
  const tasks = [...tests.values()].map((indices) => async (redis: Redis) => {
    await sendToOneTest(batch, indices, call, { ...context, redis }, isAgain, bells);
  });
  await rounds.all(tasks);
  // One doorbell wakes a worker for all requests of a test.
  const each = new Map(bells.map((bell) => [bell.testid, bell]));
  await ringForAll(context.queue, [...each.values()]);
}

async function sendToOneTest(
  batch: Batch,
  indices: readonly number[],
  call: HttpRequest,
  context: ApiContext,
  isAgain: boolean,
  bells: Pending[],
): Promise<void> {
  let isBusy = false;
  for (const index of indices) {
    const item = batch.items[index];
    const method = item && METHODS.get(item.method);
    if (item === undefined || method === undefined || item.answer !== undefined) continue;
    if (item.pending !== undefined) {
      isBusy ||= method.kind === "command";
      continue;
    }
    const isAtRest = method.kind === "command" || !isBusy;
    if (!isAtRest && item.method === "post_results_to_dashboard") {
      // The dashboard's key is never stored, so this message cannot wait.
      item.answer = NOT_AT_REST;
      continue;
    }
    if (!isAtRest) return;
    const key = batch.key ?? (isAgain ? batch.batchid : undefined);
    const request = requestOf(item, call, key, index);
    try {
      if (method.kind === "call") {
        await answerItem(item, await method.endpoint(withoutWaiting(request), context), context);
        continue;
      }
      const begun =
        method.kind === "rollout"
          ? await beginRollout(request, context)
          : await begin(request, context, method.read(request), { onlyQueue: isBusy });
      if ("answer" in begun) await answerItem(item, begun.answer, context);
      else {
        isBusy ||= method.kind === "command";
        await leavePending(item, begun.pending, context, bells);
      }
    } catch (error) {
      await refuse(item, error, request, context);
    }
  }
}

/** A call that has to wait for something else answers at once where that is to be found. */
function withoutWaiting(request: HttpRequest): HttpRequest {
  return { ...request, preferences: { ...request.preferences, waitMs: 0 } };
}

/** Notes where the answer will be. A request that is repeated may be answered already. */
async function leavePending(item: Item, pending: Pending, context: ApiContext, bells: Pending[]): Promise<void> {
  const { testid, requestid, kind } = pending;
  item.pending = { testid, requestid };
  if (kind !== "claimed") bells.push(pending);
  if (kind === "repeated") await lookUp(item, context);
}

async function answerItem(item: Item, answer: HttpAnswer, context: ApiContext): Promise<void> {
  item.params = undefined;
  const { body } = answer;
  // The one answer that is no JSON, that of stop.
  if (answer.headers?.["content-type"] === "text/plain") item.answer = envelope(200, "The test is stopped.").body;
  else item.answer = answer.status === 200 ? await orReference(body, MAX_ANSWER_BYTES, context) : body;
}

/** The answer; if it has more bytes than this, one with the URL at which it lies. */
async function orReference(body: string, maxBytes: number, { bucket }: ApiContext): Promise<string> {
  if (body.length <= maxBytes) return body;
  return (await storeAnswer(bucket, Buffer.from(body), { contentType: "application/json" })).body;
}

/** Keeps the batch for as long as answers are kept. Answers that are there already are kept with it. */
export async function storeBatch(batch: Batch, context: ApiContext): Promise<void> {
  for (const item of batch.items) {
    const { answer, authorization, pending } = item;
    if (authorization !== undefined && (answer ?? pending) === undefined) item.answer = NOT_AT_REST;
    if (answer?.startsWith('{"status":200')) item.answer = await orReference(answer, MAX_STORED_BYTES, context);
  }
  const items = batch.items.map(({ authorization: _never, ...item }) => item);
  const stored = JSON.stringify({ ...batch, items });
  await again(() => context.redis.command(["SET", keys.batch(batch.batchid), stored, "PX", ANSWER_MS]));
}

async function refuse(item: Item, error: unknown, request: HttpRequest, context: ApiContext): Promise<void> {
  let told = error;
  if (error instanceof HttpError && error.status === 400) {
    // An unknown test takes precedence over a bad message.
    told = await requireTest(request, context, []).then(
      () => error,
      (other: unknown) => other,
    );
  }
  item.params = undefined;
  if (told instanceof UnknownTest) item.answer = badRequest(describeUnknownTest(item.testid));
  else item.answer = answerError(told, request).body;
}

/** Looks for the answers of all waiting requests: one round trip. Those that were lost are told so. */
export async function lookUpAll({ items }: Batch, context: ApiContext): Promise<void> {
  const waiting = items.filter(isWaiting);
  await new Rounds(context.pipelined).all(
    waiting.map((item) => async (redis: Redis) => await lookUp(item, { ...context, redis })),
  );
}

function isWaiting({ answer, pending }: Item): boolean {
  return answer === undefined && pending !== undefined;
}

async function lookUp(item: Item, context: ApiContext): Promise<void> {
  if (item.pending === undefined) return;
  const { testid, requestid } = item.pending;
  const found = await lookup(context.redis, testid, requestid);
  if (found.kind === "waiting") return;
  try {
    await answerItem(item, foundAnswer(found, testid, requestid), context);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    item.answer = envelope(error.status, error.message).body;
  }
}

/**
 * Waits until all messages are answered, or the time is over. Each look is one round trip for all of them. Messages that
 * waited for others are sent as soon as they can be.
 *
 * @param looked is called after each look
 */
export async function waitForAll(
  batch: Batch,
  call: HttpRequest,
  context: ApiContext,
  waitMs: number,
  looked: () => Promise<void> = async () => {},
): Promise<void> {
  const startedAt = performance.now();
  let isLong = false;
  for (const pauseMs of pauses()) {
    if (isDone(batch)) return;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs >= waitMs) return;
    if (waitedMs >= SHORT_WAIT_MS && !isLong) {
      isLong = true;
      try {
        await takeLongWait(call, context);
      } catch (error) {
        // The requests are taken: the call is answered as if the time were over.
        if (error instanceof TooMany) return;
        throw error;
      }
    }
    await sleep(Math.min(pauseMs, waitMs - waitedMs));
    if (await look(batch, context)) await sendMessages(batch, call, context, true);
    await looked();
  }
}

/** @returns whether some request was answered, so that unsent messages may be sent now */
async function look({ items }: Batch, context: ApiContext): Promise<boolean> {
  const waiting = items.filter(isWaiting);
  try {
    await new Rounds(context.pipelined).all(
      waiting.map((item) => async (redis: Redis) => {
        const { testid = "", requestid = "" } = item.pending ?? {};
        const command = ["XRANGE", keys.response(testid), requestid, requestid] as const;
        const entries = await redis.command(command, { mayBeLate: true });
        if (!Array.isArray(entries) || entries.length === 0) return;
        await answerItem(item, readAnswer(record(entries[0][1])), context);
      }),
    );
  } catch (error) {
    // The requests are durable: the next look finds what this one did not.
    if (!(error instanceof RedisError)) throw error;
    log("warn", "Could not look for the answers of a batch", { event: "batch_look_failed" }, error);
  }
  return waiting.some((item) => !isWaiting(item)) && items.some((item) => item.answer === undefined && !item.pending);
}
