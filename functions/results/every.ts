import type { Samples } from "../simulation/samples.ts";
import type { Stretch } from "./stretches.ts";

/** A sample this part of an interval before a multiple counts as at it: times are sums of binary fractions. */
const TOLERANCE = 1e-9;

/**
 * Stretches with one sample for each interval: the first at or after `origin + k × interval`, for each whole k. Samples are
 * taken as they are, at their own times; nothing is interpolated.
 *
 * @param origin s; where it is infinite, the first sample's time
 * @param interval s, above 0
 */
export function onePerInterval(stretches: readonly Stretch[], origin: number, interval: number): readonly Stretch[] {
  const start = Number.isFinite(origin) ? origin : (stretches[0]?.from ?? 0);
  const cellOf = (time: number) => Math.floor((time - start) / interval + TOLERANCE);
  return stretches.map((stretch, i) => {
    const before = stretches[i - 1];
    const taken = before === undefined ? Number.NEGATIVE_INFINITY : cellOf(before.to);
    return {
      ...stretch,
      rows: Math.min(stretch.rows, cellOf(stretch.to) - cellOf(stretch.from) + 1),
      read: async () => firstOfCells(await stretch.read(), cellOf, taken),
    };
  });
}

function firstOfCells(samples: Samples, cellOf: (time: number) => number, taken: number): Samples {
  const rows: number[] = [];
  let last = taken;
  const times = samples.columns[0] ?? new Float64Array(0);
  for (const [row, time] of times.entries()) {
    const cell = cellOf(time);
    if (cell > last) rows.push(row);
    last = Math.max(last, cell);
  }
  const columns = samples.columns.map((column) => Float64Array.from(rows, (row) => column[row] ?? Number.NaN));
  return { names: samples.names, columns };
}
