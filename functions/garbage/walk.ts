import { keys } from "../platform/keys.ts";
import type { Bucket, ObjectInfo } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";

/** Pages of 1,000 objects in one run. The next run continues. */
const MAX_PAGES = 10;

/**
 * Visits all objects under a prefix, some pages in each run. Where the next run continues is saved in Redis: one command to
 * read it, and one to save it if it has changed.
 *
 * @param name of the walk, unique among all
 * @param maxPages pages in this run
 */
export async function walk(
  redis: Redis,
  bucket: Bucket,
  {
    name,
    prefix,
    maxPages = MAX_PAGES,
  }: { readonly name: string; readonly prefix: string; readonly maxPages?: number },
  visit: (objects: readonly ObjectInfo[]) => Promise<void>,
): Promise<void> {
  const field = `walk:${name}`;
  // A late answer repeats some pages.
  const saved = await redis.command(["HGET", keys.housekeeping(), field], { mayBeLate: true });
  let after = typeof saved === "string" ? saved : undefined;
  for (let page = 0; page < maxPages; page++) {
    const { objects, more } = await bucket.list(prefix, after === undefined ? {} : { after });
    await visit(objects);
    after = more ? objects.at(-1)?.key : undefined;
    if (after === undefined) break;
  }
  if (after === saved || (after === undefined && saved === null)) return;
  await redis.command(
    after === undefined ? ["HDEL", keys.housekeeping(), field] : ["HSET", keys.housekeeping(), field, after],
  );
}
