import { stopTest } from "../../lifecycle/create-and-stop/stop.ts";
import { readRecord } from "../../packages/records.ts";
import { remarkOfRecord } from "../../packages/remark.ts";
import { describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";
import { ringForAll } from "../../streams/doorbell.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { bodyOf, type HttpAnswer, type HttpRequest } from "../http/request.ts";
import { answerPending, type Pending } from "../waiting/pending.ts";
import { answerInTime } from "./batch/batch.ts";
import { idsOf, startsOf } from "./batch/starts.ts";
import { createTests, type Selecting } from "./selecting.ts";

/** Tests of one call. */
export const MAX_SELECTED = 256;

/** Creates a test, and waits until it is Running. With `count`, so many: all of them or none. */
export const select: Endpoint = async (request, context) => {
  const count = readCount(request);
  const selecting = await createTests(count ?? 1, request, context);
  if (count !== undefined) return await waitForTests(selecting, request, context);
  const { name, isUploaded, holder, created } = selecting;
  const { kind, testid, requestid } = created[0];
  const pending: Pending = { testid, requestid, kind: kind === "repeated" ? kind : "enqueued", holder };
  const answer = await answerPending(request, context, pending, JSON.stringify({ testid }));
  // A test that cannot start is removed.
  if (answer.status >= 400) await stopTest(context.redis, testid);
  if (answer.status !== 200 || !isUploaded) return answer;
  // The answer tells the user of a limited simulation. The test exists with or without this remark.
  const record = await readRecord(context.redis, name).catch(() => undefined);
  const remark = record?.state === "published" ? remarkOfRecord(record) : undefined;
  return remark === undefined ? answer : { ...answer, body: JSON.stringify({ testid, remark }) };
};

/** Creates a test, or `count` tests, and returns at once; they are Queued. */
export const selectAsync: Endpoint = async (request, context) => {
  const count = readCount(request);
  const selecting = await createTests(count ?? 1, request, context);
  await ringFor(selecting, context);
  const { created } = selecting;
  const [{ testid }] = created;
  return { status: 200, body: count === undefined ? JSON.stringify({ testid }) : idsOf(startsOf(created)) };
};

/** Waits until all tests are Running, as for one. If one cannot start, none stays. */
async function waitForTests(selecting: Selecting, request: HttpRequest, context: ApiContext): Promise<HttpAnswer> {
  await ringFor(selecting, context);
  const starts = startsOf(selecting.created);
  return await answerInTime(starts, request, context, idsOf(starts));
}

// Repeated calls ring, too: the first doorbells may be lost.
async function ringFor({ created, holder }: Selecting, { queue }: ApiContext): Promise<void> {
  await ringForAll(
    queue,
    created.map(({ testid }) => ({ testid, holder })),
  );
}

/** The field `count`. BOPTEST ignores the body, whatever it is, and so does this where it has no such field. */
function readCount(request: HttpRequest): number | undefined {
  let value: unknown;
  try {
    value = bodyOf(request).count;
  } catch (error) {
    if (error instanceof HttpError) return undefined;
    throw error;
  }
  if (value === undefined || value === null) return undefined;
  const count = readNumber(value);
  if (count === undefined || !Number.isInteger(count) || count < 1) {
    const allowed = `It must be a whole number from 1 to ${MAX_SELECTED}.`;
    throw new HttpError(400, `The field count is ${describeValue(value)}. ${allowed}`);
  }
  if (count > MAX_SELECTED) {
    throw new HttpError(413, `The field count is ${count}. One call can select at most ${MAX_SELECTED} tests.`);
  }
  return count;
}
