import { randomUUID } from "node:crypto";
import { SETTINGS_FILES, type SettingsFile } from "../packages/beside.ts";
import { PACKAGE_LIMITS } from "../packages/limits.ts";
import { isNewer, type TestCaseName, type Upload, withdrawRecord } from "../packages/records.ts";
import { isUploadName, pathOf, type Scope } from "../packages/scope.ts";
import { keys } from "../platform/keys.ts";
import { type Bucket, type ObjectInfo, objectKeys, type PostForm } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";

/** For how long a form can be used, s. */
const FORM_SECONDS = 3600;

/** What can be uploaded of a test case: its FMU, or one of the files that are put beside it. */
export type UploadFile = "fmu" | SettingsFile;

const folderOf = (scope: Scope, testcaseid = "") =>
  objectKeys.uploads(pathOf(scope)) + (testcaseid === "" ? "" : `${testcaseid}/`);

/**
 * A form with which anyone who has it can upload a file of this test case. Each has an object key of its own, so that none
 * takes another's place: a name of its own, and behind it the file's where it is not the FMU. What is
 * uploaded is S3's to know; Redis is only told which names may be.
 */
export async function makeUploadForm(
  redis: Redis,
  bucket: Bucket,
  scope: Scope,
  testcaseid: string,
  file: UploadFile,
): Promise<PostForm> {
  await redis.command(["SADD", keys.uploads(pathOf(scope)), testcaseid]);
  const key = `${folderOf(scope, testcaseid)}${randomName(Date.now())}${file === "fmu" ? "" : `/${file}`}`;
  const maxBytes = file === "fmu" ? PACKAGE_LIMITS.archiveBytes : PACKAGE_LIMITS.jsonBytes;
  return await bucket.form(key, { maxBytes, seconds: FORM_SECONDS });
}

/** A UUID of version 7 (RFC 9562): names that are made later are greater. */
function randomName(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** What was uploaded of a test case, of each file the newest. */
export interface Uploads {
  /** The newest of all, and how many there are: how new the test case is. */
  readonly newest: Upload;
  readonly fmu: UploadedFile | undefined;
  readonly beside: ReadonlyMap<SettingsFile, UploadedFile>;
  /** Those that others have replaced. */
  readonly replaced: readonly UploadedFile[];
}

export type UploadedFile = Upload & Pick<ObjectInfo, "bytes">;

/** What was uploaded of a test case; undefined if nothing was. One S3 request for each 1,000 files. */
export async function findUploads(bucket: Bucket, scope: Scope, testcaseid: string): Promise<Uploads | undefined> {
  if (!canHold(scope, testcaseid)) return undefined;
  const folder = folderOf(scope, testcaseid);
  const files = new Map<UploadFile, UploadedFile>();
  const replaced: UploadedFile[] = [];
  for await (const found of listAll(bucket, folder)) {
    const file = fileOf(found.key);
    const before = files.get(file);
    if (before !== undefined && isNewer(before, found)) {
      replaced.push(found);
      continue;
    }
    files.set(file, found);
    if (before !== undefined) replaced.push(before);
  }
  const [first, ...others] = files.values();
  if (first === undefined) return undefined;
  const { key, modifiedMs } = others.reduce((newest, other) => (isNewer(other, newest) ? other : newest), first);
  const beside = SETTINGS_FILES.flatMap((name): [SettingsFile, UploadedFile][] => {
    const file = files.get(name);
    return file === undefined ? [] : [[name, file]];
  });
  return { newest: { key, modifiedMs, files: files.size }, fmu: files.get("fmu"), beside: new Map(beside), replaced };
}

function fileOf(key: string): UploadFile {
  const name = key.slice(key.lastIndexOf("/") + 1);
  return SETTINGS_FILES.find((file) => file === name) ?? "fmu";
}

/** Whether files can be there: another name might be read as more than one level of their keys. */
function canHold(scope: Scope, testcaseid?: string): boolean {
  const names = [scope.kind === "namespace" ? scope.namespace : "ok", testcaseid ?? "ok"];
  return names.every(isUploadName);
}

/**
 * Whether something may be uploaded: asked of Redis, so that selecting what was never uploaded needs no S3. A name stays
 * there when its files are deleted, for a form may still be about.
 */
export async function maybeUploaded(redis: Redis, scope: Scope, testcaseid: string): Promise<boolean> {
  return (await redis.command(["SISMEMBER", keys.uploads(pathOf(scope)), testcaseid])) === 1;
}

/** The test cases that have an uploaded file, sorted by name. */
export async function uploadedTestCases(bucket: Bucket, scope: Scope): Promise<string[]> {
  if (!canHold(scope)) return [];
  const folder = folderOf(scope);
  const found: string[] = [];
  for await (const { key } of listAll(bucket, folder)) {
    const testcaseid = key.slice(folder.length).split("/")[0] ?? "";
    if (found.at(-1) !== testcaseid) found.push(testcaseid);
  }
  return found.sort();
}

async function* listAll(bucket: Bucket, folder: string): AsyncGenerator<ObjectInfo, undefined> {
  for (let after: string | undefined; ; ) {
    const page = await bucket.list(folder, after === undefined ? {} : { after });
    yield* page.objects;
    after = page.objects.at(-1)?.key;
    if (!page.more || after === undefined) return;
  }
}

/**
 * Deletes all files of a test case, and what is known of them. Tests that wait for the check of one of them are refused; a
 * package stays until no test has used it for long.
 * @returns whether there were any
 */
export async function deleteUploads(redis: Redis, bucket: Bucket, name: TestCaseName): Promise<boolean> {
  const { scope, testcaseid } = name;
  let newest: Upload | undefined;
  for (;;) {
    const uploads = await findUploads(bucket, scope, testcaseid);
    if (uploads === undefined) break;
    if (newest === undefined || isNewer(uploads.newest, newest)) newest = uploads.newest;
    const files = [uploads.fmu ?? [], ...uploads.beside.values(), ...uploads.replaced].flat();
    await bucket.remove(files.slice(0, 1000).map(({ key }) => key));
  }
  if (newest === undefined) return false;
  // Files first: a check that is under way looks, when it has recorded its outcome, whether they are still there.
  await withdrawRecord(redis, name, newest);
  return true;
}
