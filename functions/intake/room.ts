import { isNewer, type TestCaseName } from "../packages/records.ts";
import type { UploadLimits } from "../platform/limits.ts";
import type { Bucket } from "../platform/objects.ts";
import { overQuota } from "../uploads/quota.ts";
import { FMU, fileOf, listUploads, type Uploads } from "../uploads/uploads.ts";

/**
 * Why an upload cannot stay, in a sentence: its scope's uploads hold more than they may. A form lets nobody upload more than
 * there is room for, but several forms may be used at once. Undefined if there is room. One S3 request for each 1,000 files.
 */
export async function lackOfRoom(
  bucket: Bucket,
  { scope }: TestCaseName,
  { newest, replaced }: Uploads,
  limits: UploadLimits,
): Promise<string | undefined> {
  const objects = await listUploads(bucket, scope);
  // What was replaced goes as soon as this upload is checked.
  const leaves = new Set(replaced.map(({ key }) => key));
  // Of several that came at once the first ones stay: what is newer than this one, is refused when it is looked at itself.
  const upload = { key: newest.key, modifiedMs: newest.modifiedMs };
  const stays = objects.filter((object) => !leaves.has(object.key) && !isNewer(object, upload));
  const bytes = stays.reduce((sum, object) => sum + object.bytes, 0);
  if (bytes <= limits.bytes && stays.length <= limits.files) return undefined;
  const usage = { bytes, files: stays.length, openForms: 0 };
  const file = fileOf(newest.key);
  const what = file === FMU ? "The file" : `The file ${file}`;
  return `${what} was deleted, as there is no room for it. ${overQuota(scope, stays, usage, limits).message}`;
}
