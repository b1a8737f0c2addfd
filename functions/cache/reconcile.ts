import type { ObjectInfo } from "../platform/objects.ts";
import { adopt, drop, type RawEntry, readPage, readSize, readTotal, recount } from "./catalog.ts";
import { isValidKey } from "./key.ts";
import type { Parts } from "./parts.ts";

/** Objects and entries compared in one go. */
const PAGE = 500;

export interface Reconciled {
  /** Objects that the index did not have, or not right. */
  readonly adopted: number;
  /** Entries without an object. */
  readonly dropped: number;
  /** Where the next call is to go on; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * Compares bucket and index, page by page in the order of names, and puts the index right: adopts objects that a crash
 * between PUT and index left out of it, drops entries whose object a crash between DELETE and index has taken. Whatever
 * is locked is left to who is at it. Each page costs 1 LIST and 1 to 3 Redis round trips.
 *
 * @param options.after where an earlier call stopped
 * @param options.pages most pages of this call
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
      // Created or removed meanwhile, something may differ that is right; then this is only work for nothing.
      if (options.after === undefined && sum !== (await readTotal(parts))) await recount(parts);
      return { adopted, dropped, next: undefined };
    }
    after = end;
  }
  return { adopted, dropped, next: after };
}

/** A page of each, cut to the same range of names. The index is read first: then what the bucket has not is a ghost. */
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
  // What has no key of ours, somebody else has put there.
  const own = objects.filter(({ key }) => isValidKey(key));
  const isRight = (entry: RawEntry | undefined, bytes: number) =>
    entry !== undefined && entry.readMs !== undefined && readSize(entry.size).bytes === bytes;
  const orphans = own.filter(({ key, bytes }) => !isRight(byKey.get(key), bytes));
  const there = new Set(own.map(({ key }) => key));
  const ghosts = entries.filter(({ key }) => !there.has(key));
  return { orphans, ghosts, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) };
}
