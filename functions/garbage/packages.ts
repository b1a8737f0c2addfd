import { randomUUID } from "node:crypto";
import { readRecords } from "../packages/records.ts";
import { notePackageUse } from "../packages/use.ts";
import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import forgetSource from "./forget-package.lua";
import lockSource from "./lock-package.lua";
import { walk } from "./walk.ts";

const lockScript = script(lockSource);
const forgetScript = script(forgetSource);

/** Longer than deleting a package can take with all retries, ms. */
const LOCK_MS = 300_000;
/** Packages that one run deletes at most. */
const MAX_PACKAGES = 100;
/** If the sweeper did not run for a while, a test may have been idle for this much longer than allowed, ms. */
const MARGIN_MS = 7 * 86_400_000;

/**
 * Deletes packages that no test needs: no test case has this version now, and no test used it for twice as long as a
 * test may be idle. Workers note the use while they serve a test, so an open test always has its package.
 *
 * @param options.idleMs after how long an idle test is ended
 * @param options.maxPages pages of the bucket that are compared with Redis in this run
 * @returns the number of deleted packages
 */
export async function collectPackages(
  redis: Redis,
  bucket: Bucket,
  options: { readonly nowMs: number; readonly idleMs: number; readonly maxPages?: number },
): Promise<number> {
  const { nowMs, idleMs } = options;
  // Twice, because a test that is about to end may be forked, and the fork may be idle for as long.
  const sinceMs = nowMs - 2 * idleMs - MARGIN_MS;
  await adopt(redis, bucket, nowMs, options.maxPages);
  const range = ["ZRANGE", keys.packagesUsed(), "-inf", sinceMs, "BYSCORE", "LIMIT", 0, MAX_PACKAGES] as const;
  const unused = (await redis.command([...range], { mayBeLate: true })) as string[];
  if (unused.length === 0) return 0;
  const records = await readRecords(redis);
  const needed = new Set(records.flatMap((record) => (record.state === "published" ? [record.package] : [])));
  let collected = 0;
  for (const hash of unused) {
    try {
      // A process that publishes the package after this point notes its use first.
      if (needed.has(hash)) await notePackageUse(redis, hash, nowMs);
      else if (await collect(redis, bucket, hash, sinceMs)) collected++;
    } catch (error) {
      log("error", "Could not delete a package", { event: "package_not_deleted", package: hash }, error);
    }
  }
  return collected;
}

async function collect(redis: Redis, bucket: Bucket, hash: string, sinceMs: number): Promise<boolean> {
  const token = randomUUID();
  const packageKeys = [keys.packagesUsed(), keys.packageLock(hash)];
  const [kind] = outcomeOf("lock-package", await redis.run(lockScript, packageKeys, [hash, sinceMs, token, LOCK_MS]));
  if (kind === "kept") return false;
  if (kind !== "taken") throw new UnexpectedReply("lock-package");
  await bucket.remove([objectKeys.packageManifest(hash), objectKeys.packageModel(hash)]);
  await redis.run(forgetScript, packageKeys, [hash, token]);
  return true;
}

/** Packages that Redis has lost count as used now. */
async function adopt(redis: Redis, bucket: Bucket, nowMs: number, maxPages: number | undefined): Promise<void> {
  const walked = { name: "packages", prefix: objectKeys.packages, ...(maxPages === undefined ? {} : { maxPages }) };
  await walk(redis, bucket, walked, async (objects) => {
    const hashes = new Set(objects.map(({ key }) => key.slice(objectKeys.packages.length).split("/")[0] ?? ""));
    const scores = [...hashes].flatMap((hash) => [nowMs, hash]);
    if (scores.length > 0) await redis.command(["ZADD", keys.packagesUsed(), "NX", ...scores]);
  });
}
