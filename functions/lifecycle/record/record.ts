import { keys } from "../../platform/keys.ts";
import { again, type Redis } from "../../platform/redis.ts";
import type { Snapshot } from "../../simulation/run.ts";
import { FRESH_SCENARIO, type Scenario } from "../../simulation/scenario.ts";
import { fieldsOf, type TestFields } from "../../streams/claim.ts";

/**
 * What a worker reads of a test, beside its revision. In the hash (all text):
 * `user`, `status` (Queued or Running; see also `isRollout`), `testcaseid` and `version`, and `owner`, whose package that is;
 * `state`, the snapshot; `points`, current values;
 * `time`, the test's clock (s), as the snapshot has it; `step` (s); `cost`, the emulator's (ms/s), and `width`,
 * what results take (bytes/s), which only `enqueue` reads; `scenario`; `drawn`, when forecast errors were drawn
 * (see `drawn.lua`); `timing`, wall-clock account of `time_rat`; `lineage` in which its result
 * segments lie, `tail`, bytes of the result chunks after them; `checkpoints` (JSON); `lifetime` of its keys (ms), where
 * that is not what all tests have; `origin`, a rollout's test; `renewed` and `large`, which only `commit` reads.
 */
export const WORKER_FIELDS = [
  "user",
  "status",
  "testcaseid",
  "version",
  "owner",
  "state",
  "step",
  "scenario",
  "drawn",
  "timing",
  "lineage",
  "tail",
  "checkpoints",
  "lifetime",
  "origin",
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

/** The test's scenario. */
export function scenarioOf(test: TestFields): Scenario {
  return test.scenario === undefined ? FRESH_SCENARIO : (JSON.parse(test.scenario) as Scenario);
}

/** Whether this is no test, but a rollout that has become a request of its own: it can be waited for, and no more. */
export function isRollout({ status }: TestFields): boolean {
  return status === "Rollout";
}

/** What a test is answered whose test case this deployment does not have in its version any more. */
export function describeOutdated({ testcaseid, version }: TestFields): string {
  return `This test began with version ${version} of ${testcaseid}, which this service has no more. Stop it and select the test case again.`;
}

/**
 * Counts an advance into `time_rat`: the wall-clock time between the end of one advance and the arrival of the next,
 * over the step in force. Clocks of different processes may disagree, so a time below zero counts as zero.
 *
 * @param arrivalMs when the advance arrived
 * @param endedMs when it is answered
 * @param stepSeconds the step in force; one of 0 s is not counted
 */
export function countAdvance(timing: Timing, arrivalMs: number, endedMs: number, stepSeconds: number): Timing {
  if (timing.endedMs === null || stepSeconds === 0) return { ...timing, endedMs };
  const waitedSeconds = Math.max(0, arrivalMs - timing.endedMs) / 1000;
  return { endedMs, ratioSum: timing.ratioSum + waitedSeconds / stepSeconds, ratios: timing.ratios + 1 };
}

/** `time_rat`, or null before the second advance. */
export function timeRatio(timing: Timing): number | null {
  return timing.ratios === 0 ? null : timing.ratioSum / timing.ratios;
}

/**
 * Reads committed fields of a test: one round trip, 2 commands, and nobody is woken.
 * @returns the fields that are set, or undefined if there is no such test
 */
export async function readTest(
  redis: Redis,
  testid: string,
  names: readonly string[],
): Promise<TestFields | undefined> {
  const fields = await readFields(redis, testid, ["status", ...names]);
  return fields.status === undefined || isRollout(fields) ? undefined : fields;
}

/** Those of a test's fields that are set; none of a test that there is not. */
export async function readFields(redis: Redis, testid: string, names: readonly string[]): Promise<TestFields> {
  return fieldsOf(names, await again(() => redis.command(["HMGET", keys.test(testid), ...names])));
}
