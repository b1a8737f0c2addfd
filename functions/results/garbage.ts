import { keys } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";

/** Lineages looked at in one run; whatever is left is next minute's. */
const MOST_LINEAGES = 50;

/**
 * Deletes the result segments of lineages that nobody needs any more. Objects first, then the entry in the list, so
 * that whoever dies in between is followed by one who does it again.
 *
 * @returns how many objects and lineages went
 */
export async function collectGarbage(
  redis: Redis,
  bucket: Bucket,
  timeIsUp: () => boolean,
): Promise<{ segments: number; lineages: number }> {
  const gone = { segments: 0, lineages: 0 };
  const lineages = (await redis.command(["SRANDMEMBER", keys.garbage(), MOST_LINEAGES])) as string[];
  for (const lineage of lineages) {
    if (timeIsUp()) break;
    try {
      // Nobody comes back to a lineage that all have left. Should that ever change, nothing is lost by asking.
      const needed = Number(await redis.command(["SCARD", keys.lineage(lineage)])) > 0;
      if (!needed) gone.segments += await deleteAll(bucket, objectKeys.lineage(lineage));
      await redis.command(["SREM", keys.garbage(), lineage]);
      if (!needed) gone.lineages += 1;
    } catch (error) {
      log("error", "a lineage could not be collected", { lineage, error: describeError(error) });
    }
  }
  return gone;
}

async function deleteAll(bucket: Bucket, prefix: string): Promise<number> {
  for (let deleted = 0; ; ) {
    const { objects, more } = await bucket.list(prefix);
    await bucket.remove(objects.map(({ key }) => key));
    deleted += objects.length;
    if (!more) return deleted;
  }
}
