import { randomUUID } from "node:crypto";
import { createTest } from "../../lifecycle/create.ts";
import { stopTest } from "../../lifecycle/stop.ts";
import { findTestCase, testCaseIds } from "../../simulation/testcases/index.ts";
import { ring } from "../../streams/doorbell.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../errors.ts";
import type { HttpRequest } from "../http.ts";
import { readIdempotency } from "../idempotency.ts";
import { answerPending } from "../waiting.ts";

/** Who a test belongs to when nobody says so. */
const ANONYMOUS = "anonymous";

/** Waits until the test is Running. */
export const select: Endpoint = async (request, context) => {
  const { kind, testid, requestid } = await create(request, context);
  const pending = { testid, requestid, repeated: kind === "repeated" };
  const answer = await answerPending(request, context, pending, JSON.stringify({ testid }));
  // A test that cannot start is no test.
  if (answer.status >= 400) await stopTest(context.redis, testid);
  return answer;
};

/** Returns at once; the test is Queued. */
export const selectAsync: Endpoint = async (request, context) => {
  const { kind, testid } = await create(request, context);
  if (kind === "created") await ring(context.queue, testid);
  return { status: 200, body: JSON.stringify({ testid }) };
};

async function create(request: HttpRequest, context: ApiContext) {
  const id = request.params.testcaseid ?? "";
  const testcase = findTestCase(id);
  if (testcase === undefined) {
    const known = testCaseIds.join(", ");
    throw new HttpError(404, `There is no test case ${JSON.stringify(id.slice(0, 100))}. There are: ${known}.`);
  }
  const created = await createTest(
    context.redis,
    { testid: randomUUID(), user: ANONYMOUS, testcase },
    { nowMs: request.arrivalMs, idleMs: context.config.idleMs, idempotency: readIdempotency(request, true) },
  );
  if (created.kind === "conflict") {
    throw new HttpError(422, "This Idempotency-Key was used for another request before.");
  }
  return created;
}
