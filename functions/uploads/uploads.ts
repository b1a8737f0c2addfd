import { randomUUID } from "node:crypto";
import { isBesideFile } from "../packages/beside.ts";
import { isNewer, type Upload } from "../packages/records.ts";
import { isUploadName, pathOf, type Scope } from "../packages/scope.ts";
import { type Bucket, type ObjectInfo, objectKeys } from "../platform/objects.ts";

/** A file of a test case: its FMU, `fmu`, or the name of a file beside it (see `isBesideFile`). */
export type UploadFile = string;
export const FMU: UploadFile = "fmu";

export type UploadedFile = Upload & Pick<ObjectInfo, "bytes">;

/** The uploads of a test case: the newest of each file. */
export interface Uploads {
  /** The newest of all uploads, and how many files there are: this tells how new the test case is. */
  readonly newest: Upload;
  readonly fmu: UploadedFile | undefined;
  /** By file name. */
  readonly beside: ReadonlyMap<string, UploadedFile>;
  /** Objects that newer ones have replaced. */
  readonly replaced: readonly UploadedFile[];
}

/** The prefix of the keys of a scope's uploads, or of one test case in it. */
export function folderOf(scope: Scope, testcaseid = ""): string {
  return objectKeys.uploads(pathOf(scope)) + (testcaseid === "" ? "" : `${testcaseid}/`);
}

/**
 * Makes the key of a new upload. Each upload has its own key, so that none overwrites another: a random name, followed by the
 * file's name unless it is the FMU.
 */
export function newKey(scope: Scope, testcaseid: string, file: UploadFile, nowMs: number): string {
  return `${folderOf(scope, testcaseid)}${randomName(nowMs)}${file === FMU ? "" : `/${file}`}`;
}

/** A UUID of version 7 (RFC 9562): later names are greater. */
function randomName(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Which file of its test case an object is. */
export function fileOf(key: string): UploadFile {
  const name = key.slice(key.lastIndexOf("/") + 1);
  return isBesideFile(name) ? name : FMU;
}

/**
 * What was uploaded of a test case; undefined if nothing was. One S3 request for each 1,000 files.
 * @param without the key of an object that is left out, as if it was not there
 */
export async function findUploads(
  bucket: Bucket,
  scope: Scope,
  testcaseid: string,
  without?: string,
): Promise<Uploads | undefined> {
  const objects = await listUploads(bucket, scope, testcaseid);
  return uploadsIn(objects.filter(({ key }) => key !== without));
}

/** All objects of a test case, or of the whole scope if none is named, in the order of their keys. */
export async function listUploads(bucket: Bucket, scope: Scope, testcaseid?: string): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  // Any other name might span several levels of the keys.
  const names = [scope.kind === "namespace" ? scope.namespace : "ok", testcaseid ?? "ok"];
  if (!names.every(isUploadName)) return found;
  const folder = folderOf(scope, testcaseid);
  for (let after: string | undefined; ; ) {
    const page = await bucket.list(folder, after === undefined ? {} : { after });
    found.push(...page.objects);
    after = page.objects.at(-1)?.key;
    if (!page.more || after === undefined) return found;
  }
}

/**
 * Finds a test case's current uploads among its objects; undefined if there are none. An empty file beside the FMU marks that
 * the file of that name was removed: no form accepts an empty file.
 */
export function uploadsIn(objects: readonly ObjectInfo[]): Uploads | undefined {
  const files = new Map<UploadFile, UploadedFile>();
  const replaced: UploadedFile[] = [];
  for (const found of objects) {
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
  const isAway = ([file, { bytes }]: readonly [UploadFile, UploadedFile]) => file !== FMU && bytes === 0;
  const isReplaced = new Set(replaced.map((object) => fileOf(object.key)));
  for (const [file, mark] of [...files].filter(isAway)) {
    // The mark is deleted after the file that it removes: without it the file would be back.
    if (mark.key !== key && !isReplaced.has(file)) replaced.push(mark);
  }
  const beside = new Map([...files].filter((entry) => entry[0] !== FMU && !isAway(entry)));
  if (!files.has(FMU) && beside.size === 0) return undefined;
  return { newest: { key, modifiedMs, files: files.size }, fmu: files.get(FMU), beside, replaced };
}
