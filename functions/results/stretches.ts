import type { Objects } from "../platform/objects.ts";
import { type Samples, sampleCount, sliceByTime } from "../simulation/samples.ts";
import { readChunk, samplesOf } from "./chunk.ts";
import type { ResultsIndex } from "./read.ts";
import { SegmentMemory } from "./segment-memory.ts";

const memory = new SegmentMemory();

/** A part of a test's results that is read at once: a segment in S3, or a chunk from Redis. */
export interface Stretch {
  /** Times of the first and the last requested sample, s; both within the part. */
  readonly from: number;
  readonly to: number;
  /** Number of requested samples. For a segment that is requested in part, an estimate from evenly spaced samples. */
  readonly rows: number;
  /** Bytes to read from S3. */
  readonly bytes: number;
  /** Reads the requested samples, and no others. */
  read(): Promise<Samples>;
}

/**
 * Where the samples with `start ≤ time ≤ final` (s, may be infinite) are, in the order of time. Reads nothing from S3.
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
    const read = async () => sliceByTime(await memory.read(objects, ref), start, final);
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

export function rowsOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { rows }) => sum + rows, 0);
}

/** Reads the stretches one by one, each while the caller handles the one before: memory has two at a time. */
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
  // If the caller stops early, no other code handles the error.
  reading?.catch(() => {});
  return reading;
}
