import type { TestCase } from "../testcase.ts";
import { testcase1 } from "./testcase1/index.ts";
import { testcase3 } from "./testcase3/index.ts";

/** The built-in test cases. To add one, add a folder beside these and an entry here. */
const testCases: ReadonlyMap<string, TestCase> = new Map(
  [testcase1, testcase3].map((testcase) => [testcase.id, testcase]),
);

/** Ids of the built-in test cases. */
export const testCaseIds: readonly string[] = [...testCases.keys()];

/** The built-in test case of that id, if there is one. */
export function findTestCase(id: string): TestCase | undefined {
  return testCases.get(id);
}
