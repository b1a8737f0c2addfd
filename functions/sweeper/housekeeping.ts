import type { Cache } from "../cache/cache.ts";
import { collectPackages } from "../packages/collect.ts";
import { keys } from "../platform/keys.ts";
import type { Bucket } from "../platform/objects.ts";
import type { Queue } from "../platform/queue.ts";
import type { Redis } from "../platform/redis.ts";
import { record } from "../platform/reply.ts";
import { collectOrphans } from "../results/orphans.ts";

/** Pages of bucket and index that one run compares; the next goes on from there. */
const PAGES = 10;

/** What a run of the housekeeping has put right. */
export interface Housekept {
  readonly adopted: number;
  readonly dropped: number;
  readonly orphans: number;
  readonly packages: number;
}

/**
 * Compares what is in the bucket with what Redis knows of it, a few pages at a time: the cache's index, and the
 * segments of all lineages; and deletes packages that nobody needs. Begins once in so long, and then goes on every minute until it is through. How far it is,
 * stands in Redis; two at once do the same work twice and no harm.
 *
 * @returns undefined if it is not due
 */
export async function keepHouse(
  parts: { readonly redis: Redis; readonly bucket: Bucket; readonly queue: Queue; readonly cache: Cache },
  options: {
    readonly nowMs: number;
    readonly everyMs: number;
    readonly orphanGraceMs: number;
    readonly idleMs: number;
  },
): Promise<Housekept | undefined> {
  const { redis, bucket, queue, cache } = parts;
  const { nowMs, everyMs, orphanGraceMs: graceMs, idleMs } = options;
  const state = record(await redis.command(["HGETALL", keys.housekeeping()]));
  const isUnderWay = Boolean(state.cache || state.results);
  if (!isUnderWay && nowMs - Number(state.begunMs ?? 0) < everyMs) return undefined;

  // Each of the two may be through before the other.
  const done = { adopted: 0, dropped: 0, orphans: 0, packages: 0 };
  let cacheNext: string | undefined;
  if (!isUnderWay || state.cache) {
    const part = await cache.reconcile({ after: state.cache || undefined, pages: PAGES });
    done.adopted = part.adopted;
    done.dropped = part.dropped;
    cacheNext = part.next;
  }
  let resultsNext: string | undefined;
  if (!isUnderWay || state.results) {
    resultsNext = state.results || undefined;
    for (let page = 0; page < PAGES; page++) {
      const part = await collectOrphans(redis, bucket, queue, { nowMs, graceMs, after: resultsNext });
      done.orphans += part.deleted;
      resultsNext = part.next;
      if (resultsNext === undefined) break;
    }
  }
  const begunMs = isUnderWay ? (state.begunMs ?? nowMs) : nowMs;
  const progress = ["begunMs", begunMs, "cache", cacheNext ?? "", "results", resultsNext ?? ""] as const;
  await redis.command(["HSET", keys.housekeeping(), ...progress]);
  // Last, so that a failure of this does not make all of the above begin anew.
  if (!isUnderWay) done.packages = await collectPackages(redis, bucket, { nowMs, idleMs });
  return done;
}
