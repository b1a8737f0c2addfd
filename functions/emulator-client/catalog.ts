import type { TestCase } from "../simulation/testcase.ts";
import { findTestCase } from "../simulation/testcases/index.ts";

/** The fields of a test's hash that name its test case. */
export interface TestCaseName {
  readonly testcaseid?: string;
  /** The version of a built-in test case, or the package's hash. */
  readonly version?: string;
  /** The owner of the package. */
  readonly owner?: string;
}

/** Receives the lines that a model logs. */
export type Listener = (lines: readonly string[]) => void;

/** Finds test cases, built-in ones and packages. */
export interface Catalog {
  /**
   * The test case of a test, or undefined if this deployment no longer has that version. A built-in one costs nothing, a
   * package that is not in memory one read.
   *
   * @param heard receives the lines that the model logs
   * @param replays replays the model at once, because its saved state could not be restored before
   */
  find(name: TestCaseName, heard?: Listener, replays?: boolean): Promise<TestCase | undefined>;
}

/** The built-in test case of that id and version, if it exists. */
export function findBuiltIn({ testcaseid, version }: TestCaseName): TestCase | undefined {
  const testcase = findTestCase(testcaseid ?? "");
  return testcase?.version === version ? testcase : undefined;
}

/** Built-in test cases only. */
export const builtInCatalog: Catalog = { find: async (name) => findBuiltIn(name) };
