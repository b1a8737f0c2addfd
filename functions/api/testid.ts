import { readTest } from "../lifecycle/record/record.ts";
import type { TestFields } from "../streams/claim.ts";
import type { ApiContext } from "./context.ts";
import { HttpError, UnknownTest } from "./errors.ts";
import { type HttpRequest, isUuid } from "./http.ts";

/** The test id in the path. @throws UnknownTest for what cannot be one */
export function testidOf(request: HttpRequest): string {
  const testid = request.params.testid ?? "";
  if (!isUuid(testid)) throw new UnknownTest(testid);
  return testid;
}

/** Reads a test's fields. @throws UnknownTest */
export async function requireTest(
  request: HttpRequest,
  context: ApiContext,
  names: readonly string[],
): Promise<TestFields> {
  const testid = testidOf(request);
  const test = await readTest(context.redis, testid, names);
  if (test === undefined) throw new UnknownTest(testid);
  return test;
}

/** Refuses what a test that has not started yet cannot tell. @throws HttpError 409 */
export function requireRunning(status: string | undefined): void {
  if (status !== "Running") {
    throw new HttpError(409, "The test is still Queued: wait until it is Running.", { "retry-after": "1" });
  }
}
