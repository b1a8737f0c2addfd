import type { Grid } from "./emulator.ts";

/** The shortest sampling interval (s), unless the whole step is shorter. */
export const SAMPLE_SECONDS = 30;

/**
 * The sampling grid from `start` over `length` seconds: `max(1, floor(length / 30))` equal intervals, so 101 s has 3 of
 * 33.67 s. A length of 0 s has one interval of 0 s.
 */
export function gridOver(start: number, length: number): Grid {
  return { start, length, intervals: Math.max(1, Math.floor(length / SAMPLE_SECONDS)) };
}

/**
 * The sampling grid from `start` to `end`. Its last point is exactly `end` if that is a whole number of seconds: `end -
 * start` may round, but adding `start` rounds back.
 */
export function gridBetween(start: number, end: number): Grid {
  return gridOver(start, Math.max(0, end - start));
}

/**
 * Time (s) of grid point `index`, 0 … `intervals`. It is computed from the start, so that errors do not add up. The
 * last point is exactly `start + length`; `start + n * length / n` would sometimes differ by a rounding error.
 */
export function gridTime(grid: Grid, index: number): number {
  if (index === grid.intervals) return grid.start + grid.length;
  return grid.start + (index * grid.length) / grid.intervals;
}

/** Time (s) at which the grid ends. */
export function gridEnd(grid: Grid): number {
  return gridTime(grid, grid.intervals);
}
