import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf } from "../streams/reply.ts";
import source from "./query.lua";
import type { SegmentRef } from "./segment.ts";

const queryScript = script(source);

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
  const reply = await redis.run(
    queryScript,
    [keys.test(testid), keys.segments(testid), keys.results(testid)],
    ["status", "testcaseid", "version"],
  );
  const [kind, values, segments, chunks] = outcomeOf("results/query", reply);
  if (kind !== "found") return undefined;
  const [status, testcaseid, version] = values as [string, string, string];
  return {
    status,
    testcaseid,
    version,
    segments: (segments as string[]).map((ref) => JSON.parse(ref) as SegmentRef),
    chunks: chunks as string[],
  };
}
