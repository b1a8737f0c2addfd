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

/** Where a test's results are, and the chunks that Redis has: one round trip. @returns undefined for an unknown test */
export async function readResultsIndex(redis: Redis, testid: string): Promise<ResultsIndex | undefined> {
  const whole = await readWholeTest(redis, testid, ["testcaseid", "version"]);
  if (whole === undefined) return undefined;
  const { status = "", testcaseid = "", version = "" } = whole.fields;
  const segments = whole.segments.map((reference) => JSON.parse(reference) as SegmentRef);
  return { status, testcaseid, version, segments, chunks: whole.chunks };
}

/**
 * Reads fields of a test and all results that Redis has of it: one round trip, 4 commands.
 * @returns undefined for an unknown test
 */
export async function readWholeTest(
  redis: Redis,
  testid: string,
  fieldNames: readonly string[],
): Promise<WholeTest | undefined> {
  const names = ["status", ...fieldNames];
  const reply = await redis.run(readScript, [keys.test(testid), keys.segments(testid), keys.results(testid)], names);
  const [kind, values, segments, chunks] = outcomeOf("results/read", reply);
  if (kind !== "found") return undefined;
  return { fields: fieldsOf(names, values), segments: segments as string[], chunks: chunks as string[] };
}
