import { randomUUID } from "node:crypto";
import { keys } from "../platform/keys.ts";
import { type Bucket, objectKeys, type PostForm } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { isUploadName, pathOf, type Scope } from "./scope.ts";

/** The largest file that is taken, bytes, and for how long a form can be used, s. */
const MAX_FILE_BYTES = 1024 ** 3;
const FORM_SECONDS = 3600;

const folderOf = (scope: Scope, testcaseid = "") =>
  objectKeys.uploads(pathOf(scope)) + (testcaseid === "" ? "" : `${testcaseid}/`);

/**
 * A form with which anyone who has it can upload a file of this test case. Each has an object key of its own, so that
 * nothing that was uploaded ever changes. What is uploaded is S3's to know; Redis is only told which names may be.
 */
export async function makeUploadForm(
  redis: Redis,
  bucket: Bucket,
  scope: Scope,
  testcaseid: string,
): Promise<PostForm> {
  await redis.command(["SADD", keys.uploads(pathOf(scope)), testcaseid]);
  const key = `${folderOf(scope, testcaseid)}${randomUUID()}`;
  return await bucket.form(key, { maxBytes: MAX_FILE_BYTES, seconds: FORM_SECONDS });
}

/** Whether files can be there: another name might be read as more than one level of their keys. */
function canHold(scope: Scope, testcaseid?: string): boolean {
  const names = [scope.kind === "namespace" ? scope.namespace : "ok", testcaseid ?? "ok"];
  return names.every(isUploadName);
}

/** Whether there is an uploaded file of this test case. */
export async function isUploaded(bucket: Bucket, scope: Scope, testcaseid: string): Promise<boolean> {
  if (!canHold(scope, testcaseid)) return false;
  const { objects } = await bucket.list(folderOf(scope, testcaseid), { limit: 1 });
  return objects.length > 0;
}

/**
 * Whether there may be one: asked of Redis, so that selecting what was never uploaded needs no S3. A name stays there when
 * its files are deleted, for a form may still be about.
 */
export async function maybeUploaded(redis: Redis, scope: Scope, testcaseid: string): Promise<boolean> {
  return (await redis.command(["SISMEMBER", keys.uploads(pathOf(scope)), testcaseid])) === 1;
}

/** The test cases that have an uploaded file, sorted by name. */
export async function uploadedTestCases(bucket: Bucket, scope: Scope): Promise<string[]> {
  if (!canHold(scope)) return [];
  const folder = folderOf(scope);
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await bucket.list(folder, after === undefined ? {} : { after });
    for (const { key } of page.objects) {
      const testcaseid = key.slice(folder.length).split("/")[0] ?? "";
      if (found.at(-1) !== testcaseid) found.push(testcaseid);
    }
    after = page.objects.at(-1)?.key;
    if (!page.more || after === undefined) return found.sort();
  }
}

/** Deletes all files of a test case. @returns whether there were any */
export async function deleteUploads(bucket: Bucket, scope: Scope, testcaseid: string): Promise<boolean> {
  if (!canHold(scope, testcaseid)) return false;
  const folder = folderOf(scope, testcaseid);
  for (let deleted = false; ; deleted = true) {
    const { objects } = await bucket.list(folder);
    if (objects.length === 0) return deleted;
    await bucket.remove(objects.map(({ key }) => key));
  }
}
