import type { Grid } from "./emulator.ts";

/** The shortest sampling interval (s), except for stretches that are shorter themselves. */
export const SAMPLE_SECONDS = 30;

/**
 * The sampling grid of a stretch from `start` over `length` seconds: `max(1, floor(length / 30))` equal intervals,
 * so 101 s has 3 of 33.67 s. A stretch of 0 s has one interval of 0 s.
 */
export function gridOver(start: number, length: number): Grid {
  return { start, length, intervals: Math.max(1, Math.floor(length / SAMPLE_SECONDS)) };
}

/**
 * The sampling grid from `start` to `end`. Its last point is `end` to the last bit if that is a whole number of seconds:
 * `end - start` may round, but adding `start` rounds back, to even on a tie, which `end` is.
 */
export function gridBetween(start: number, end: number): Grid {
  return gridOver(start, Math.max(0, end - start));
}

/**
 * Time (s) of grid point `index`, 0 … `intervals`. Always computed from the start, so that errors do not add up;
 * the last point is exactly `start + length`, which `start + n * length / n` would miss by a rounding now and then.
 */
export function gridTime(grid: Grid, index: number): number {
  if (index === grid.intervals) return grid.start + grid.length;
  return grid.start + (index * grid.length) / grid.intervals;
}

/** Time (s) at which the grid ends. */
export function gridEnd(grid: Grid): number {
  return gridTime(grid, grid.intervals);
}
