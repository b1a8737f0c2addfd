import type { Grid, InputValues } from "./emulator.ts";
import { gridBetween, gridEnd, gridOver } from "./grid.ts";
import { releasedInputs } from "./inputs.ts";
import { account, type KpiAccount, openAccount } from "./kpis/kpis.ts";
import { concatSamples, lastValues, type Samples, sampleCount, withoutRows } from "./samples.ts";
import type { TestCase } from "./testcase.ts";

/** The longest step or warm-up (s): a year. Callers refuse longer ones. */
export const MAX_STRETCH_SECONDS = 31_536_000;

/** The latest time (s) of a test: a hundred years. A double still resolves 5e-7 s there. */
export const MAX_TIME_SECONDS = 3_153_600_000;

/** The whole simulation of a test between two steps: a small plain value, which JSON keeps exactly. */
export interface Snapshot {
  /** The test's time (s), and its start time. */
  readonly time: number;
  readonly startTime: number;
  /** Time (s) at which the scenario ends; null without an end. */
  readonly endTime: number | null;
  readonly inputs: InputValues;
  /** The emulator's state, in base64. */
  readonly emulator: string;
  readonly kpis: KpiAccount;
}

/**
 * A step or warm-up in progress, also a plain value. It can be stored between any two slices and continued in another
 * process. The slices' lengths do not change a bit of its samples or of the snapshot at its end.
 */
export interface Run {
  readonly kind: "initialize" | "advance";
  readonly grid: Grid;
  /** The first grid interval that is not simulated yet. */
  readonly next: number;
  readonly inputs: InputValues;
  /** The emulator's state, in base64; null before it is initialized. */
  readonly emulator: string | null;
  /** Null during a warm-up, which does not count for the KPIs. */
  readonly kpis: KpiAccount | null;
  readonly startTime: number;
  readonly endTime: number | null;
}

/** A slice of a run. */
export interface Slice {
  readonly run: Run;
  /** The samples to store; none for a step of 0 s. */
  readonly samples: Samples;
  /** The values of all points and `time` at the end of the slice. When the run is done, these are the current values. */
  readonly points: Readonly<Record<string, number>>;
}

/**
 * A run that initializes a test: from `max(startTime - warmupPeriod, 0)` to `startTime` (s), with no active input. Its
 * samples include the first one of the warm-up; its KPIs begin with the sample at `startTime`, the only one without a
 * warm-up.
 */
export function beginInitialize(
  testcase: TestCase,
  request: { readonly startTime: number; readonly warmupPeriod: number; readonly endTime: number | null },
): Run {
  const { warmupPeriod, endTime } = request;
  const startTime = request.startTime + 0; // −0 becomes 0, which JSON can hold
  const from = Math.max(startTime - warmupPeriod, 0);
  return {
    kind: "initialize",
    // Without a warm-up there is no interval, only the initial condition.
    grid: from < startTime ? gridBetween(from, startTime) : { start: startTime, length: 0, intervals: 0 },
    next: 0,
    inputs: releasedInputs(testcase),
    emulator: null,
    kpis: null,
    startTime,
    endTime,
  };
}

/**
 * A run that takes one step of `step` seconds (≥ 0) with constant `inputs`; it stops at the scenario's end. A step of 0
 * s simulates nothing: it has no sample, and keeps time and state. But it sets the inputs, and `points` shows their
 * immediate effect: the emulator computes one interval of no length for this, whose result is not kept.
 */
export function beginAdvance(_testcase: TestCase, snapshot: Snapshot, inputs: InputValues, step: number): Run {
  const { time, startTime, endTime, emulator, kpis } = snapshot;
  const isCut = endTime !== null && time + step > endTime;
  return {
    kind: "advance",
    grid: isCut ? gridBetween(time, Math.max(time, endTime)) : gridOver(time, step),
    next: 0,
    inputs,
    emulator,
    kpis,
    startTime,
    endTime,
  };
}

/** Whether the scenario's end is reached: no further step is possible. */
export function isAtEnd({ time, endTime }: Snapshot): boolean {
  return endTime !== null && time >= endTime;
}

/** Whether all intervals of the run are simulated. */
export function isDone(run: Run): boolean {
  return run.emulator !== null && run.next >= run.grid.intervals;
}

/**
 * Simulates at most `maxIntervals` (≥ 1) more intervals of a run. Rejects if the run is done, or with the emulator's
 * error. The run passed in does not change and can be tried again.
 */
export async function continueRun(testcase: TestCase, run: Run, maxIntervals: number): Promise<Slice> {
  if (isDone(run)) throw new Error("the run is done");
  const { grid, next, inputs } = run;
  const parts: Samples[] = [];
  let state: Uint8Array;
  if (run.emulator === null) {
    const initial = await testcase.emulator.initialize(grid.start);
    parts.push(initial.samples);
    state = initial.state;
  } else {
    state = fromBase64(run.emulator);
  }
  const to = Math.min(grid.intervals, next + Math.max(1, Math.floor(maxIntervals)));
  if (to > next) {
    const simulated = await testcase.emulator.advance(state, inputs, grid, next, to);
    parts.push(simulated.samples);
    if (grid.length > 0) state = simulated.state;
  }
  const all = concatSamples(parts);
  const samples = run.kind === "advance" && grid.length === 0 ? withoutRows(all) : all;
  const after: Run = { ...run, next: to, emulator: toBase64(state), kpis: foldKpis(testcase, run, samples, to) };
  return { run: after, samples, points: lastValues(all) };
}

/** The snapshot at the end of a run. Throws if it is not done. */
export function finish(_testcase: TestCase, run: Run): Snapshot {
  const { grid, inputs, emulator, kpis, startTime, endTime } = run;
  if (!isDone(run) || emulator === null || kpis === null) throw new Error("the run is not done");
  return { time: gridEnd(grid), startTime, endTime, inputs, emulator, kpis };
}

/** Of an initialization only the last sample counts: it opens the account. */
function foldKpis(testcase: TestCase, run: Run, samples: Samples, to: number): KpiAccount | null {
  if (run.kpis !== null) return account(testcase, run.kpis, samples);
  if (to < run.grid.intervals) return null;
  const last = sampleCount(samples) - 1;
  const atStart = { names: samples.names, columns: samples.columns.map((values) => values.subarray(last)) };
  return openAccount(testcase, atStart);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
