import { randomUUID } from "node:crypto";
import { createTest } from "../../lifecycle/create.ts";
import { stopTest } from "../../lifecycle/stop.ts";
import { ring } from "../../streams/doorbell.ts";
import { requireScope } from "../account.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../errors.ts";
import { quotaOf, tooManyTests } from "../holder.ts";
import type { HttpRequest } from "../http.ts";
import { readIdempotency } from "../idempotency.ts";
import { findSelected } from "../selected.ts";
import { answerPending, type Pending } from "../waiting.ts";

/** Waits until the test is Running. */
export const select: Endpoint = async (request, context) => {
  const { kind, testid, requestid } = await create(request, context);
  const pending: Pending = { testid, requestid, kind: kind === "repeated" ? kind : "enqueued" };
  const answer = await answerPending(request, context, pending, JSON.stringify({ testid }));
  // A test that cannot start is no test.
  if (answer.status >= 400) await stopTest(context.redis, testid);
  return answer;
};

/** Returns at once; the test is Queued. */
export const selectAsync: Endpoint = async (request, context) => {
  const { testid } = await create(request, context);
  // Again for a repeated call: the first doorbell may never have been rung.
  await ring(context.queue, testid);
  return { status: 200, body: JSON.stringify({ testid }) };
};

async function create(request: HttpRequest, context: ApiContext) {
  const { account, scope } = await requireScope(request, context);
  const selected = await findSelected(
    { scope, testcaseid: request.params.testcaseid ?? "" },
    request.arrivalMs,
    context,
  );
  const quota = quotaOf(account, request, context);
  const created = await createTest(
    context.redis,
    { testid: randomUUID(), selected, ...quota.holder },
    {
      mostTests: quota.mostTests,
      nowMs: request.arrivalMs,
      idleMs: context.config.idleMs,
      idempotency: readIdempotency(request, account === undefined),
    },
  );
  if (created.kind === "conflict") {
    throw new HttpError(422, "This Idempotency-Key was used for another request before.");
  }
  if (created.kind === "full") throw tooManyTests(quota, created.open);
  return created;
}
