import type { TestCaseName } from "../models/catalog.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { ApiContext } from "./context.ts";
import { OutdatedTest } from "./errors.ts";

/** The test case of a test, from its fields `testcaseid` and `version`. @throws OutdatedTest */
export async function testCaseFor(test: TestCaseName, { catalog }: ApiContext): Promise<TestCase> {
  const testcase = await catalog.find(test);
  if (testcase === undefined) throw new OutdatedTest({ ...test });
  return testcase;
}
