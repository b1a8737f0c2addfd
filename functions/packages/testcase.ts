import {
  type BoundaryData,
  type BoundarySeries,
  boundaryData,
  type Signal,
  YEAR_SECONDS,
} from "../simulation/boundary.ts";
import type { Emulator } from "../simulation/emulator.ts";
import type { TestCase } from "../simulation/testcase.ts";
import { decodeDoubles } from "./boundary-columns.ts";
import type { BoundaryColumn, Manifest } from "./manifest.ts";
import type { Model } from "./model.ts";

/**
 * The test case that a package is, under the name that it was uploaded by.
 * @param emulator what computes the package's model
 */
export function testCaseOf(
  manifest: Omit<Manifest, "layout" | "fmu" | "model" | "verdict"> & { readonly model: Pick<Model, "inputs"> },
  id: string,
  emulator: Emulator,
): TestCase {
  const { hash, area, defaults, days, inputs, measurements, kpiMap, boundary, model } = manifest;
  const starts = model.inputs.flatMap(({ name, start }) => (start === undefined ? [] : [[name, start] as const]));
  return {
    id,
    version: hash,
    area,
    defaults,
    days,
    inputs,
    ...(starts.length === 0 ? {} : { starts: Object.fromEntries(starts) }),
    measurements,
    kpiMap,
    boundary: boundaryOf(boundary),
    emulator,
  };
}

/** Columns are decoded when they are first used. Most never are. */
function boundaryOf(columns: readonly BoundaryColumn[]): BoundaryData {
  const known = new Map<string, Float64Array>();
  const timesOf = (text: string): Float64Array => {
    const times = known.get(text) ?? decodeDoubles(text);
    known.set(text, times);
    return times;
  };
  return boundaryData(
    columns.map((column): BoundarySeries => {
      const { point, Unit, Description, between } = column;
      let signal: Signal | undefined;
      return {
        point,
        Unit,
        Description,
        signal: (time) => {
          signal ??= tabulated(timesOf(column.times), decodeDoubles(column.values), between);
          return signal(time);
        },
      };
    }),
  );
}

/**
 * A table over one year, with rising times: each value is held until the next, or interpolated linearly between two. After the
 * last row the next year begins, with the table's value at time 0.
 */
export function tabulated(times: Float64Array, values: Float64Array, between: BoundaryColumn["between"]): Signal {
  const find = finder(times);
  const interpolate = (time: number, atZero: number): number => {
    const index = find(time);
    const before = values[index] as number;
    const start = times[index] as number;
    if (between === "held" || time === start) return before;
    const isLast = index === times.length - 1;
    const end = isLast ? YEAR_SECONDS : (times[index + 1] as number);
    const after = isLast ? atZero : (values[index + 1] as number);
    return before + (after - before) * ((time - start) / (end - start));
  };
  // A table that ends at time 0 keeps its last value.
  const atZero = interpolate(0, values.at(-1) as number);
  return (time) => interpolate(time, atZero);
}

/** Finds the last row that is not after a time. Times mostly come in order, so it looks first at its last place and the next. */
function finder(times: Float64Array): (time: number) => number {
  let last = 0;
  const holds = (index: number, time: number) =>
    (times[index] as number) <= time && (index + 1 >= times.length || (times[index + 1] as number) > time);
  return (time) => {
    if (holds(last, time)) return last;
    if (last + 1 < times.length && holds(last + 1, time)) return ++last;
    let low = 0;
    let high = times.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) <= time) low = middle;
      else high = middle;
    }
    last = low;
    return low;
  };
}
