import { randomUUID } from "node:crypto";
import { keys } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import collectSource from "./collect.lua";
import collectedSource from "./collected.lua";
import { readRecords } from "./records.ts";
import { notePackageUse } from "./use.ts";

const collectScript = script(collectSource);
const collectedScript = script(collectedSource);

/** Longer than deleting a package may take with all retries, ms. */
const LOCK_MS = 300_000;
/** Packages looked at in one run, and pages of the bucket. */
const MOST = 100;
const PAGES = 10;
/** A test that is ended at last may have been idle for longer than it should, ms: the sweeper may not have run. */
const MARGIN_MS = 7 * 86_400_000;

/**
 * Deletes packages that nobody needs: that are no test case's version now, and that no test has used for twice as long
 * as a test may be idle. Workers note the use while they serve a test, so a test that lives has its package.
 *
 * @param options.idleMs after how long an idle test is ended
 * @returns how many went
 */
export async function collectPackages(
  redis: Redis,
  bucket: Bucket,
  options: { readonly nowMs: number; readonly idleMs: number },
): Promise<number> {
  const { nowMs, idleMs } = options;
  // Twice: a test that is about to end may be forked, and the fork be as idle.
  const sinceMs = nowMs - 2 * idleMs - MARGIN_MS;
  await adopt(redis, bucket, nowMs);
  const range = ["ZRANGE", keys.packagesUsed(), "-inf", sinceMs, "BYSCORE", "LIMIT", 0, MOST] as const;
  const unused = (await redis.command([...range])) as string[];
  if (unused.length === 0) return 0;
  const records = await readRecords(redis);
  const needed = new Set(records.flatMap((record) => (record.state === "published" ? [record.package] : [])));
  let collected = 0;
  for (const hash of unused) {
    try {
      // Whoever publishes it from here on, notes that it is used first.
      if (needed.has(hash)) await notePackageUse(redis, hash, nowMs);
      else if (await collect(redis, bucket, hash, sinceMs)) collected++;
    } catch (error) {
      log("error", "a package could not be collected", { package: hash, error: describeError(error) });
    }
  }
  return collected;
}

async function collect(redis: Redis, bucket: Bucket, hash: string, sinceMs: number): Promise<boolean> {
  const token = randomUUID();
  const packageKeys = [keys.packagesUsed(), keys.packageLock(hash)];
  const [kind] = outcomeOf("collect", await redis.run(collectScript, packageKeys, [hash, sinceMs, token, LOCK_MS]));
  if (kind === "kept") return false;
  if (kind !== "taken") throw new UnexpectedReply("collect");
  await bucket.remove([objectKeys.packageManifest(hash), objectKeys.packageModel(hash)]);
  await redis.run(collectedScript, packageKeys, [hash, token]);
  return true;
}

/** Packages that Redis knows nothing of, because it has lost something, count as used now. */
async function adopt(redis: Redis, bucket: Bucket, nowMs: number): Promise<void> {
  let after: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { objects, more } = await bucket.list(objectKeys.packages, after === undefined ? {} : { after });
    const hashes = new Set(objects.map(({ key }) => key.slice(objectKeys.packages.length).split("/")[0] ?? ""));
    const scores = [...hashes].flatMap((hash) => [nowMs, hash]);
    if (scores.length > 0) await redis.command(["ZADD", keys.packagesUsed(), "NX", ...scores]);
    after = objects.at(-1)?.key;
    if (!more || after === undefined) return;
  }
}
