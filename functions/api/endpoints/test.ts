import type { TestCaseName } from "../../emulator-client/catalog.ts";
import { decode, describeOutdated, type FieldName, readTest } from "../../lifecycle/record/record.ts";
import { noteLook } from "../../lifecycle/runs/notes.ts";
import { readPendingVersion } from "../../packages/records.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { ApiContext } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { type HttpRequest, testidOf } from "../http/request.ts";

/** Reads a test's fields. For a run of the test, that is a look: runs that nobody looks at are paused. @throws UnknownTest */
export async function requireTest(
  request: HttpRequest,
  context: ApiContext,
  names: readonly FieldName[],
): Promise<TestFields> {
  const testid = testidOf(request);
  const test = await readTest(context.redis, testid, [...names, "run"]);
  if (test === undefined) throw new UnknownTest(testid);
  if (test.run !== undefined && decode(test, "run")?.status === "running") {
    await noteLook(context.redis, testid, request.arrivalMs);
  }
  return test;
}

/** Refuses a query that a Queued test cannot answer. @throws HttpError 409 */
export function requireRunning(status: string | undefined): void {
  if (status !== "Running") {
    throw new HttpError(409, "The test is still Queued: wait until it is Running.", { "retry-after": "1" });
  }
}

/**
 * The test case of a test, from its fields `testcaseid` and `version`.
 * @throws HttpError 500 if the service no longer has this version; 409 while the upload is being checked
 */
export async function testCaseFor(test: TestCaseName, { catalog }: ApiContext): Promise<TestCase> {
  if (readPendingVersion(test.version ?? "") !== undefined) requireRunning("Queued");
  const testcase = await catalog.find(test);
  // Workers use the same message.
  if (testcase === undefined) throw new HttpError(500, describeOutdated({ ...test }));
  return testcase;
}
