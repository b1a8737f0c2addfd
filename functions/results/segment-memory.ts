import type { Objects } from "../platform/objects.ts";
import { Recent } from "../platform/recent.ts";
import type { Samples } from "../simulation/samples.ts";
import { readSegment, type SegmentRef } from "./segment.ts";

/** What all remembered segments of a process may take, bytes. */
const MAX_BYTES = 16 * 1024 ** 2;

/**
 * Segments that a process has read last, decoded: who reads one window of a test's results mostly reads the next one, from the
 * same segment. Segments never change, so what is remembered is what would be read again.
 */
export class SegmentMemory {
  readonly #segments: Recent<Samples>;

  constructor(maxBytes = MAX_BYTES) {
    this.#segments = new Recent(maxBytes, bytesOf);
  }

  get bytes(): number {
    return this.#segments.bytes;
  }

  /** The samples of a segment, which are not to be changed. @throws as {@link readSegment} does */
  async read(objects: Objects, ref: SegmentRef): Promise<Samples> {
    const known = this.#segments.get(ref.key);
    if (known !== undefined) return known;
    const samples = await readSegment(objects, ref);
    this.#segments.set(ref.key, samples);
    return samples;
  }
}

function bytesOf({ columns }: Samples): number {
  return columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
