import type { Cache } from "../cache/cache.ts";
import { collectOrphans } from "../garbage/orphans.ts";
import { collectPackages } from "../garbage/packages.ts";
import { clearUpUploads } from "../garbage/uploads.ts";
import { keys } from "../platform/keys.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import type { Queue } from "../platform/queue.ts";
import type { Redis } from "../platform/redis.ts";
import { record } from "../platform/reply.ts";

/** The most pages of bucket and index that one run compares. The next run continues. */
const PAGES = 10;

/** What a run of the housekeeping corrected. */
export interface Housekept {
  readonly adopted: number;
  readonly dropped: number;
  readonly orphans: number;
  readonly packages: number;
  /** Test cases whose uploads were deleted, and those that were forgotten. */
  readonly uploads: number;
  readonly names: number;
}

/** The progress of a pass. */
interface Position {
  /** Where the comparison of the cache's index continues; '' at its beginning; undefined when it is complete. */
  readonly cache: string | undefined;
  /** Where the comparison of results continues; undefined when it is complete. */
  readonly results: string | undefined;
  /** Whether uploads and packages are still to be checked. */
  readonly packages: boolean;
}

/** The prefix of all results is before all results. '' would mean that there is nothing to do. */
const BEGINNING: Position = { cache: "", results: objectKeys.results, packages: true };

/**
 * Compares the bucket with Redis, a few pages at a time: the cache's index, and the segments of all lineages. Then deletes
 * uploads that were refused long ago, and packages that no test needs. A pass begins every `everyMs`, and continues with
 * each run, every minute, until it is complete. Its progress is saved in Redis after each page, so that the next run
 * continues after a run that died. Two runs at once do the same work twice, without harm.
 *
 * @param options.timeIsUp if true, no further page and no further lineage is begun. The first page is always done, so that
 * each run makes progress
 * @returns undefined if no pass is due
 */
export async function keepHouse(
  parts: { readonly redis: Redis; readonly bucket: Bucket; readonly queue: Queue; readonly cache: Cache },
  options: {
    readonly nowMs: number;
    readonly everyMs: number;
    readonly orphanGraceMs: number;
    readonly idleMs: number;
    readonly refusedUploadMs: number;
    readonly timeIsUp?: () => boolean;
    /** Objects in one listing of results. */
    readonly pageSize?: number;
  },
): Promise<Housekept | undefined> {
  const { redis, bucket, queue, cache } = parts;
  const {
    nowMs,
    everyMs,
    orphanGraceMs: graceMs,
    idleMs,
    refusedUploadMs: refusedMs,
    timeIsUp = () => false,
    pageSize = 1000,
  } = options;
  const state = record(await redis.command(["HGETALL", keys.housekeeping()], { mayBeLate: true }));
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

  const done = { adopted: 0, dropped: 0, orphans: 0, packages: 0, uploads: 0, names: 0 };
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
    // Saved first: if this fails, the next pass tries again, and this pass still ends.
    await reach({ packages: false });
    try {
      const cleared = await clearUpUploads(redis, bucket, { nowMs, refusedMs });
      done.uploads = cleared.removed;
      done.names = cleared.forgotten;
    } finally {
      done.packages = await collectPackages(redis, bucket, { nowMs, idleMs });
    }
  }
  return done;
}

/** The progress of the pass; undefined if none is under way. */
function positionIn({ cache, results, packages }: Readonly<Record<string, string>>): Position | undefined {
  if (!cache && !results && !packages) return undefined;
  return { cache: cache || undefined, results: results || undefined, packages: Boolean(packages) };
}
