import type { Grid } from "./emulator.ts";

/** The shortest sampling interval (s), except for stretches that are shorter themselves. */
const SAMPLE_SECONDS = 30;

/**
 * The sampling grid of a stretch from `start` over `length` seconds: `max(1, floor(length / 30))` equal intervals,
 * so 101 s has 3 of 33.67 s. A stretch of 0 s has one interval of 0 s.
 */
export function gridOver(start: number, length: number): Grid {
  return { start, length, intervals: Math.max(1, Math.floor(length / SAMPLE_SECONDS)) };
}

/** The sampling grid from `start` to `end`, whose last point is `end` to the last bit. */
export function gridBetween(start: number, end: number): Grid {
  return gridOver(start, lengthBetween(start, end));
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

/**
 * A length with `start + length === end` in floating point. `end - start` alone rounds, and on a tie the sum can
 * land beside `end`: then one of the two neighbouring lengths does it.
 */
function lengthBetween(start: number, end: number): number {
  const length = Math.max(0, end - start);
  for (const candidate of [length, length * (1 + Number.EPSILON), length * (1 - Number.EPSILON)]) {
    if (start + candidate === end) return candidate;
  }
  return length;
}
