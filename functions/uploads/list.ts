import { readRecordsOf, type TestCaseName } from "../packages/records.ts";
import type { Scope } from "../packages/scope.ts";
import type { Bucket, ObjectInfo } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { stateOf, type UploadState } from "./state.ts";
import { folderOf, listUploads, type Uploads, uploadsIn } from "./uploads.ts";

/** An uploaded test case and its state. */
export interface ListedTestCase {
  readonly testcaseid: string;
  readonly state: UploadState;
}

/**
 * The test cases that have an uploaded file, sorted by name: one S3 request for each 1,000 files, and one Redis command for
 * each 1,000 test cases.
 */
export async function listTestCases(
  redis: Redis,
  bucket: Bucket,
  scope: Scope,
  nowMs: number,
): Promise<ListedTestCase[]> {
  const uploaded = byTestCase(scope, await listUploads(bucket, scope));
  const names = [...uploaded.keys()].map((testcaseid): TestCaseName => ({ scope, testcaseid }));
  const records = await readRecordsOf(redis, names);
  return names
    .map(({ testcaseid }, i) => {
      return { testcaseid, state: stateOf(uploaded.get(testcaseid) as Uploads, records[i], nowMs) };
    })
    .sort((one, other) => (one.testcaseid < other.testcaseid ? -1 : 1));
}

/** The uploads of each test case in a scope, out of all of its objects. */
export function byTestCase(scope: Scope, objects: readonly ObjectInfo[]): Map<string, Uploads> {
  const folder = folderOf(scope);
  const groups = Map.groupBy(objects, ({ key }) => key.slice(folder.length).split("/")[0] ?? "");
  return new Map(
    [...groups].flatMap(([testcaseid, group]): [string, Uploads][] => {
      const uploads = uploadsIn(group);
      return uploads === undefined ? [] : [[testcaseid, uploads]];
    }),
  );
}
