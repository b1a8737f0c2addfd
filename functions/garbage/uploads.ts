import { fieldOf, isNewer, nameOfField, nameOfUpload, type PackageRecord, writeRecord } from "../packages/records.ts";
import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, record as recordOf, UnexpectedReply } from "../platform/reply.ts";
import { removeAll } from "../uploads/remove.ts";
import { listUploads, uploadsIn } from "../uploads/uploads.ts";
import source from "./forget-upload.lua";

const forgetScript = script(source);

const DAY_MS = 86_400_000;
/** Test cases whose files are looked at in one run, and pages of the bucket and of the names. */
const MOST = 100;
const PAGES = 10;
const PAGE = 1000;

/** What a run has cleared up. */
export interface ClearedUp {
  /** Test cases whose files were deleted, because they were refused, or never checked, long ago. */
  readonly removed: number;
  /** Names of test cases, and records of their uploads, that were forgotten. */
  readonly forgotten: number;
}

/**
 * Deletes the files of uploads that were refused, or never checked, and were not replaced for long; the reasons are kept as
 * long again. And forgets the names of forms that were never used, and of test cases that are deleted.
 *
 * @param options.refusedMs how long files are kept that cannot be used
 */
export async function clearUpUploads(
  redis: Redis,
  bucket: Bucket,
  options: { readonly nowMs: number; readonly refusedMs: number },
): Promise<ClearedUp> {
  const { nowMs, refusedMs } = options;
  await adopt(redis, bucket);
  const done = { removed: 0, forgotten: 0 };
  // A form can be used for an hour. What is posted in its last minute may take a while.
  const askedMs = nowMs - DAY_MS;
  let looks = 0;
  for await (const [field, text] of candidates(redis, askedMs)) {
    const record = text === undefined ? undefined : (JSON.parse(text) as PackageRecord);
    const sinceMs = record === undefined ? undefined : nowMs - record.upload.modifiedMs;
    if (record?.state === "published" || (sinceMs !== undefined && sinceMs <= refusedMs)) continue;
    if (looks++ === MOST) break;
    try {
      const outcome = await clearUp({ redis, bucket }, field, { text, record }, { nowMs, refusedMs, askedMs });
      if (outcome !== "kept") done[outcome]++;
    } catch (error) {
      log("error", "an upload could not be cleared up", { testcase: field }, error);
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
    // Something newer than the refusal: it is being checked.
    if (nowMs - newest.modifiedMs <= refusedMs || (record !== undefined && isNewer(newest, record.upload)))
      return "kept";
    const reasons = record?.state === "refused" ? record.reasons : ["The service could not check the upload."];
    const days = Math.round((10 * refusedMs) / DAY_MS) / 10;
    const removed = [...reasons, `Its files were deleted after ${days} days.`];
    await writeRecord(redis, name, { state: "refused", upload: newest, reasons: removed, removed: true });
    await removeAll(bucket, objects);
    return "removed";
  }
  // Marks of files that were taken away, and nothing else.
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

/** Test cases for which no form was given out since, the longest ago first, with their records as they stand in Redis. */
async function* candidates(
  redis: Redis,
  askedMs: number,
): AsyncGenerator<readonly [field: string, text: string | undefined], undefined> {
  const records = recordOf(await redis.command(["HGETALL", keys.packageRecords()]));
  const fields: string[] = [];
  for (let page = 0; page < PAGES; page++) {
    const range = ["ZRANGE", keys.uploadNames(), "-inf", askedMs, "BYSCORE", "LIMIT", page * PAGE, PAGE] as const;
    const found = (await redis.command([...range])) as string[];
    fields.push(...found);
    if (found.length < PAGE) break;
  }
  for (const field of fields) yield [field, records[field]];
}

/** Names that Redis knows nothing of, because it has lost something, are found in the bucket. */
async function adopt(redis: Redis, bucket: Bucket): Promise<void> {
  let after: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { objects, more } = await bucket.list(objectKeys.allUploads, after === undefined ? {} : { after });
    const scores = new Map<string, number>();
    for (const { key, modifiedMs } of objects) {
      const name = nameOfUpload(key);
      if (name !== undefined) scores.set(fieldOf(name), Math.max(modifiedMs, scores.get(fieldOf(name)) ?? 0));
    }
    const args = [...scores].flatMap(([field, ms]) => [ms, field]);
    if (args.length > 0) await redis.command(["ZADD", keys.uploadNames(), "NX", ...args]);
    after = objects.at(-1)?.key;
    if (!more || after === undefined) return;
  }
}
