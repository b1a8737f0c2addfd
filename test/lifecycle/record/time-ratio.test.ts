import { describe, expect, it } from "vitest";
import { countAdvance, NO_TIMING, timeRatio } from "../../../functions/lifecycle/record/record.ts";

describe("time_rat", () => {
  it("is null before the second advance", () => {
    expect(timeRatio(NO_TIMING)).toBeNull();
    expect(timeRatio(countAdvance(NO_TIMING, 1000, 2000, 60))).toBeNull();
  });

  it("is the mean over advances of the time from one's end to the next's arrival, over the step then in force", () => {
    const first = countAdvance(NO_TIMING, 0, 1000, 60);
    const second = countAdvance(first, 7000, 8000, 60); // 6 s of 60 s
    const third = countAdvance(second, 11_000, 12_000, 10); // 3 s of 10 s
    expect(timeRatio(second)).toBeCloseTo(0.1, 12);
    expect(timeRatio(third)).toBeCloseTo(0.2, 12);
  });

  it("counts a time below zero as zero: clocks of processes disagree", () => {
    expect(timeRatio(countAdvance({ endedMs: 5000, ratioSum: 0, ratios: 0 }, 4000, 6000, 60))).toBe(0);
  });

  it("does not count a step of 0 s, but goes on from its end", () => {
    const zero = countAdvance({ endedMs: 1000, ratioSum: 0, ratios: 0 }, 2000, 3000, 0);
    expect(zero).toEqual({ endedMs: 3000, ratioSum: 0, ratios: 0 });
  });
});
