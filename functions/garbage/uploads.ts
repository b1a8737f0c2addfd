import { fieldOf, isNewer, nameOfField, nameOfUpload, type PackageRecord, writeRecord } from "../packages/records.ts";
import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, record as recordOf, UnexpectedReply } from "../platform/reply.ts";
import { removeAll } from "../uploads/remove.ts";
import { listUploads, uploadsIn } from "../uploads/uploads.ts";
import source from "./forget-upload.lua";
import { walk } from "./walk.ts";

const forgetScript = script(source);

const DAY_MS = 86_400_000;
/** Test cases whose files one run looks at. */
const MAX_LOOKS = 100;
/** Names that are read at once. */
const PAGE = 1000;

/** What a run has cleared up. */
export interface ClearedUp {
  /** Test cases whose files were deleted: they were refused, or never checked, long ago. */
  readonly removed: number;
  /** Test cases that were forgotten: their name, and the record of their uploads. */
  readonly forgotten: number;
}

/**
 * Deletes the files of uploads that were refused, or never checked, and were not replaced since; the reasons are kept as long
 * again. Then the record and the name are forgotten, as are the names of forms that were never used.
 *
 * @param options.refusedMs how long files are kept that cannot be used
 * @param options.maxPages pages of the bucket that are compared with Redis in this run
 */
export async function clearUpUploads(
  redis: Redis,
  bucket: Bucket,
  options: { readonly nowMs: number; readonly refusedMs: number; readonly maxPages?: number },
): Promise<ClearedUp> {
  const { nowMs, refusedMs } = options;
  await adopt(redis, bucket, options.maxPages);
  const done = { removed: 0, forgotten: 0 };
  // A form can be used for an hour. A file that is posted in its last minute may arrive later.
  const askedMs = nowMs - DAY_MS;
  let looks = 0;
  // In random order: test cases that must stay for now do not keep a run from those that may go.
  for (const { field, formMs, text } of shuffled(await candidates(redis, askedMs))) {
    const record = text === undefined ? undefined : (JSON.parse(text) as PackageRecord);
    // A form that is younger than what was published may have been used for a file that nobody has checked.
    if (record?.state === "published" && formMs <= record.upload.modifiedMs) continue;
    if (record?.state === "refused" && nowMs - record.upload.modifiedMs <= refusedMs) continue;
    if (looks++ === MAX_LOOKS) break;
    try {
      const outcome = await clearUp({ redis, bucket }, field, { text, record }, { nowMs, refusedMs, askedMs });
      if (outcome !== "kept") done[outcome]++;
    } catch (error) {
      log("error", "Could not clear up an upload", { event: "upload_not_cleared_up", testcase: field }, error);
    }
  }
  return done;
}

async function clearUp(
  { redis, bucket }: { readonly redis: Redis; readonly bucket: Bucket },
  field: string,
  { text, record }: { readonly text: string | undefined; readonly record: PackageRecord | undefined },
  { nowMs, refusedMs, askedMs }: { readonly nowMs: number; readonly refusedMs: number; readonly askedMs: number },
): Promise<"removed" | "forgotten" | "kept"> {
  const name = nameOfField(field);
  const objects = name === undefined ? [] : await listUploads(bucket, name.scope, name.testcaseid);
  const newest = uploadsIn(objects)?.newest;
  if (name !== undefined && newest !== undefined) {
    const isUnchecked = record === undefined || isNewer(newest, record.upload);
    if (!isUnchecked && record.state === "published") return "kept";
    // A check that is still under way takes minutes. What is being checked is not deleted.
    if (nowMs - newest.modifiedMs <= (isUnchecked ? Math.max(refusedMs, DAY_MS) : refusedMs)) return "kept";
    const reasons =
      !isUnchecked && record.state === "refused" ? record.reasons : ["The service could not check the upload."];
    const days = Math.round((10 * refusedMs) / DAY_MS) / 10;
    const removed = [...reasons, `Its files were deleted after ${days} days.`];
    if (record?.state === "published") {
      // The published version stays, without the newer files.
      await writeRecord(redis, name, { ...record, upload: newest, refused: removed });
      await removeAll(
        bucket,
        objects.filter((object) => isNewer(object, record.upload)),
      );
      return "removed";
    }
    await writeRecord(redis, name, { state: "refused", upload: newest, reasons: removed, removed: true });
    await removeAll(bucket, objects);
    return "removed";
  }
  // At most marks of files that were taken away are left.
  await removeAll(bucket, objects);
  if (record !== undefined && nowMs - record.upload.modifiedMs <= 2 * refusedMs) return "kept";
  const reply = await redis.run(
    forgetScript,
    [keys.uploadNames(), keys.packageRecords()],
    [field, askedMs, text ?? ""],
  );
  const [kind] = outcomeOf("forget", reply);
  if (kind === "forgotten" || kind === "kept") return kind;
  throw new UnexpectedReply("forget");
}

interface Candidate {
  /** The test case's name in Redis. */
  readonly field: string;
  /** When a form was last given out for it (Unix time, ms). */
  readonly formMs: number;
  /** Its record as it stands in Redis. */
  readonly text: string | undefined;
}

/** All test cases for which no form was given out since. */
async function candidates(redis: Redis, askedMs: number): Promise<Candidate[]> {
  const records = recordOf(await redis.command(["HGETALL", keys.packageRecords()]));
  const all: Candidate[] = [];
  for (let at = 0; ; at += PAGE) {
    const range = ["ZRANGE", keys.uploadNames(), "-inf", askedMs, "BYSCORE", "LIMIT", at, PAGE, "WITHSCORES"] as const;
    const found = (await redis.command([...range])) as (string | number)[];
    for (let i = 0; i < found.length; i += 2) {
      const field = String(found[i]);
      all.push({ field, formMs: Number(found[i + 1]), text: records[field] });
    }
    if (found.length < 2 * PAGE) return all;
  }
}

/** Names that Redis has lost are found in the bucket. */
async function adopt(redis: Redis, bucket: Bucket, maxPages: number | undefined): Promise<void> {
  const walked = { name: "uploads", prefix: objectKeys.allUploads, ...(maxPages === undefined ? {} : { maxPages }) };
  await walk(redis, bucket, walked, async (objects) => {
    const scores = new Map<string, number>();
    for (const { key, modifiedMs } of objects) {
      const name = nameOfUpload(key);
      if (name !== undefined) scores.set(fieldOf(name), Math.max(modifiedMs, scores.get(fieldOf(name)) ?? 0));
    }
    const args = [...scores].flatMap(([field, ms]) => [ms, field]);
    if (args.length > 0) await redis.command(["ZADD", keys.uploadNames(), "NX", ...args]);
  });
}

/** The same items in a random order. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
