import type { Snapshot } from "../simulation/run.ts";
import type { TestCase } from "../simulation/testcase.ts";
import { findTestCase } from "../simulation/testcases/index.ts";
import type { TestFields } from "../streams/claim.ts";

/** A scenario as GET scenario reports it: null where nothing is set. */
export interface Scenario {
  readonly electricity_price: "constant" | "dynamic" | "highly_dynamic";
  readonly time_period: string | null;
  readonly temperature_uncertainty: string | null;
  readonly solar_uncertainty: string | null;
  readonly seed: number | null;
}

/** What a fresh test has. */
export const DEFAULT_SCENARIO: Scenario = {
  electricity_price: "constant",
  time_period: null,
  temperature_uncertainty: null,
  solar_uncertainty: null,
  seed: null,
};

/**
 * What a worker reads of a test, beside its revision. In the hash (all text):
 * `user`, `status` (Queued or Running), `testcaseid` and `version`; `state`, the snapshot; `points`, current values;
 * `step` (s); `scenario`; `timing`, wall-clock account of `time_rat`; `lineage` of its result segments, `segmented` if
 * there are any, `tail`, bytes of the result chunks after them.
 */
export const WORKER_FIELDS = [
  "user",
  "status",
  "testcaseid",
  "version",
  "state",
  "step",
  "scenario",
  "timing",
  "lineage",
  "segmented",
  "tail",
] as const;

/** The wall clock's part of a test, kept apart from its snapshot: it may differ between two equal runs. */
export interface Timing {
  /** When the last advance was answered, ms; null before the first. */
  readonly endedMs: number | null;
  /** Sum over advances of (time between the end of one and the arrival of the next) / step. */
  readonly ratioSum: number;
  readonly ratios: number;
}

export const NO_TIMING: Timing = { endedMs: null, ratioSum: 0, ratios: 0 };

/** The test's snapshot. Only a started test has one. */
export function snapshotOf(test: TestFields): Snapshot {
  if (test.state === undefined) throw new Error("The test has not been started");
  return JSON.parse(test.state) as Snapshot;
}

/** The test's wall-clock account. */
export function timingOf(test: TestFields): Timing {
  return test.timing === undefined ? NO_TIMING : (JSON.parse(test.timing) as Timing);
}

/** The test case that the test runs on, or undefined if this deployment has it no more in that version. */
export function testCaseOf(test: TestFields): TestCase | undefined {
  const testcase = findTestCase(test.testcaseid ?? "");
  return testcase?.version === test.version ? testcase : undefined;
}
