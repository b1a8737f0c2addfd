import { PEAKS } from "./plan.ts";

const BIN_SECONDS = 900;

/** The highest mean power of a 15-minute bin so far: a plain value. Powers in W, in the order of `PEAKS`. */
export interface PeakAccount {
  /** The current bin: `[start + 900 · bin, start + 900 · (bin + 1))`. */
  readonly bin: number;
  /** Number of samples in it, and the sums of their powers. */
  readonly count: number;
  readonly sums: readonly number[];
  /** Highest means of the bins before it; null before the first bin is complete. */
  readonly highest: readonly (number | null)[];
}

export const noPeaks: PeakAccount = { bin: 0, count: 0, sums: PEAKS.map(() => 0), highest: PEAKS.map(() => null) };

/** Adds samples: `times` (s, rising) and the powers (W) at these times. `start` (s) is where the first bin begins. */
export function addToPeaks(
  account: PeakAccount,
  start: number,
  times: Float64Array,
  powers: readonly Float64Array[],
): PeakAccount {
  let { bin, count } = account;
  const sums = [...account.sums];
  let highest = account.highest;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    if (time >= start + BIN_SECONDS * (bin + 1)) {
      highest = highestMeans({ bin, count, sums, highest });
      bin = binOf(start, time);
      count = 0;
      sums.fill(0);
    }
    count++;
    for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) + (powers[k]?.[i] ?? 0);
  }
  return { bin, count, sums, highest };
}

/** The highest mean powers (W), including the current bin; null without samples. */
export function highestMeans({ count, sums, highest }: PeakAccount): (number | null)[] {
  return highest.map((before, k) => {
    if (count === 0) return before;
    const mean = (sums[k] ?? 0) / count;
    return before === null || mean > before ? mean : before;
  });
}

/** The bin of `time`. Compares with the borders themselves, so that rounding of `time - start` moves no sample. */
function binOf(start: number, time: number): number {
  const bin = Math.floor((time - start) / BIN_SECONDS);
  if (time >= start + BIN_SECONDS * (bin + 1)) return bin + 1;
  return time < start + BIN_SECONDS * bin ? bin - 1 : bin;
}
