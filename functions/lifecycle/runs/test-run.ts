/**
 * A run: the test advances by itself, at a multiple of real time. It is a field of the test's record, which commits alone
 * change. What it says of the wall clock is apart from the state, like the account of `time_rat`.
 */
export interface TestRun {
  /** The id of the request that began it. */
  readonly id: string;
  /** Simulated seconds for each second of the wall clock; `max`: as fast as workers go. */
  readonly speed: number | "max";
  readonly status: "running" | "paused" | "ended";
  /** Why it does not go on, a sentence; null while it is running. */
  readonly reason: string | null;
  /** No step goes past this time of the test (s); null for no such time. */
  readonly until: number | null;
  /** The scenario's end (s), which cuts the last step; null for none. */
  readonly endTime: number | null;
  /** Length of a step (s). It cannot be changed while the run is running. */
  readonly step: number;
  /** The wall clock (ms) at the beginning, and the test's time then (s). */
  readonly beganMs: number;
  readonly fromTime: number;
  /** The test's time (s), and how many steps the run has taken. */
  readonly time: number;
  readonly steps: number;
  /** Most steps of one commit. */
  readonly most: number;
  readonly late: Late;
}

/** The steps that came late. */
export interface Late {
  readonly steps: number;
  readonly mostMs: number;
  /** The newest, a part for each commit that had some. */
  readonly last: readonly LateSteps[];
}

/** Late steps of one commit. */
export interface LateSteps {
  /** The first of them, counted from 1, and their number. */
  readonly step: number;
  readonly steps: number;
  /** The test's time after the last of them, s. */
  readonly time: number;
  /** By how much the first one was late, ms. */
  readonly lateMs: number;
  /** The wall clock, ms. */
  readonly atMs: number;
}

export const NONE_LATE: Late = { steps: 0, mostMs: 0, last: [] };

/** A step is late if it is taken so much after it was due, ms: a doorbell is exact to half a second. */
export const LATE_MS = 2_000;
/** Most entries of `late.last`. */
const MAX_LATE_ENTRIES = 10;
/** A run that is behind by more than this is paused, ms. */
export const MAX_BEHIND_MS = 3_600_000;
/** The fastest and the slowest run. */
export const MAX_SPEED = 10_000;
export const MIN_SPEED = 0.001;

/** Most steps of one commit, and most computing time that they are estimated to take, ms. */
const MAX_STEPS = 500;
const MAX_COMPUTING_MS = 2_000;
/** SQS delays messages by whole seconds, 900 at most. */
const LONGEST_DELAY_MS = 900_000;
/** Messages of one run are so far apart at least, ms, unless a whole commit is due: what is due meanwhile is one commit. */
const APART_MS = 1_000;
/** Doubles are compared with so much tolerance, in steps. */
const TOLERANCE = 1e-6;

/** Most steps of one commit, by the emulator's declared cost (ms per simulated second). */
export function mostSteps(cost: number, stepSeconds: number): number {
  return Math.max(1, Math.min(MAX_STEPS, Math.floor(MAX_COMPUTING_MS / (cost * stepSeconds))));
}

/** How many steps are left: up to the end of the scenario, or to `until`. */
export function stepsLeft({
  time,
  step,
  until,
  endTime,
}: Pick<TestRun, "time" | "step" | "until" | "endTime">): number {
  const toEnd = endTime === null ? Number.POSITIVE_INFINITY : Math.ceil((endTime - time) / step - TOLERANCE);
  const toUntil = until === null ? Number.POSITIVE_INFINITY : Math.floor((until - time) / step + TOLERANCE);
  // A step that the end cuts may end before `until`, though a whole one would not.
  const isCutBefore = endTime !== null && until !== null && until >= endTime;
  return Math.max(0, isCutBefore ? toEnd : Math.min(toEnd, toUntil));
}

/**
 * When the wall clock comes to the end of a step (ms): then it is due. So the test is never ahead of the clock, and what
 * was set as an input during a step is taken with it. A run at `max` has been due since its beginning.
 *
 * @param after how many steps after the next one
 */
