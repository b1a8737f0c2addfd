import type { TestCaseName } from "../models/catalog.ts";
import { readPendingVersion } from "../packages/records.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { ApiContext } from "./context.ts";
import { OutdatedTest } from "./errors.ts";
import { requireRunning } from "./testid.ts";

/**
 * The test case of a test, from its fields `testcaseid` and `version`.
 * @throws OutdatedTest; HttpError 409 while its upload is being checked
 */
export async function testCaseFor(test: TestCaseName, { catalog }: ApiContext): Promise<TestCase> {
  if (readPendingVersion(test.version ?? "") !== undefined) requireRunning("Queued");
  const testcase = await catalog.find(test);
  if (testcase === undefined) throw new OutdatedTest({ ...test });
  return testcase;
}
