import { isNewer, type TestCaseName, type Upload, withdrawRecord } from "../packages/records.ts";
import type { Bucket, ObjectInfo } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { findUploads, listUploads, newKey, uploadsIn } from "./uploads.ts";

/** S3's limit of objects in one request. */
const MOST = 1000;

/**
 * Deletes all files of a test case, and withdraws their record. Tests that wait for the check of one of them are refused. The
 * package stays until no test has used it for a long time.
 * @returns whether there were any files
 */
export async function deleteUploads(redis: Redis, bucket: Bucket, name: TestCaseName): Promise<boolean> {
  let newest: Upload | undefined;
  for (;;) {
    const objects = await listUploads(bucket, name.scope, name.testcaseid);
    if (objects.length === 0) break;
    const found = uploadsIn(objects)?.newest;
    if (found !== undefined && (newest === undefined || isNewer(found, newest))) newest = found;
    await removeAll(bucket, objects);
  }
  if (newest === undefined) return false;
  // Delete the files first: a check that is under way looks for them after it has recorded its outcome.
  await withdrawRecord(redis, name, newest);
  return true;
}

/** Deletes objects, however many. */
export async function removeAll(bucket: Bucket, objects: readonly Pick<ObjectInfo, "key">[]): Promise<void> {
  for (let at = 0; at < objects.length; at += MOST) {
    await bucket.remove(objects.slice(at, at + MOST).map(({ key }) => key));
  }
}

/**
 * Removes one file beside a test case's FMU. After the next check the FMU's own file of that name is in force again. An empty
 * object marks the removal: it is newer than the file, and starts a check like every upload.
 * @returns whether there was such a file
 */
export async function removeBeside(
  bucket: Bucket,
  { scope, testcaseid }: TestCaseName,
  file: string,
  nowMs: number,
): Promise<boolean> {
  const uploads = await findUploads(bucket, scope, testcaseid);
  if (!uploads?.beside.has(file)) return false;
  await bucket.create(newKey(scope, testcaseid, file, nowMs), new Uint8Array());
  return true;
}
