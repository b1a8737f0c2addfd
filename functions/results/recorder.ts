import { keys } from "../platform/keys.ts";
import type { Objects } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { concatSamples, type Samples, sampleCount } from "../simulation/samples.ts";
import { makeChunk, plainLength, readChunk, samplesOf, writeChunk } from "./chunk.ts";
import { putSegment, readSegment, type SegmentRef } from "./segment.ts";

/**
 * Once a test's result chunks in Redis have this size in total, bytes of text, the next step moves them into a segment,
 * together with its own samples. A step with that many samples of its own writes a segment at once. Both are known
 * before the step is computed, so the function that enqueues it knows whether a segment is due.
 */
export const TAIL_BYTES = 256 * 1024;
/** A chunk counts as so much of its length unpacked, at least: whoever reads all chunks has them in memory. */
const LEAST_SHARE = 1 / 8;
/** A long step writes segments of about this size, bytes, so that its memory stays bounded. */
const SEGMENT_BYTES = 8 * 1024 * 1024;

/** A test's results before a step. */
export interface ResultsBefore {
  readonly testid: string;
  readonly revision: number;
  /** The lineage in which segments are written. */
  readonly lineage: string;
  /** Size of the chunks in Redis, bytes; 0 if the step starts a new lineage, which drops them. */
  readonly tailBytes: number;
}

/** How the commit of a step changes the results. */
export interface Recorded {
  readonly mode: "keep" | "clear";
  /** One chunk; none if there are no samples or a segment has them. */
  readonly chunks: readonly string[];
  readonly segments: readonly string[];
  readonly tailBytes: number;
}

/** Collects a step's samples as they are simulated, and writes them to S3 when they are too large for Redis. */
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

  async add(samples: Samples): Promise<void> {
    if (sampleCount(samples) === 0) return;
    this.#buffer.push(samples);
    this.#bufferBytes += rawBytes(samples);
    if (this.#bufferBytes >= SEGMENT_BYTES) await this.#flush();
  }

  /** What another process needs to continue, as fields of the progress. */
  async save(): Promise<Record<string, string>> {
    if (this.#bufferBytes > TAIL_BYTES) await this.#flush();
    const rest = concatSamples(this.#buffer);
    return {
      segments: JSON.stringify(this.#segments),
      chunk: sampleCount(rest) > 0 ? writeChunk(makeChunk(rest, this.#before.revision + 1)) : "",
    };
  }

  /** Ends the step: its samples are appended to the chunks in Redis, or written to a segment with them if one is due. */
  async close(): Promise<Recorded> {
    const rest = concatSamples(this.#buffer);
    const chunk = sampleCount(rest) > 0 ? makeChunk(rest, this.#before.revision + 1) : undefined;
    const bytes = chunk === undefined ? 0 : plainLength(chunk);
    // Segments come before chunks in the order of time. So a step with segments moves the older chunks to a segment first.
    if (this.#segments.length === 0 && this.#before.tailBytes < TAIL_BYTES && bytes < TAIL_BYTES) {
      const chunks = chunk === undefined ? [] : [writeChunk(chunk)];
      const counted = chunks.map(({ length }) => Math.max(length, Math.ceil(LEAST_SHARE * bytes)));
      return { mode: "keep", chunks, segments: [], tailBytes: this.#before.tailBytes + (counted[0] ?? 0) };
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

/** The samples of a step that an earlier invocation saved with {@link Recorder.save}. */
export async function readSaved(objects: Objects, saved: Readonly<Record<string, string>>): Promise<Samples[]> {
  const segments: Samples[] = [];
  for (const ref of JSON.parse(saved.segments ?? "[]") as SegmentRef[]) segments.push(await readSegment(objects, ref));
  return saved.chunk ? [...segments, samplesOf(readChunk(saved.chunk))] : segments;
}

function rawBytes(samples: Samples): number {
  return samples.columns.length * sampleCount(samples) * Float64Array.BYTES_PER_ELEMENT;
}
