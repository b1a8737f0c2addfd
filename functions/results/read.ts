import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf } from "../platform/reply.ts";
import { fieldsOf, type WholeTest } from "../streams/claim.ts";
import source from "./read.lua";
import type { SegmentRef } from "./segment.ts";

const readScript = script(source);

/** A test's status and test case, and where its results are. */
export interface ResultsIndex {
  readonly status: string;
  readonly testcaseid: string;
  readonly version: string;
  readonly segments: readonly SegmentRef[];
  readonly chunks: readonly string[];
}

/** A range of time, s; both ends may be infinite. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const ALL_TIME: TimeRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/**
 * Where a test's results are, and the chunks in Redis that have samples in a range of time: one round trip.
 * @returns undefined for an unknown test
 */
export async function readResultsIndex(
  redis: Redis,
  testid: string,
  range: TimeRange = ALL_TIME,
): Promise<ResultsIndex | undefined> {
  const whole = await readWholeTest(redis, testid, ["testcaseid", "version"], range);
  if (whole === undefined) return undefined;
  const { status = "", testcaseid = "", version = "" } = whole.fields;
  const segments = whole.segments.map((reference) => JSON.parse(reference) as SegmentRef);
  return { status, testcaseid, version, segments, chunks: whole.chunks };
}

/**
 * Reads fields of a test and the results that Redis has of it, all or those in a range of time: one round trip, 4 commands.
 * @returns undefined for an unknown test
 */
export async function readWholeTest(
  redis: Redis,
  testid: string,
  fieldNames: readonly string[],
  { from, to }: TimeRange = ALL_TIME,
): Promise<WholeTest | undefined> {
  const names = ["status", ...fieldNames];
  // Not every Lua reads infinity.
  const times = [from, to].map((time) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, time)));
  const reply = await redis.run(
    readScript,
    [keys.test(testid), keys.segments(testid), keys.results(testid)],
    [...times, ...names],
  );
  const [kind, values, segments, chunks] = outcomeOf("results/read", reply);
  if (kind !== "found") return undefined;
  return { fields: fieldsOf(names, values), segments: segments as string[], chunks: chunks as string[] };
}
