import { log } from "../platform/log.ts";
import { type Bucket, type ObjectInfo, objectKeys } from "../platform/objects.ts";
import type { Queue } from "../platform/queue.ts";
import type { Redis } from "../platform/redis.ts";
import { ring } from "../streams/doorbell.ts";
import { CheckpointObjects } from "./checkpoint-objects.ts";
import { holdersOf, type Named, readNamed, whileHeld } from "./holders.ts";

/** Longer than deleting a page can take with all retries. */
const LEASE_MS = 60_000;

/**
 * Deletes orphans: result segments and emulator states that no holder refers to. They exist because a worker died
 * before the commit that was to refer to them, a test was stopped during a long step, or a test left a state behind.
 * Objects younger than `graceMs` stay.
 *
 * A worker that repeats a step writes the same object, and does nothing if it exists. So an object is deleted only
 * while the leases of all holders are taken, and only if no holder refers to it then. A step computed later creates it
 * again.
 *
 * @param options.after `next` of the call before
 * @param options.timeIsUp checked after each lineage: the next call takes the rest of the page
 * @returns how many were deleted, and where the next call continues; undefined at the end
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
      log("error", "Could not delete the orphans of a lineage", { event: "orphans_not_deleted", lineage }, error);
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
  const checkpoints = new CheckpointObjects(bucket, lineage);
  if ((await checkpoints.without(unnamed(before), before)).length === 0) return 0;

  const { existing } = before;
  const deleteUnnamed = async () => {
    // A holder that joined since then has copied the references of another one, and its lease is not held here.
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
    // A worker that found a lease taken has ended and relies on the lease's holder to wake another one.
    if (deleted !== "busy") for (const testid of existing) await ring(queue, { testid });
  }
  return deleted === "busy" ? 0 : deleted;
}

/** `results/{lineage}/{content hash}` */
function lineageOf({ key }: ObjectInfo): string {
  return key.slice(objectKeys.results.length, key.lastIndexOf("/"));
}
