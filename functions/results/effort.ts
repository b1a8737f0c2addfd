import { walksOf } from "./columns.ts";
import { rowsOf, type Stretch } from "./stretches.ts";

/**
 * The limit for one answer, in written values: what a function of 512 MB, which has 0.29 of a core, can do within API
 * Gateway's 30 s. A whole core writes and compresses 2.7 million noisy values per second.
 */
const MAX_VALUES = 12_000_000;
/** Cost of reading a value from S3, in written values: 8 bytes at 40 MB/s, hashed and copied. */
const READING = 1 / 4;

/**
 * Up to which time (s) one answer can give so many columns of these stretches.
 * @returns undefined if it can give all
 */
export function longestInTime(stretches: readonly Stretch[], columns: number): number | undefined {
  const walks = walksOf(rowsOf(stretches), columns);
  let left = MAX_VALUES;
  let reached = stretches[0]?.from ?? 0;
  for (const { from, to, rows, bytes } of stretches) {
    left -= (READING * walks * bytes) / Float64Array.BYTES_PER_ELEMENT;
    if (left < 0) return reached;
    const writing = rows * columns;
    if (writing > left) return from + ((to - from) * left) / writing;
    left -= writing;
    reached = to;
  }
  return undefined;
}
