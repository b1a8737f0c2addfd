import { randomUUID } from "node:crypto";
import { type Created, createTest, findCreated, type Selected } from "../../lifecycle/create-and-stop/create.ts";
import { stopTest } from "../../lifecycle/create-and-stop/stop.ts";
import { readRecord } from "../../packages/records.ts";
import { remarkOfRecord } from "../../packages/remark.ts";
import { ring } from "../../streams/doorbell.ts";
import { holderOf } from "../../streams/share.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { readIdempotency } from "../http/idempotency.ts";
import type { HttpRequest } from "../http/request.ts";
import { quotaOf, tooManyTests } from "../limits/open-tests.ts";
import { answerPending, type Pending } from "../waiting/pending.ts";
import { requireScope } from "./account.ts";
import { findSelected } from "./selected.ts";

/** Creates a test, and waits until it is Running. */
export const select: Endpoint = async (request, context) => {
  const { kind, testid, requestid, name, isUploaded, holder } = await create(request, context);
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

/** Creates a test, and returns at once; the test is Queued. */
export const selectAsync: Endpoint = async (request, context) => {
  const { testid, holder } = await create(request, context);
  // Repeated calls ring, too: the first doorbell may be lost.
  await ring(context.queue, { testid, holder });
  return { status: 200, body: JSON.stringify({ testid }) };
};

async function create(request: HttpRequest, context: ApiContext) {
  const { account, scope } = await requireScope(request, context);
  const quota = quotaOf(account, request, context);
  const idempotency = readIdempotency(request, account === undefined);
  const name = { scope, testcaseid: request.params.testcaseid ?? "" };
  let isUploaded = false;
  const created = await begin();
  if (created.kind === "conflict") {
    throw new HttpError(422, "This Idempotency-Key was used for another request before.");
  }
  if (created.kind === "full") throw tooManyTests(quota, created.open);
  return { ...created, name, isUploaded, holder: holderOf(quota.holder) };

  async function begin(): Promise<Created> {
    let selected: Selected;
    try {
      selected = await findSelected(name, request.arrivalMs, context);
      isUploaded = selected.owner !== "";
    } catch (error) {
      // A repeated call gets the first call's answer, even if the test case has changed since.
      const first = idempotency && (await findCreated(context.redis, quota.holder.user, idempotency));
      if (first?.kind === "repeated") return first;
      throw error;
    }
    return await createTest(
      context.redis,
      { testid: randomUUID(), selected, ...quota.holder },
      { mostTests: quota.mostTests, nowMs: request.arrivalMs, idleMs: context.config.idleMs, idempotency },
    );
  }
}
