import type { Cache } from "../cache/cache.ts";
import { collectOrphans } from "../garbage/orphans.ts";
import { collectPackages } from "../packages/collect.ts";
import { keys } from "../platform/keys.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import type { Queue } from "../platform/queue.ts";
import type { Redis } from "../platform/redis.ts";
import { record } from "../platform/reply.ts";

/** Pages of bucket and index that one run compares at most; the next goes on from there. */
const PAGES = 10;

/** What a run of the housekeeping has put right. */
export interface Housekept {
  readonly adopted: number;
  readonly dropped: number;
  readonly orphans: number;
  readonly packages: number;
}

/** How far a pass is. */
interface Position {
  /** Where the comparison of the cache's index goes on, '' from its beginning; undefined once it is through. */
  readonly cache: string | undefined;
  /** The same of results. */
  readonly results: string | undefined;
  /** Whether packages are still to be looked at. */
  readonly packages: boolean;
}

/** Before all results. Not '', which stands for nothing to do. */
const BEGINNING: Position = { cache: "", results: objectKeys.results, packages: true };

/**
 * Compares what is in the bucket with what Redis knows of it, a few pages at a time: the cache's index, and the
 * segments of all lineages; and deletes packages that nobody needs. Begins once in so long, and then goes on every
 * minute until it is through. How far it is, stands in Redis, and is saved as it goes: whatever becomes of a run, the
 * next one goes on from there. Two at once do the same work twice and no harm.
 *
 * @param options.timeIsUp no further page is begun from then on, and no further lineage of one; the first is in any case, so that
 * each run gets somewhere
 * @returns undefined if it is not due
 */
export async function keepHouse(
  parts: { readonly redis: Redis; readonly bucket: Bucket; readonly queue: Queue; readonly cache: Cache },
  options: {
    readonly nowMs: number;
    readonly everyMs: number;
    readonly orphanGraceMs: number;
    readonly idleMs: number;
    readonly timeIsUp?: () => boolean;
    /** Objects in one listing of results. */
    readonly pageSize?: number;
  },
): Promise<Housekept | undefined> {
  const { redis, bucket, queue, cache } = parts;
  const { nowMs, everyMs, orphanGraceMs: graceMs, idleMs, timeIsUp = () => false, pageSize = 1000 } = options;
  const state = record(await redis.command(["HGETALL", keys.housekeeping()]));
  const saved = positionIn(state);
  if (saved === undefined && nowMs - Number(state.begunMs ?? 0) < everyMs) return undefined;

  const begunMs = saved === undefined ? nowMs : (state.begunMs ?? nowMs);
  let position = saved ?? BEGINNING;
  const reach = async (reached: Partial<Position>) => {
    position = { ...position, ...reached };
    const fields = ["cache", position.cache ?? "", "results", position.results ?? ""] as const;
    const packages = position.packages ? "due" : "";
    await redis.command(["HSET", keys.housekeeping(), "begunMs", begunMs, ...fields, "packages", packages]);
  };

  const done = { adopted: 0, dropped: 0, orphans: 0, packages: 0 };
  if (position.cache !== undefined) {
    const part = await cache.reconcile({ after: position.cache || undefined, pages: PAGES });
    done.adopted = part.adopted;
    done.dropped = part.dropped;
    await reach({ cache: part.next });
  }
  for (let page = 0; page < PAGES && position.results !== undefined; page++) {
    if (page > 0 && timeIsUp()) break;
    const part = await collectOrphans(redis, bucket, queue, {
      nowMs,
      graceMs,
      after: position.results,
      timeIsUp,
      pageSize,
    });
    done.orphans += part.deleted;
    await reach({ results: part.next });
  }
  if (position.packages && position.results === undefined) {
    // Saved before: should this fail, it is due again with the next pass, which waits for nothing.
    await reach({ packages: false });
    done.packages = await collectPackages(redis, bucket, { nowMs, idleMs });
  }
  return done;
}

/** How far the pass is that is under way, if one is. */
function positionIn({ cache, results, packages }: Readonly<Record<string, string>>): Position | undefined {
  if (!cache && !results && !packages) return undefined;
  return { cache: cache || undefined, results: results || undefined, packages: Boolean(packages) };
}
