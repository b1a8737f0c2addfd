import { isDataFile } from "../packages/beside.ts";
import { PACKAGE_LIMITS } from "../packages/limits.ts";
import { fieldOf, type TestCaseName } from "../packages/records.ts";
import { pathOf } from "../packages/scope.ts";
import { keys } from "../platform/keys.ts";
import type { UploadLimits } from "../platform/limits.ts";
import type { Bucket, ObjectInfo, PostForm } from "../platform/objects.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import source from "./form.lua";
import { overQuota } from "./quota.ts";
import { FMU, fileOf, folderOf, listUploads, newKey, type UploadFile, uploadsIn } from "./uploads.ts";

const formScript = script(source);

/** How long a form can be used, s. */
const FORM_SECONDS = 3600;

/** There are as many CSV files beside the FMU as allowed. */
export class TooManyFiles extends Error {
  override readonly name = "TooManyFiles";
}

/**
 * Makes a form for uploading a file of this test case. For an hour, anyone who has the form can use it any number of times. S3
 * accepts no more bytes with it than the scope has left. Costs one S3 request for each 1,000 files of the scope, and one round
 * trip to Redis.
 *
 * @param file the file that the form is for; the caller has checked its name
 * @throws OverQuota, TooManyFiles
 */
export async function makeUploadForm(
  { redis, bucket }: { readonly redis: Redis; readonly bucket: Bucket },
  name: TestCaseName,
  file: UploadFile,
  options: { readonly limits: UploadLimits; readonly nowMs: number },
): Promise<PostForm> {
  const { scope, testcaseid } = name;
  const { limits, nowMs } = options;
  const objects = await listUploads(bucket, scope);
  const folder = folderOf(scope, testcaseid);
  const own = objects.filter((object) => object.key.startsWith(folder));
  requireRoomBeside(own, file);
  // The file that the new one replaces is deleted after the check.
  const others = objects.filter((object) => !own.includes(object) || fileOf(object.key) !== file);
  const bytes = others.reduce((sum, object) => sum + object.bytes, 0);
  const over = (openForms: number) => {
    const held = objects.reduce((sum, object) => sum + object.bytes, 0);
    return overQuota(scope, objects, { bytes: held, files: objects.length, openForms }, limits);
  };
  if (bytes >= limits.bytes) throw over(0);

  const key = newKey(scope, testcaseid, file, nowMs);
  const expiresMs = nowMs + 1000 * FORM_SECONDS;
  // A form is at most an hour older than the upload, plus the time that the upload took.
  const used = objects.filter(({ modifiedMs }) => nowMs - modifiedMs < 2000 * FORM_SECONDS).map((object) => object.key);
  const reply = await redis.run(
    formScript,
    [keys.uploadNames(), keys.uploadForms(pathOf(scope))],
    [fieldOf(name), nowMs, expiresMs, key, limits.files - others.length, ...used],
  );
  const [kind, open] = outcomeOf("form", reply);
  if (kind === "full") throw over(Number(open));
  if (kind !== "noted") throw new UnexpectedReply("form");
  return await bucket.form(key, { maxBytes: Math.min(mostBytes(file), limits.bytes - bytes), seconds: FORM_SECONDS });
}

/**
 * Whether something may be uploaded of a test case: asked of Redis, so that selecting a test case that was never uploaded needs
 * no S3 request. One command. A name stays for a while after its files are deleted, because a form may still be in use.
 */
export async function maybeUploaded(redis: Redis, name: TestCaseName): Promise<boolean> {
  return (await redis.command(["ZSCORE", keys.uploadNames(), fieldOf(name)])) !== null;
}

function mostBytes(file: UploadFile): number {
  if (file === FMU) return PACKAGE_LIMITS.archiveBytes;
  return isDataFile(file) ? PACKAGE_LIMITS.besideCsvBytes : PACKAGE_LIMITS.jsonBytes;
}

function requireRoomBeside(own: readonly ObjectInfo[], file: UploadFile): void {
  const csv = [...(uploadsIn(own)?.beside.keys() ?? [])].filter(isDataFile);
  const { besideCsvFiles } = PACKAGE_LIMITS;
  if (!isDataFile(file) || csv.includes(file) || csv.length < besideCsvFiles) return;
  throw new TooManyFiles(
    `There are ${csv.length} CSV files beside the FMU. At most ${besideCsvFiles} are allowed. Delete one with DELETE …?file={name}, or put some columns into one file: ${csv.slice(0, 10).join(", ")}${csv.length > 10 ? ", …" : ""}.`,
  );
}
