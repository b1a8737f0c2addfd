import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";

/** Lineages per run; the next run takes the others. */
const MAX_LINEAGES = 50;

/**
 * Deletes the objects of lineages that no test needs any more: result segments, emulator states and checkpoints.
 * Objects go first, then the lineage's entry in the list, so that the next run finishes what an interrupted run has
 * begun.
 *
 * @returns the numbers of deleted objects and lineages
 */
export async function collectLineages(
  redis: Redis,
  bucket: Bucket,
  timeIsUp: () => boolean,
): Promise<{ segments: number; lineages: number }> {
  const gone = { segments: 0, lineages: 0 };
  const command = ["SRANDMEMBER", keys.garbage(), MAX_LINEAGES] as const;
  const lineages = (await redis.command(command, { mayBeLate: true })) as string[];
  for (const lineage of lineages) {
    if (timeIsUp()) break;
    try {
      // No test joins a lineage again that all tests have left. Checking it costs one command and guards against mistakes.
      const needed = Number(await redis.command(["SCARD", keys.lineage(lineage)])) > 0;
      if (!needed) gone.segments += await deleteAll(bucket, objectKeys.lineage(lineage));
      await redis.command(["SREM", keys.garbage(), lineage]);
      if (!needed) gone.lineages += 1;
    } catch (error) {
      log("error", "Could not delete a lineage", { event: "lineage_not_deleted", lineage }, error);
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
