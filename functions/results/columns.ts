import { setImmediate as nextTurn } from "node:timers/promises";
import type { Samples } from "../simulation/samples.ts";
import { readStretches, rowsOf, type Stretch } from "./stretches.ts";

/** Values written without a break: one or two milliseconds. Then other work of this process gets its turn. */
const PIECE_VALUES = 8192;
/** Values that memory keeps for later columns while one column is written: 64 MB. Other columns are read again. */
const KEPT_VALUES = 8_000_000;

/**
 * Writes the points' samples as a JSON object of lists of numbers, in pieces. It writes column by column; each column
 * needs a walk over the stretches, but short columns share one. The memory that this takes does not grow with the
 * number of samples.
 */
export async function* writeColumns(
  stretches: readonly Stretch[],
  names: readonly string[],
): AsyncGenerator<string, undefined> {
  const perWalk = columnsPerWalk(rowsOf(stretches));
  for (let i = 0; i < names.length; i += perWalk) {
    const [first, ...kept] = names.slice(i, i + perWalk).map((name) => ({ name, parts: [] as Float64Array[] }));
    if (first === undefined) break;
    yield `${i === 0 ? "{" : ","}${JSON.stringify(first.name)}:[`;
    yield* writeLists(walk(stretches, first.name, kept));
    for (const { name, parts } of kept) {
      yield `],${JSON.stringify(name)}:[`;
      yield* writeLists(parts);
    }
    yield "]";
  }
  yield names.length === 0 ? "{}" : "}";
}

/** How many walks over the stretches so many columns of so many rows take. */
export function walksOf(rows: number, columns: number): number {
  return Math.ceil(columns / columnsPerWalk(rows));
}

function columnsPerWalk(rows: number): number {
  return 1 + Math.floor(KEPT_VALUES / Math.max(1, rows));
}

/** Yields a column stretch by stretch, and collects the other columns' values on the way. */
async function* walk(
  stretches: readonly Stretch[],
  name: string,
  others: readonly { readonly name: string; readonly parts: Float64Array[] }[],
): AsyncGenerator<Float64Array, undefined> {
  for await (const samples of readStretches(stretches)) {
    for (const other of others) other.parts.push(valuesOf(samples, other.name));
    yield valuesOf(samples, name);
  }
}

/** Numbers separated by commas. */
async function* writeLists(
  lists: Iterable<Float64Array> | AsyncIterable<Float64Array>,
): AsyncGenerator<string, undefined> {
  let comma = "";
  for await (const values of lists) {
    for (let at = 0; at < values.length; at += PIECE_VALUES) {
      const text = values.subarray(at, at + PIECE_VALUES).join(",");
      // Boundary data may have gaps, and JSON has no NaN.
      yield comma + (text.includes("NaN") ? text.replaceAll("NaN", "null") : text);
      comma = ",";
      await nextTurn();
    }
  }
}

function valuesOf(samples: Samples, name: string): Float64Array {
  return samples.columns[samples.names.indexOf(name)] ?? new Float64Array(0);
}
