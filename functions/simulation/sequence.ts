import type { InputValues } from "./emulator.ts";
import { gridOver } from "./grid.ts";
import { beginAdvance, continueRun, finish, isAtEnd, isDone, type Run, type Slice, type Snapshot } from "./run.ts";
import type { TestCase } from "./testcase.ts";

/** What each step of a sequence costs besides the time that it simulates: ms of computing, on the slow side. */
export const STEP_MS = 0.03;

/**
 * Several steps one after the other, under way: a plain value like a run. It can be stored between any two slices and
 * continued in another process; it comes out bit for bit as the same steps taken one by one.
 */
export interface Sequence {
  /** How many steps are taken. */
  readonly taken: number;
  /** The simulation where the last of them ended. */
  readonly snapshot: Snapshot;
  /** The step under way, if one is. */
  readonly run: Run | null;
}

/** A slice of a sequence: of one of its steps. */
export interface SequenceSlice {
  readonly sequence: Sequence;
  readonly samples: Slice["samples"];
  /** The value of every point, and `time`, if a step has ended with this slice. */
  readonly ended: Readonly<Record<string, number>> | undefined;
}

export function beginSequence(snapshot: Snapshot): Sequence {
  return { taken: 0, snapshot, run: null };
}

/** Whether all steps are taken, or all that there are before the scenario's end. */
export function isSequenceDone({ taken, snapshot, run }: Sequence, steps: number): boolean {
  return run === null && (taken >= steps || isAtEnd(snapshot));
}

/** How many sampling intervals the step under way, or the next, has left: at the most, for the scenario's end may cut it. */
export function intervalsLeft({ run }: Sequence, stepSeconds: number): number {
  return run === null ? gridOver(0, stepSeconds).intervals : run.grid.intervals - run.next;
}

/**
 * Simulates up to `maxIntervals` (≥ 1) sampling intervals more, within one step. `inputs` has those of every step;
 * each takes `stepSeconds`, but for the one that the scenario's end cuts. Rejects as `continueRun` does.
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
