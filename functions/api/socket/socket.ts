import { envelope } from "../../lifecycle/outcome.ts";
import type { ApiContext } from "../context.ts";
import { type Batch, isDone, makeBatch, sendMessages, storeBatch, waitForAll } from "../endpoints/batch/carry-out.ts";
import { badRequest, type Item, MAX_MESSAGES, readMessage } from "../endpoints/batch/messages.ts";
import { takeRates } from "../endpoints/batch/rates.ts";
import { answerError } from "../http/answer-error.ts";
import { HttpError } from "../http/errors.ts";
import { bodyOf, type HttpRequest, listOf } from "../http/request.ts";
import { seeOther } from "../waiting/pending.ts";
import { Answers } from "./answers.ts";
import { readSocketEvent, type SocketEvent } from "./event.ts";

/** Characters of a `requestid`, as JSON. Each answer repeats it, and an answer has a limit. */
const MAX_REQUESTID = 1024;

/**
 * Answers one event of the WebSocket: a message, or a list of them. Each message is answered by itself, as soon as it is
 * done. After the wait of an HTTP call, the rest is answered by the place where the answers will be.
 */
export async function answerSocket(event: SocketEvent, context: ApiContext): Promise<void> {
  const call = readSocketEvent(event, Date.now());
  const answers = new Answers(event.requestContext, context.bucket);
  let made: Batch;
  try {
    made = makeBatch(readMessages(call, context), undefined);
  } catch (error) {
    await answers.refuse(error instanceof HttpError ? error : new HttpError(500, "The service failed."));
    return;
  }
  try {
    await carryOut(made, call, context, answers);
  } catch (error) {
    for (const item of made.items) item.answer ??= failed(error, item, call);
    await answers.send(made.items);
  }
}

/** @throws HttpError 400, 413 */
function readMessages(call: HttpRequest, { config }: ApiContext): Item[] {
  const bytes = Buffer.byteLength(call.text);
  const { bodyBytes } = config.limits;
  if (bytes > bodyBytes) throw new HttpError(413, `The message has ${bytes} bytes. At most ${bodyBytes} are read.`);
  const messages = listOf(call) ?? [bodyOf(call)];
  if (messages.length > MAX_MESSAGES) {
    throw new HttpError(413, `There are ${messages.length} messages, and one list may have ${MAX_MESSAGES}.`);
  }
  return messages.map((message) => {
    const item = readMessage(message);
    if (JSON.stringify(item.responseid).length <= MAX_REQUESTID) return item;
    return {
      ...item,
      responseid: null,
      answer: badRequest(`The requestid has more than ${MAX_REQUESTID} characters.`),
    };
  });
}

async function carryOut(made: Batch, call: HttpRequest, context: ApiContext, answers: Answers): Promise<void> {
  await takeRates(made.items, call, context);
  await sendMessages(made, call, context);
  await answers.send(made.items);
  const leftMs = context.config.waitMs - (Date.now() - call.arrivalMs);
  await waitForAll(made, call, context, leftMs, async () => await answers.send(made.items));
  if (isDone(made)) return;
  await storeBatch(made, context);
  const { body } = seeOther(call, context, { place: `/batches/${made.batchid}`, attempt: 1 });
  for (const item of made.items) item.answer ??= body;
  await answers.send(made.items);
}

function failed(error: unknown, { testid }: Item, call: HttpRequest): string {
  if (error instanceof HttpError) return envelope(error.status, error.message).body;
  // With a test's id it has the form of an answer about a test.
  return answerError(error, { ...call, params: { testid } }).body;
}
