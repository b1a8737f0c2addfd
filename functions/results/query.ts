import { keys } from "../platform/keys.ts";
import type { Objects } from "../platform/objects.ts";
import { type Redis, script } from "../platform/redis.ts";
import { concatSamples, type Samples, sliceByTime } from "../simulation/samples.ts";
import { outcomeOf } from "../streams/reply.ts";
import { readChunk, samplesOf } from "./chunk.ts";
import source from "./query.lua";
import { readSegment, type SegmentRef } from "./segment.ts";

const queryScript = script(source);
/** Segments read from S3 at the same time. */
const PARALLEL_READS = 4;

/** A test's status and test case with where its results are. */
export interface ResultsIndex {
  readonly status: string;
  readonly testcaseid: string;
  readonly segments: readonly SegmentRef[];
  readonly chunks: readonly string[];
}

/** Reads where a test's results are, and those still in Redis: one round trip. @returns undefined for an unknown test */
export async function readResultsIndex(redis: Redis, testid: string): Promise<ResultsIndex | undefined> {
  const reply = await redis.run(
    queryScript,
    [keys.test(testid), keys.segments(testid), keys.results(testid)],
    ["status", "testcaseid"],
  );
  const [kind, values, segments, chunks] = outcomeOf("results/query", reply);
  if (kind !== "found") return undefined;
  const [status, testcaseid] = values as [string, string];
  return {
    status,
    testcaseid,
    segments: (segments as string[]).map((ref) => JSON.parse(ref) as SegmentRef),
    chunks: chunks as string[],
  };
}

/**
 * The samples with `start ≤ time ≤ final` (s, may be infinite), segments and chunks as one. Touches only the segments
 * whose time range is asked for.
 */
export async function readSamples(
  objects: Objects,
  index: ResultsIndex,
  start: number,
  final: number,
): Promise<Samples> {
  const overlaps = (range: { from: number; to: number }) => range.from <= final && range.to >= start;
  const refs = index.segments.filter(overlaps);
  const parts: Samples[] = [];
  for (let i = 0; i < refs.length; i += PARALLEL_READS) {
    const group = refs.slice(i, i + PARALLEL_READS);
    parts.push(...(await Promise.all(group.map((ref) => readSegment(objects, ref)))));
  }
  parts.push(...index.chunks.map(readChunk).filter(overlaps).map(samplesOf));
  return sliceByTime(concatSamples(parts), start, final);
}
