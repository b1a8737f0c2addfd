import { describeBytes } from "../packages/limits.ts";
import { countPublished } from "../packages/published.ts";
import { isNewer, type TestCaseName } from "../packages/records.ts";
import type { IntakeLimits } from "../platform/limits.ts";
import type { Bucket } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { overQuota, pathInUrl } from "../uploads/quota.ts";
import { FMU, fileOf, listUploads, type Uploads } from "../uploads/uploads.ts";

/** Published versions of a scope. A script counts them one by one. */
const MAX_VERSIONS = 10_000;

/**
 * Checks whether the newest upload can stay. A form lets nobody upload more than there is room for, but several forms may be
 * used at once. One S3 request for each 1,000 files, and one round trip to Redis.
 *
 * @returns why there is no room, as sentences; undefined if there is room
 */
export async function lackOfRoom(
  { redis, bucket }: { readonly redis: Redis; readonly bucket: Bucket },
  { scope }: TestCaseName,
  { newest, replaced, fmu }: Uploads,
  limits: IntakeLimits,
): Promise<string | undefined> {
  const file = fileOf(newest.key);
  const deleted = `${file === FMU ? "The file" : `The file ${file}`} was deleted, as there is no room for it.`;
  const objects = await listUploads(bucket, scope);
  // Replaced files are deleted as soon as this upload is checked.
  const leaves = new Set(replaced.map(({ key }) => key));
  // If several uploads arrive at once, the first ones stay: a newer upload is refused when it is checked itself.
  const upload = { key: newest.key, modifiedMs: newest.modifiedMs };
  const stays = objects.filter((object) => !leaves.has(object.key) && !isNewer(object, upload));
  const bytes = stays.reduce((sum, object) => sum + object.bytes, 0);
  if (bytes > limits.bytes || stays.length > limits.files) {
    const usage = { bytes, files: stays.length, openForms: 0 };
    return `${deleted} ${overQuota(scope, stays, usage, limits).message}`;
  }
  const published = await countPublished(redis, scope);
  const isRoom = published.bytes + (fmu?.bytes ?? 0) <= limits.publishedBytes && published.count < MAX_VERSIONS;
  if (isRoom) return undefined;
  return `${deleted} All versions of the test cases under ${pathInUrl(scope)} that were published hold ${describeBytes(published.bytes)} in ${published.count} versions. At most ${describeBytes(limits.publishedBytes)} and ${MAX_VERSIONS} versions are allowed. A version is deleted when it was replaced or deleted, and no test has used it for a long time. Upload less often, or ask the operator for more (PUBLISHED_BYTES).`;
}
