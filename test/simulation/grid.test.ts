import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gridBetween, gridEnd, gridOver, gridTime } from "../../functions/simulation/grid.ts";

describe("a sampling grid", () => {
  it.each([
    [0, 1],
    [0.5, 1],
    [29.9, 1],
    [30, 1],
    [59.9, 1],
    [60, 2],
    [101, 3],
    [3600, 120],
    [86400, 2880],
  ])("over %d s has %d intervals", (length, intervals) => {
    expect(gridOver(7, length).intervals).toBe(intervals);
  });

  it("has equal intervals", () => {
    const grid = gridOver(1000, 101);
    expect([0, 1, 2, 3].map((i) => gridTime(grid, i))).toEqual([1000, 1000 + 101 / 3, 1000 + 202 / 3, 1101]);
  });

  it("ends at start + length exactly", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 3e9, noNaN: true }),
        fc.double({ min: 0, max: 3.2e7, noNaN: true }),
        (start, length) => {
          expect(gridEnd(gridOver(start, length))).toBe(start + length);
        },
      ),
    );
  });

  it("from any time to a full second ends there exactly", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 3_153_600_000 }),
        (part, end) => {
          expect(gridEnd(gridBetween(part * end, end))).toBe(end);
        },
      ),
      { numRuns: 2000 },
    );
    // a tie: the rounded difference is half a bit too long
    expect(gridEnd(gridBetween(2 ** -30, 2 ** 23 + 1))).toBe(2 ** 23 + 1);
  });

  it("has no negative length", () => {
    expect(gridBetween(10, 5)).toEqual({ start: 10, length: 0, intervals: 1 });
  });
});
