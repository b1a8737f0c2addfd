import type { ObjectInfo } from "../platform/objects.ts";
import { script } from "../platform/redis.ts";
import { outcomeOf } from "../platform/reply.ts";
import { type RawEntry, readPage, readSize, readTotal } from "./index-entries.ts";
import { isValidKey } from "./key.ts";
import type { Parts } from "./parts.ts";
import adoptSource from "./scripts/adopt.lua";
import dropSource from "./scripts/drop.lua";
import recountSource from "./scripts/recount.lua";

const adoptScript = script(adoptSource);
const dropScript = script(dropSource);
const recountScript = script(recountSource);

/** Objects and entries compared at a time. */
const PAGE = 500;
/** With more objects than this the total is not recounted: a script must be short. */
const MAX_RECOUNTED = 100_000;

export interface Reconciled {
  /** Objects that had no entry, or a wrong one. */
  readonly adopted: number;
  /** Entries without an object. */
  readonly dropped: number;
  /** Where the next call continues; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * Compares bucket and index page by page, in the order of keys, and corrects the index. It adopts objects that a crash
 * between PUT and index left without an entry, and drops entries whose objects were deleted before such a crash. Locked
 * objects are skipped: their holder updates the index. Each page costs 1 LIST and 1 to 3 Redis round trips.
 *
 * @param options.after `next` of an earlier call
 * @param options.pages the most pages of this call
 */
export async function reconcile(
  parts: Parts,
  options: { readonly after?: string | undefined; readonly pages?: number } = {},
): Promise<Reconciled> {
  let after = options.after ?? "";
  let adopted = 0;
  let dropped = 0;
  let sum = 0;
  for (let pages = 0; pages < (options.pages ?? Number.POSITIVE_INFINITY); pages++) {
    const { entries, objects, end } = await readBoth(parts, after);
    const { orphans, ghosts, bytes } = compare(entries, objects);
    adopted += await adopt(parts, orphans);
    dropped += await drop(parts, ghosts);
    sum += bytes;
    if (end === undefined) {
      // The sum may also differ because objects were created or deleted meanwhile. Then the recount is not needed, but
      // does no harm.
      if (options.after === undefined && sum !== (await readTotal(parts))) await recount(parts);
      return { adopted, dropped, next: undefined };
    }
    after = end;
  }
  return { adopted, dropped, next: after };
}

/**
 * A page of the index and a page of the bucket, cut to the same range of keys. The index is read first: an entry that
 * has no object in the later listing is a ghost.
 */
async function readBoth(parts: Parts, after: string) {
  const entries = await readPage(parts, after === "" ? "-" : `(${after}`, "+", PAGE);
  const prefix = parts.objectKey("");
  const listed = await parts.bucket.list(prefix, { limit: PAGE, ...(after === "" ? {} : { after: prefix + after }) });
  const objects = listed.objects.map((object) => ({ ...object, key: object.key.slice(prefix.length) }));

  const ends = [...(entries.length === PAGE ? entries.slice(-1) : []), ...(listed.more ? objects.slice(-1) : [])].map(
    ({ key }) => key,
  );
  const end = ends.sort()[0];
  const isWithin = ({ key }: { key: string }) => end === undefined || key <= end;
  return { entries: entries.filter(isWithin), objects: objects.filter(isWithin), end };
}

function compare(entries: readonly RawEntry[], objects: readonly ObjectInfo[]) {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  // The cache did not write objects with other keys.
  const own = objects.filter(({ key }) => isValidKey(key));
  const isRight = (entry: RawEntry | undefined, bytes: number) =>
    entry !== undefined && entry.readMs !== undefined && readSize(entry.size).bytes === bytes;
  const orphans = own.filter(({ key, bytes }) => !isRight(byKey.get(key), bytes));
  const there = new Set(own.map(({ key }) => key));
  const ghosts = entries.filter(({ key }) => !there.has(key));
  return { orphans, ghosts, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Adds entries for objects that S3 has, unless they are locked: one round trip. @returns how many */
async function adopt(parts: Parts, objects: readonly ObjectInfo[]): Promise<number> {
  if (objects.length === 0) return 0;
  const { redis, keys } = parts;
  const reply = await redis.run(
    adoptScript,
    [keys.size, keys.names, keys.lru, keys.total, ...objects.map(({ key }) => keys.lock(key))],
    objects.flatMap(({ key, bytes, modifiedMs }) => [key, bytes, modifiedMs]),
  );
  return Number(outcomeOf("adopt", reply)[1]);
}

/** Removes entries without an object, unless they are locked or have changed since they were read. @returns how many */
async function drop(parts: Parts, entries: readonly RawEntry[]): Promise<number> {
  if (entries.length === 0) return 0;
  const { redis, keys } = parts;
  const reply = await redis.run(
    dropScript,
    [keys.size, keys.names, keys.lru, keys.total, ...entries.map(({ key }) => keys.lock(key))],
    entries.flatMap(({ key, size }) => [key, size]),
  );
  return Number(outcomeOf("drop", reply)[1]);
}

/** Computes the total size again. */
async function recount(parts: Parts): Promise<void> {
  await parts.redis.run(recountScript, [parts.keys.size, parts.keys.total], [MAX_RECOUNTED]);
}
