import type { TestCase } from "../simulation/testcase.ts";
import { findTestCase } from "../simulation/testcases/index.ts";

/** How a test names its test case, in the fields of its hash. */
export interface TestCaseName {
  readonly testcaseid?: string;
  /** Of a built-in one its own, of a package the package's hash. */
  readonly version?: string;
  /** Whose package it is. */
  readonly owner?: string;
}

/** Is told what a model logs. */
export type Listener = (lines: readonly string[]) => void;

/** Finds test cases, wherever they come from. */
export interface Catalog {
  /**
   * The test case that a test runs on, or undefined if this deployment has it no more in that version. A built-in one
   * costs nothing, a package that is not in memory one read.
   *
   * @param heard is told what its model logs
   * @param replays its model could not be put to the state that it saved, and is replayed without trying that again
   */
  find(name: TestCaseName, heard?: Listener, replays?: boolean): Promise<TestCase | undefined>;
}

/** The built-in test case of that id and version, if there is one. */
export function findBuiltIn({ testcaseid, version }: TestCaseName): TestCase | undefined {
  const testcase = findTestCase(testcaseid ?? "");
  return testcase?.version === version ? testcase : undefined;
}

/** The built-in test cases alone. */
export const builtInCatalog: Catalog = { find: async (name) => findBuiltIn(name) };
