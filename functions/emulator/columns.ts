import type { Samples } from "../simulation/samples.ts";

/** Samples of a stretch as a model's process gives them. */
export interface Rows {
  /** Of each row, s. */
  readonly times: Float64Array;
  /** Row by row, without the times. */
  readonly rows: Float64Array;
}

/** Samples of stretches that follow one another, column by column: `names[0]` is the time. */
export function inColumns(names: readonly string[], parts: readonly Rows[]): Samples {
  const total = parts.reduce((sum, { times }) => sum + times.length, 0);
  const columns = names.map(() => new Float64Array(total));
  let begin = 0;
  for (const { times, rows } of parts) {
    columns[0]?.set(times, begin);
    columns.slice(1).forEach((column, place) => {
      copyColumn(rows, place, names.length - 1, column, begin);
    });
    begin += times.length;
  }
  return { names, columns };
}

/** Copies halves of numbers: an engine may change a NaN's payload when it reads one. A plain loop, for there are millions of them. */
function copyColumn(rows: Float64Array, place: number, width: number, into: Float64Array, begin: number): void {
  const from = new Uint32Array(rows.buffer, rows.byteOffset, 2 * rows.length);
  const to = new Uint32Array(into.buffer, into.byteOffset, 2 * into.length);
  for (let at = 2 * place, end = 2 * begin; at < from.length; at += 2 * width, end += 2) {
    to[end] = from[at] as number;
    to[end + 1] = from[at + 1] as number;
  }
}
