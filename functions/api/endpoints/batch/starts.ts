import { stopTest } from "../../../lifecycle/create-and-stop/stop.ts";
import type { ApiContext } from "../../context.ts";
import type { HttpAnswer } from "../../http/request.ts";
import { httpAnswer } from "../../waiting/pending.ts";
import { type Batch, makeBatch } from "./carry-out.ts";

/** A test that was created, with the request that starts it. */
interface Created {
  readonly testid: string;
  readonly requestid: string;
}

/** The starts of tests that one call has selected: they are waited for as a batch is. */
export function startsOf(created: readonly Created[]): Batch {
  const items = created.map(({ testid, requestid }) => ({
    responseid: testid,
    testid,
    method: "start",
    pending: { testid, requestid },
  }));
  return { ...makeBatch(items, undefined), isSelect: true };
}

/** The ids of the tests, whether they run yet or not. */
export function idsOf({ items }: Pick<Batch, "items">): string {
  const testids = items.map(({ testid }) => testid);
  return JSON.stringify({ testid: testids[0], testids });
}

/** Of a request that is not there any more: its test was stopped meanwhile, and its user knows; or it has long started. */
const NOT_KEPT = [404, 410];

/** The answer when all have started. If one could not, none stays. */
export async function answerStarts(starts: Batch, { redis }: ApiContext): Promise<HttpAnswer> {
  for (const { answer = "{}" } of starts.items) {
    const { status = 200 } = JSON.parse(answer) as { status?: number };
    if (status < 400 || NOT_KEPT.includes(status)) continue;
    await Promise.all(starts.items.map(({ testid }) => stopTest(redis, testid)));
    return httpAnswer({ status, body: answer });
  }
  return { status: 200, body: idsOf(starts) };
}
