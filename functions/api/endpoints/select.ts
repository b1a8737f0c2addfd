import { randomUUID } from "node:crypto";
import { createTest, selectedOf } from "../../lifecycle/create.ts";
import { stopTest } from "../../lifecycle/stop.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { findTestCase, testCaseIds } from "../../simulation/testcases/index.ts";
import { ring } from "../../streams/doorbell.ts";
import type { Scope } from "../../uploads/scope.ts";
import { isUploaded, maybeUploaded } from "../../uploads/uploads.ts";
import { requireScope } from "../account.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../errors.ts";
import { quotaOf, tooManyTests } from "../holder.ts";
import type { HttpRequest } from "../http.ts";
import { readIdempotency } from "../idempotency.ts";
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
  const testcase = await findSelected(request.params.testcaseid ?? "", scope, context);
  const quota = quotaOf(account, request, context);
  const created = await createTest(
    context.redis,
    { testid: randomUUID(), selected: selectedOf(testcase), ...quota.holder },
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

/** @throws HttpError 404 for a test case that there is not, 400 for one that cannot be run */
async function findSelected(id: string, scope: Scope, { redis, objects }: ApiContext): Promise<TestCase> {
  const quoted = JSON.stringify(id.slice(0, 100));
  // An uploaded file hides a built-in of the same name.
  if ((await maybeUploaded(redis, scope, id)) && (await isUploaded(objects, scope, id))) {
    throw new HttpError(
      400,
      `The test case ${quoted} is an uploaded file, and those cannot be run yet. Supported are the built-in test cases: ${testCaseIds.join(", ")}.`,
    );
  }
  const testcase = scope.kind === "shared" ? findTestCase(id) : undefined;
  if (testcase !== undefined) return testcase;
  const known =
    scope.kind === "shared" ? `Built in are ${testCaseIds.join(", ")}.` : "GET testcases lists those that there are.";
  throw new HttpError(404, `There is no test case ${quoted} here. ${known}`);
}