export function dueMs({ speed, beganMs, fromTime, time, step, endTime }: TestRun, after = 0): number {
  if (speed === "max") return beganMs;
  const end = Math.min(time + (after + 1) * step, endTime ?? Number.POSITIVE_INFINITY);
  return beganMs + ((end - fromTime) / speed) * 1000;
}

/** By how much the next step is late, ms; 0 for a run that is in time, or is not running. */
export function behindMs(run: TestRun, nowMs: number): number {
  if (run.status !== "running" || run.speed === "max") return 0;
  return Math.max(0, nowMs - dueMs(run));
}

/** How many of the next steps are due, 0 to `most`. */
export function stepsDue(run: TestRun, nowMs: number): number {
  const { speed, beganMs, fromTime, time, step, endTime } = run;
  const most = Math.min(run.most, stepsLeft(run));
  if (speed === "max") return most;
  const clock = fromTime + ((nowMs - beganMs) / 1000) * speed;
  if (endTime !== null && clock >= endTime) return most;
  return Math.min(most, Math.max(0, Math.floor((clock - time) / step + TOLERANCE)));
}

/**
 * In how many ms the doorbell for the next step is to come: whole seconds. It is rounded, and a worker that comes less
 * than half a second early waits.
 */
export function doorbellAfterMs(run: TestRun, nowMs: number): number {
  if (run.speed === "max") return 0;
  const isFast = (run.step / run.speed) * 1000 < APART_MS;
  // A full commit is due already: the run is behind.
  const leastMs = isFast && stepsDue(run, nowMs) < run.most ? APART_MS : 0;
  return Math.min(LONGEST_DELAY_MS, Math.max(leastMs, Math.round((dueMs(run) - nowMs) / 1000) * 1000));
}

/** The run after it has taken steps. @param end the test's time after them (s), and the wall clock (ms) */
export function afterSteps(run: TestRun, taken: number, { time, nowMs }: { time: number; nowMs: number }): TestRun {
  const after: TestRun = { ...run, time, steps: run.steps + taken, late: withLate(run, taken, nowMs, time) };
  if (stepsLeft(after) > 0) return after;
  const isEnd = run.endTime !== null && time >= run.endTime;
  return halted(after, "ended", isEnd ? `The scenario ended at ${time} s.` : `The run is at its end, ${run.until} s.`);
}

/** The run, paused or ended. One that is not running stays as it is. */
export function halted(run: TestRun, status: "paused" | "ended", reason: string): TestRun {
  return run.status === "running" ? { ...run, status, reason } : run;
}

function withLate(run: TestRun, taken: number, nowMs: number, time: number): Late {
  if (run.speed === "max") return run.late;
  let steps = 0;
  while (steps < taken && nowMs - dueMs(run, steps) > LATE_MS) steps++;
  if (steps === 0) return run.late;
  const lateMs = Math.round(nowMs - dueMs(run));
  const part = { step: run.steps + 1, steps, time: steps === taken ? time : run.time + steps * run.step, lateMs };
  return {
    steps: run.late.steps + steps,
    mostMs: Math.max(run.late.mostMs, lateMs),
    last: [...run.late.last, { ...part, atMs: nowMs }].slice(-MAX_LATE_ENTRIES),
  };
}

/** A run as clients see it: times of the test and durations in s, the wall clock as ISO 8601. */
export function describeRun(run: TestRun, nowMs: number): object {
  const { status, reason, speed, until, beganMs, time, step, steps, late } = run;
  const at = (ms: number) => new Date(ms).toISOString();
  const isTimed = status === "running" && speed !== "max";
  return {
    status,
    reason,
    speed,
    until,
    began: at(beganMs),
    time,
    step,
    steps,
    next: isTimed ? at(dueMs(run)) : null,
    behind: behindMs(run, nowMs) / 1000,
    late: {
      steps: late.steps,
      most: late.mostMs / 1000,
      last: late.last.map(({ lateMs, atMs, ...part }) => ({ ...part, late: lateMs / 1000, at: at(atMs) })),
    },
  };
}
