import { walksOf } from "./columns.ts";
import { rowsOf, type Stretch } from "./stretches.ts";

/**
 * What one answer may take, in values written: what is done within API Gateway's 30 s by a function of 512 MB, which has
 * 0.29 of a core. A whole core writes and compresses 2.7 million noisy values a second.
 */
const MOST = 12_000_000;
/** Reading a value from S3, in values written: 8 bytes at 40 MB/s, hashed and copied. */
const READING = 1 / 4;

/**
 * Up to which time (s) so many columns of these stretches can be written in time, from where the stretches begin.
 * @returns undefined if all can
 */
export function longestInTime(stretches: readonly Stretch[], columns: number): number | undefined {
  const walks = walksOf(rowsOf(stretches), columns);
  let left = MOST;
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
