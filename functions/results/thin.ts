import type { Samples } from "../simulation/samples.ts";
import { readStretches, type Stretch } from "./stretches.ts";

/** Columns by name, `time` first; null where there is no value. */
export type ThinColumns = Record<string, (number | null)[]>;

/** Of one point in one part of the time: the smallest and the largest value, and the rows where they are. */
interface Extremes {
  low: number;
  high: number;
  lowAt: number;
  highAt: number;
}

/** One part of the time: its first and last sample's times, s, and the extremes of each point. */
interface Part {
  readonly first: number;
  last: number;
  readonly extremes: readonly Extremes[];
}

/**
 * Samples thinned for a plot: at most `rows` rows. The time is cut into equal parts, and each part with more than one
 * sample gives two rows, at its first and its last sample's time, with each point's smallest and largest value in the
 * order in which they came. So no peak is lost, and nothing moves by more than a part's length.
 *
 * @param names the points, without `time`
 * @param rows 2 at least
 */
export async function thin(
  stretches: readonly Stretch[],
  names: readonly string[],
  rows: number,
): Promise<ThinColumns> {
  const from = stretches[0]?.from ?? 0;
  const to = stretches.at(-1)?.to ?? 0;
  const parts: (Part | undefined)[] = new Array(Math.floor(rows / 2)).fill(undefined);
  const perSecond = to > from ? parts.length / (to - from) : 0;
  let row = 0;
  for await (const samples of readStretches(stretches)) {
    const columns = names.map((name) => columnOf(samples, name));
    const times = columnOf(samples, "time");
    for (let i = 0; i < times.length; i++, row++) {
      const time = times[i] ?? Number.NaN;
      const index = Math.min(parts.length - 1, Math.floor((time - from) * perSecond));
      const part = parts[index] ?? { first: time, last: time, extremes: names.map(nothing) };
      parts[index] = part;
      part.last = time;
      for (let c = 0; c < columns.length; c++) widen(part.extremes[c], columns[c]?.[i], row);
    }
  }
  return write(parts, names);
}

function nothing(): Extremes {
  return { low: Number.NaN, high: Number.NaN, lowAt: 0, highAt: 0 };
}

function widen(extremes: Extremes | undefined, value: number | undefined, row: number): void {
  if (extremes === undefined || value === undefined || Number.isNaN(value)) return;
  if (!(value >= extremes.low)) {
    extremes.low = value;
    extremes.lowAt = row;
  }
  if (!(value <= extremes.high)) {
    extremes.high = value;
    extremes.highAt = row;
  }
}

function write(parts: readonly (Part | undefined)[], names: readonly string[]): ThinColumns {
  const time: (number | null)[] = [];
  const columns = names.map((): (number | null)[] => []);
  for (const part of parts) {
    if (part === undefined) continue;
    const isOne = part.first === part.last;
    time.push(part.first);
    if (!isOne) time.push(part.last);
    part.extremes.forEach(({ low, high, lowAt, highAt }, c) => {
      const inOrder = lowAt <= highAt ? [low, high] : [high, low];
      for (const value of isOne ? [low] : inOrder) columns[c]?.push(Number.isNaN(value) ? null : value);
    });
  }
  return { time, ...Object.fromEntries(names.map((name, c) => [name, columns[c] ?? []])) };
}

function columnOf(samples: Samples, name: string): Float64Array {
  return samples.columns[samples.names.indexOf(name)] ?? new Float64Array(0);
}
