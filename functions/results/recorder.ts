import { keys } from "../platform/keys.ts";
import type { Objects } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { concatSamples, type Samples, sampleCount } from "../simulation/samples.ts";
import { makeChunk, readChunk, samplesOf, writeChunk } from "./chunk.ts";
import { putSegment, readSegment, type SegmentRef } from "./segment.ts";

/**
 * Once the result chunks of a test in Redis have come to this size together, bytes of text, the next step moves them into
 * a segment, its own with them: whoever enqueues it knows that without computing it. One that comes to as much alone is
 * put into a segment at once; what it comes to at the most is known, too.
 */
export const TAIL_BYTES = 256 * 1024;
/** The samples of a long step are put into segments of about this size, bytes, so that memory stays bounded. */
const SEGMENT_BYTES = 8 * 1024 * 1024;

/** Where a test's results stand before a step. */
export interface ResultsBefore {
  readonly testid: string;
  readonly revision: number;
  /** The lineage in which segments are written. */
  readonly lineage: string;
  /** Bytes of the chunks in Redis, or 0 where the step starts a new lineage and drops them. */
  readonly tailBytes: number;
}

/** What a step's samples come to: to be applied in its commit. */
export interface Recorded {
  readonly mode: "keep" | "clear";
  /** One, or none where there are no samples or they are in a segment. */
  readonly chunks: readonly string[];
  readonly segments: readonly string[];
  readonly tailBytes: number;
}

/** Takes a step's samples while they are made, and puts them into S3 where they are too many for Redis. */
export class Recorder {
  readonly #redis: Redis;
  readonly #objects: Objects;
  readonly #before: ResultsBefore;
  readonly #segments: SegmentRef[];
  #buffer: Samples[];
  #bufferBytes = 0;

  constructor(redis: Redis, objects: Objects, before: ResultsBefore, saved: Readonly<Record<string, string>> = {}) {
    this.#redis = redis;
    this.#objects = objects;
    this.#before = before;
    this.#segments = JSON.parse(saved.segments ?? "[]") as SegmentRef[];
    this.#buffer = saved.chunk ? [samplesOf(readChunk(saved.chunk))] : [];
    this.#bufferBytes = this.#buffer.reduce((sum, samples) => sum + rawBytes(samples), 0);
  }

  /** Takes the next samples. */
  async add(samples: Samples): Promise<void> {
    if (sampleCount(samples) === 0) return;
    this.#buffer.push(samples);
    this.#bufferBytes += rawBytes(samples);
    if (this.#bufferBytes >= SEGMENT_BYTES) await this.#flush();
  }

  /** What a continuation in another process needs, as fields of the progress. */
  async save(): Promise<Record<string, string>> {
    if (this.#bufferBytes > TAIL_BYTES) await this.#flush();
    const rest = concatSamples(this.#buffer);
    return {
      segments: JSON.stringify(this.#segments),
      chunk: sampleCount(rest) > 0 ? writeChunk(makeChunk(rest, this.#before.revision + 1)) : "",
    };
  }

  /** Ends the step: its samples go behind the chunks in Redis, or with them into a segment where one is due. */
  async close(): Promise<Recorded> {
    const rest = concatSamples(this.#buffer);
    const chunk = sampleCount(rest) > 0 ? writeChunk(makeChunk(rest, this.#before.revision + 1)) : undefined;
    const bytes = chunk?.length ?? 0;
    // Segments stand before the tail, so a step with segments of its own takes the older chunks along first.
    if (this.#segments.length === 0 && this.#before.tailBytes < TAIL_BYTES && bytes < TAIL_BYTES) {
      const chunks = chunk === undefined ? [] : [chunk];
      return { mode: "keep", chunks, segments: [], tailBytes: this.#before.tailBytes + bytes };
    }
    const older = await this.#olderChunks();
    if (older.length > 0 && this.#segments.length > 0) {
      this.#segments.unshift(await putSegment(this.#objects, this.#before.lineage, concatSamples(older)));
      older.length = 0;
    }
    this.#buffer = [...older, ...this.#buffer];
    await this.#flush();
    return {
      mode: "clear",
      chunks: [],
      segments: this.#segments.map((ref) => JSON.stringify(ref)),
      tailBytes: 0,
    };
  }

  async #olderChunks(): Promise<Samples[]> {
    if (this.#before.tailBytes === 0) return [];
    const lines = await this.#redis.command(["LRANGE", keys.results(this.#before.testid), 0, -1]);
    return (lines as string[]).map((line) => samplesOf(readChunk(line)));
  }

  async #flush(): Promise<void> {
    if (this.#buffer.length === 0) return;
    this.#segments.push(await putSegment(this.#objects, this.#before.lineage, concatSamples(this.#buffer)));
    this.#buffer = [];
    this.#bufferBytes = 0;
  }
}

/** All samples that an earlier invocation has saved of a step: see {@link Recorder.save}. */
export async function readSaved(objects: Objects, saved: Readonly<Record<string, string>>): Promise<Samples[]> {
  const segments: Samples[] = [];
  for (const ref of JSON.parse(saved.segments ?? "[]") as SegmentRef[]) segments.push(await readSegment(objects, ref));
  return saved.chunk ? [...segments, samplesOf(readChunk(saved.chunk))] : segments;
}

function rawBytes(samples: Samples): number {
  return samples.columns.length * sampleCount(samples) * Float64Array.BYTES_PER_ELEMENT;
}
