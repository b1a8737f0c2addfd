import { describe, expect, it } from "vitest";
import {
  afterSteps,
  behindMs,
  describeRun,
  doorbellAfterMs,
  dueMs,
  halted,
  mostSteps,
  NONE_LATE,
  stepsDue,
  stepsLeft,
  type TestRun,
} from "../../../functions/lifecycle/runs/test-run.ts";

const BEGAN = Date.UTC(2026, 0, 1);
/** Steps of 60 s at speed 60: one a second. */
const RUN: TestRun = {
  id: "1-0",
  speed: 60,
  status: "running",
  reason: null,
  until: null,
  endTime: null,
  step: 60,
  beganMs: BEGAN,
  fromTime: 3600,
  time: 3600,
  steps: 0,
  most: 500,
  late: NONE_LATE,
};

describe("a step of a run", () => {
  it("is due when the clock comes to its end", () => {
    expect(dueMs(RUN)).toBe(BEGAN + 1000);
    expect(dueMs(RUN, 2)).toBe(BEGAN + 3000);
    expect([999, 1000, 1999, 2000].map((ms) => stepsDue(RUN, BEGAN + ms))).toEqual([0, 1, 1, 2]);
  });

  it("is due by the beginning of the run, whatever came late: drift does not add up", () => {
    const late = afterSteps(RUN, 1, { time: 3660, nowMs: BEGAN + 1900 });
    expect(dueMs(late)).toBe(BEGAN + 2000);
    expect(behindMs(late, BEGAN + 1900)).toBe(0);
    expect(behindMs(late, BEGAN + 2300)).toBe(300);
  });

  it("is due at once at speed max, and never behind", () => {
    const run: TestRun = { ...RUN, speed: "max" };
    expect([stepsDue(run, BEGAN), doorbellAfterMs(run, BEGAN), behindMs(run, BEGAN + 1e9)]).toEqual([500, 0, 0]);
  });

  it("that the scenario's end cuts is due when the clock is there", () => {
    const run: TestRun = { ...RUN, endTime: 3630 };
    expect(dueMs(run)).toBe(BEGAN + 500);
    expect([stepsLeft(run), stepsDue(run, BEGAN + 499), stepsDue(run, BEGAN + 500)]).toEqual([1, 0, 1]);
  });
});

describe("how many steps one commit takes", () => {
  it("is bounded by their computing time, and one at least", () => {
    expect([mostSteps(1e-6, 60), mostSteps(1, 60), mostSteps(1000, 60)]).toEqual([500, 33, 1]);
    expect(stepsDue({ ...RUN, most: 33 }, BEGAN + 3_000_000)).toBe(33);
  });

  it("is what is left to the end or to `until`, which none goes past", () => {
    expect(stepsLeft({ ...RUN, until: 3779 })).toBe(2);
    expect(stepsLeft({ ...RUN, until: 3780 })).toBe(3);
    expect(stepsLeft({ ...RUN, until: 3700, endTime: 3690 })).toBe(2);
    expect(stepsDue({ ...RUN, until: 3779 }, BEGAN + 60_000)).toBe(2);
  });
});

describe("the doorbell for the next step", () => {
  it("comes in whole seconds, rounded", () => {
    expect(doorbellAfterMs(RUN, BEGAN + 40)).toBe(1000);
    expect(doorbellAfterMs(RUN, BEGAN + 600)).toBe(0);
    expect(doorbellAfterMs({ ...RUN, speed: 12 }, BEGAN + 600)).toBe(4000);
  });

  it("comes a second later at the earliest where steps are less than a second apart, some due or none", () => {
    expect(doorbellAfterMs({ ...RUN, speed: 600 }, BEGAN)).toBe(1000);
    expect(doorbellAfterMs({ ...RUN, speed: 600 }, BEGAN + 350)).toBe(1000);
  });

  it("comes at once where the run is behind", () => {
    expect(doorbellAfterMs(RUN, BEGAN + 1200)).toBe(0);
    expect(doorbellAfterMs({ ...RUN, speed: 600, most: 3 }, BEGAN + 350)).toBe(0);
  });

  it("comes after 900 s at the latest, as SQS has it", () => {
    expect(doorbellAfterMs({ ...RUN, speed: 0.001 }, BEGAN)).toBe(900_000);
  });
});

describe("a run that has taken steps", () => {
  it("tells which came more than 2 s late, and by how much", () => {
    // Due after 1, 2, 3, … 10 s; taken after 8.5 s.
    const after = afterSteps(RUN, 8, { time: 4080, nowMs: BEGAN + 8500 });
    expect(after).toMatchObject({ steps: 8, time: 4080, status: "running" });
    expect(after.late).toEqual({
      steps: 6,
      mostMs: 7500,
      last: [{ step: 1, steps: 6, time: 3960, lateMs: 7500, atMs: BEGAN + 8500 }],
    });
  });

  it("keeps the newest ten parts of late steps, and counts them all", () => {
    let run = RUN;
    for (let i = 1; i <= 12; i++) run = afterSteps(run, 1, { time: 3600 + 60 * i, nowMs: BEGAN + i * 1000 + 3000 });
    expect([run.late.steps, run.late.last.length, run.late.last[0]?.step]).toEqual([12, 10, 3]);
  });

  it("ends with the last one, and says why", () => {
    expect(afterSteps({ ...RUN, until: 3700 }, 1, { time: 3660, nowMs: BEGAN + 1000 })).toMatchObject({
      status: "ended",
      reason: "The run is at its end, 3700 s.",
    });
    expect(afterSteps({ ...RUN, endTime: 3660 }, 1, { time: 3660, nowMs: BEGAN + 1000 })).toMatchObject({
      status: "ended",
      reason: "The scenario ended at 3660 s.",
    });
  });

  it("keeps the reason for which it was halted first", () => {
    const paused = halted(RUN, "paused", "first");
    expect(halted(paused, "ended", "second")).toBe(paused);
    expect(behindMs(paused, BEGAN + 1e9)).toBe(0);
  });

  it("is told in seconds and ISO 8601", () => {
    expect(describeRun(RUN, BEGAN + 1500)).toEqual({
      status: "running",
      reason: null,
      speed: 60,
      until: null,
      began: "2026-01-01T00:00:00.000Z",
      time: 3600,
      step: 60,
      steps: 0,
      next: "2026-01-01T00:00:01.000Z",
      behind: 0.5,
      late: { steps: 0, most: 0, last: [] },
    });
  });
});
