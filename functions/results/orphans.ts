import { describeError, log } from "../platform/log.ts";
import { type Bucket, type ObjectInfo, objectKeys } from "../platform/objects.ts";
import type { Queue } from "../platform/queue.ts";
import type { Redis } from "../platform/redis.ts";
import { ring } from "../streams/doorbell.ts";
import { holdersOf, type Named, readNamed, whileHeld } from "./holders.ts";
import { Checkpoints } from "./kept.ts";

/** Longer than the DELETE of a page may take with all its retries. */
const LEASE_MS = 60_000;

/**
 * Deletes result segments and emulator states that nobody names: a worker died between writing one and the commit that
 * was to list it, a test was stopped while a long step was under way, or has moved on from a state. Only those older than
 * `graceMs` are looked at.
 *
 * A step that is computed again writes the same object again, and finds it there. So an object is deleted only while
 * the leases of all who might are held, and only if it is still unnamed then: whoever computes later, creates it anew.
 *
 * @param options.after where the call before stopped
 * @param options.timeIsUp looked at after each lineage: the rest of the page is left to the next call
 * @returns how many were deleted, and where the next call is to go on; undefined at the end
 */
export async function collectOrphans(
  redis: Redis,
  bucket: Bucket,
  queue: Queue,
  options: {
    readonly nowMs: number;
    readonly graceMs: number;
    readonly after?: string | undefined;
    readonly pageSize?: number;
    readonly timeIsUp?: () => boolean;
  },
): Promise<{ deleted: number; next: string | undefined }> {
  const { nowMs, graceMs, after, pageSize = 1000, timeIsUp = () => false } = options;
  const page = await bucket.list(objectKeys.results, {
    limit: pageSize,
    ...(after === undefined ? {} : { after }),
  });
  let deleted = 0;
  const old = page.objects.filter(({ modifiedMs }) => modifiedMs <= nowMs - graceMs);
  // In the order of the listing.
  const lineages = [...Map.groupBy(old, lineageOf)];
  for (const [i, [lineage, objects]] of lineages.entries()) {
    try {
      deleted += await collectFrom(redis, bucket, queue, lineage, objects);
    } catch (error) {
      log("error", "orphans of a lineage could not be collected", { lineage, error: describeError(error) });
    }
    if (i < lineages.length - 1 && timeIsUp()) return { deleted, next: objects.at(-1)?.key };
  }
  return { deleted, next: page.more ? page.objects.at(-1)?.key : undefined };
}

async function collectFrom(
  redis: Redis,
  bucket: Bucket,
  queue: Queue,
  lineage: string,
  objects: readonly ObjectInfo[],
): Promise<number> {
  const before = await readNamed(redis, await holdersOf(redis, lineage));
  const unnamed = (names: Named) => objects.filter(({ key }) => !names.objects.has(key));
  if (unnamed(before).length === 0) return 0;
  const checkpoints = new Checkpoints(bucket, lineage);
  if ((await checkpoints.without(unnamed(before), before)).length === 0) return 0;

  const { existing } = before;
  const deleteUnnamed = async () => {
    // Whoever has joined since has copied the list of one of the others, and computes under a lease of its own.
    const now = await readNamed(redis, await holdersOf(redis, lineage));
    if (!now.existing.every((holder) => existing.includes(holder))) return 0;
    const orphans = await checkpoints.without(unnamed(now), now);
    await bucket.remove(orphans.map(({ key }) => key));
    return orphans.length;
  };
  let deleted: number | "busy" | undefined;
  try {
    deleted = await whileHeld(redis, existing, LEASE_MS, deleteUnnamed);
  } finally {
    // A worker that found the lease taken has gone away, trusting that its holder looks again.
    if (deleted !== "busy") for (const testid of existing) await ring(queue, testid);
  }
  return deleted === "busy" ? 0 : deleted;
}

/** `results/{lineage}/{content hash}` */
function lineageOf({ key }: ObjectInfo): string {
  return key.slice(objectKeys.results.length, key.lastIndexOf("/"));
}
