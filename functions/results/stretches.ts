import type { Objects } from "../platform/objects.ts";
import { type Samples, sampleCount, sliceByTime } from "../simulation/samples.ts";
import { readChunk, samplesOf } from "./chunk.ts";
import type { ResultsIndex } from "./query.ts";
import { readSegment } from "./segment.ts";

/** A part of a test's results that is read as one: a segment in S3, or a chunk that came with the index. */
export interface Stretch {
  /** Time of the first and of the last sample asked for, s; both within the part. */
  readonly from: number;
  readonly to: number;
  /** How many samples are asked for; of a segment at either end, as if its samples were evenly spaced. */
  readonly rows: number;
  /** What must be read from S3 for them. */
  readonly bytes: number;
  /** The samples asked for, and no others. */
  read(): Promise<Samples>;
}

/**
 * Where the samples with `start ≤ time ≤ final` (s, may be infinite) are, in the order of time. Reads nothing yet, and
 * knows of a segment only what its reference tells.
 */
export function stretchesOf(objects: Objects, index: ResultsIndex, start: number, final: number): Stretch[] {
  const within = ({ from, to }: { from: number; to: number }) => ({
    from: Math.max(from, start),
    to: Math.min(to, final),
  });
  const overlaps = (range: { from: number; to: number }) => range.from <= final && range.to >= start && start <= final;
  const segments = index.segments.filter(overlaps).map((ref) => {
    const asked = within(ref);
    const share = ref.to > ref.from ? (asked.to - asked.from) / (ref.to - ref.from) : 1;
    const read = async () => sliceByTime(await readSegment(objects, ref), start, final);
    return { ...asked, rows: Math.ceil(share * ref.rows), bytes: ref.bytes, read };
  });
  const chunks = index.chunks.map(readChunk).filter(overlaps);
  return [
    ...segments,
    ...chunks.map((chunk) => {
      const samples = sliceByTime(samplesOf(chunk), start, final);
      return { ...within(chunk), rows: sampleCount(samples), bytes: 0, read: async () => samples };
    }),
  ];
}

/** How many samples stretches have together. */
export function rowsOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { rows }) => sum + rows, 0);
}

/** Reads stretches one after the other, each while the caller is at the one before: two are in memory at a time. */
export async function* readStretches(stretches: readonly Stretch[]): AsyncGenerator<Samples, undefined> {
  let next = begin(stretches[0]);
  for (let i = 1; next !== undefined; i++) {
    const samples = await next;
    next = begin(stretches[i]);
    yield samples;
  }
}

function begin(stretch: Stretch | undefined): Promise<Samples> | undefined {
  const reading = stretch?.read();
  // Whoever stops in between never asks how it ended.
  reading?.catch(() => {});
  return reading;
}
