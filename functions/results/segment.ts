import { createHash } from "node:crypto";
import { type Objects, objectKeys } from "../platform/objects.ts";
import { decodeSamples, encodeSamples, type Samples, sampleCount } from "../simulation/samples.ts";

/** Refers to results in S3: an object that never changes, named by its lineage and the hash of its content. */
export interface SegmentRef {
  readonly key: string;
  /** Times of the first and the last sample, s. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Stores samples as a segment. The key follows from the content, so a step that is repeated after a crash finds its
 * segment.
 */
export async function putSegment(objects: Objects, lineage: string, samples: Samples): Promise<SegmentRef> {
  const bytes = encodeSamples(samples);
  const hash = createHash("sha256").update(bytes).digest("hex");
  const key = objectKeys.segment(lineage, hash);
  await objects.create(key, bytes);
  const times = samples.columns[0];
  const rows = sampleCount(samples);
  return { key, from: times?.[0] ?? 0, to: times?.[rows - 1] ?? 0, rows, bytes: bytes.length };
}

/**
 * Reads a segment.
 * @throws Error if it is missing, or its content does not match the hash in its key
 */
export async function readSegment(objects: Objects, ref: SegmentRef): Promise<Samples> {
  const bytes = await objects.read(ref.key);
  if (bytes === undefined) throw new Error(`The result segment ${ref.key} is missing`);
  const hash = createHash("sha256").update(bytes).digest("hex");
  if (!ref.key.endsWith(`/${hash}`)) throw new Error(`The result segment ${ref.key} is damaged`);
  return decodeSamples(bytes);
}
