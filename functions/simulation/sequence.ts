import type { InputValues, PlannedStep } from "./emulator.ts";
import { gridEnd, gridOver } from "./grid.ts";
import { beginAdvance, continueRun, finish, isAtEnd, isDone, type Run, type Slice, type Snapshot } from "./run.ts";
import type { TestCase } from "./testcase.ts";

/** Computing time of each step in a sequence besides its simulation, ms; an estimate on the slow side. */
export const STEP_MS = 0.03;

/**
 * Several consecutive steps in progress: a plain value like a run. It can be stored between any two slices and
 * continued in another process. The result equals that of the same steps taken one by one, bit for bit.
 */
export interface Sequence {
  readonly taken: number;
  /** The simulation after the last step taken. */
  readonly snapshot: Snapshot;
  /** The step in progress, if there is one. */
  readonly run: Run | null;
}

/** A slice of a sequence. It never spans two steps. */
export interface SequenceSlice {
  readonly sequence: Sequence;
  readonly samples: Slice["samples"];
  /** The values of all points and `time`, if a step ended with this slice. */
  readonly ended: Readonly<Record<string, number>> | undefined;
}

export function beginSequence(snapshot: Snapshot): Sequence {
  return { taken: 0, snapshot, run: null };
}

/** Whether all steps are taken, or the scenario's end is reached. */
export function isSequenceDone({ taken, snapshot, run }: Sequence, steps: number): boolean {
  return run === null && (taken >= steps || isAtEnd(snapshot));
}

/** All steps that a sequence takes from its beginning, which are known before anything is simulated. */
export function plannedSteps(
  testcase: TestCase,
  beginning: Snapshot,
  inputs: readonly InputValues[],
  stepSeconds: number,
): PlannedStep[] {
  const steps: PlannedStep[] = [];
  let snapshot = beginning;
  for (const of of inputs) {
    if (isAtEnd(snapshot)) break;
    const { grid } = beginAdvance(testcase, snapshot, of, stepSeconds);
    steps.push({ grid, inputs: of });
    snapshot = { ...snapshot, time: gridEnd(grid) };
  }
  return steps;
}

/** The most sampling intervals left in the current step, or in the next one between steps. The scenario's end may cut it. */
export function intervalsLeft({ run }: Sequence, stepSeconds: number): number {
  return run === null ? gridOver(0, stepSeconds).intervals : run.grid.intervals - run.next;
}

/**
 * Simulates at most `maxIntervals` (≥ 1) more sampling intervals, within one step. `inputs` has the inputs of each
 * step. Each step takes `stepSeconds`, unless the scenario's end cuts it. Rejects like `continueRun`.
 */
export async function continueSequence(
  testcase: TestCase,
  { taken, snapshot, run }: Sequence,
  inputs: readonly InputValues[],
  stepSeconds: number,
  maxIntervals: number,
): Promise<SequenceSlice> {
  const of = inputs[taken];
  if (of === undefined) throw new Error("the sequence is done");
  const begun = run ?? beginAdvance(testcase, snapshot, of, stepSeconds);
  const { run: after, samples, points } = await continueRun(testcase, begun, maxIntervals);
  if (!isDone(after)) return { sequence: { taken, snapshot, run: after }, samples, ended: undefined };
  const sequence = { taken: taken + 1, snapshot: finish(testcase, after), run: null };
  return { sequence, samples, ended: points };
}
