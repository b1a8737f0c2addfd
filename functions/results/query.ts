import type { Redis } from "../platform/redis.ts";
import type { SegmentRef } from "./segment.ts";
import { readWhole } from "./whole.ts";

/** A test's status and test case with where its results are. */
export interface ResultsIndex {
  readonly status: string;
  readonly testcaseid: string;
  readonly version: string;
  readonly segments: readonly SegmentRef[];
  readonly chunks: readonly string[];
}

/** Reads where a test's results are, and those still in Redis: one round trip. @returns undefined for an unknown test */
export async function readResultsIndex(redis: Redis, testid: string): Promise<ResultsIndex | undefined> {
  const whole = await readWhole(redis, testid, ["testcaseid", "version"]);
  if (whole === undefined) return undefined;
  const { status = "", testcaseid = "", version = "" } = whole.fields;
  const segments = whole.segments.map((reference) => JSON.parse(reference) as SegmentRef);
  return { status, testcaseid, version, segments, chunks: whole.chunks };
}
