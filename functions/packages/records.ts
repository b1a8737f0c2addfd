import { keys } from "../platform/keys.ts";
import { PREFIXES } from "../platform/prefixes.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import source from "./record.lua";
import { pathOf, type Scope, scopeOfPath } from "./scope.ts";

/**
 * Names the newest upload of a test case: the object's key, and when it was uploaded (Unix time, ms). S3's times are whole
 * seconds. Uploads of the same second are ordered by the number of files (FMU, config.json, …) at the time, and then by key:
 * keys are in the order in which forms were asked for.
 */
export interface Upload {
  readonly key: string;
  readonly modifiedMs: number;
  /** Number of files; 1 if missing. */
  readonly files?: number;
}

/** A test case in a scope. */
export interface TestCaseName {
  readonly scope: Scope;
  readonly testcaseid: string;
}

/** The outcome of checking a test case's uploads, up to and including `upload`. */
export type PackageRecord = PublishedRecord | RefusedRecord;

export interface PublishedRecord {
  readonly state: "published";
  readonly upload: Upload;
  /** The package's hash: the test case's version. */
  readonly package: string;
  readonly layout: number;
  /** Whose code it is, see `ownerOf`. */
  readonly owner: string;
  /** Its default step, s. */
  readonly step: number;
  /** Compute time of simulating, ms per simulated s; and size of results, bytes per simulated s: as a test has them. */
  readonly cost: number;
  readonly width: number;
  /** What users should know about the model, in a sentence. */
  readonly remark?: string;
  /**
   * Why `upload` was refused and deleted, as sentences, if it was: the package is what was uploaded before, and stays in
   * force.
   */
  readonly refused?: readonly string[];
}

export interface RefusedRecord {
  readonly state: "refused";
  readonly upload: Upload;
  /** Sentences for the uploader. */
  readonly reasons: readonly string[];
  /** The files were deleted, and only the reasons are left. */
  readonly removed?: true;
  /** Until this time (Unix time, ms) a check is under way that may still publish the upload. Afterwards the refusal is final. */
  readonly provisionalUntil?: number;
}

/** After this time a check has failed, ms: its function runs for a few minutes, and three times at most. */
export const CHECK_LIMIT_MS = 900_000;

/** The reason for tests that wait for an upload when it is deleted. */
const DELETED = "It was deleted meanwhile.";

const recordScript = script(source);

const UPLOAD_KEY = new RegExp(`^${PREFIXES.uploads}(shared|namespaces/[^/]+|users/[^/]+)/([^/]+)/[^/]+`);

/** The name of a test case in Redis: `{scope}/{test case}`. */
export function fieldOf({ scope, testcaseid }: TestCaseName): string {
  return `${pathOf(scope)}/${testcaseid}`;
}

/** The inverse of `fieldOf`; undefined for other texts. */
export function nameOfField(field: string): TestCaseName | undefined {
  const slash = field.lastIndexOf("/");
  const scope = scopeOfPath(field.slice(0, Math.max(0, slash)));
  return scope && { scope, testcaseid: field.slice(slash + 1) };
}

/** Reads the record of a test case's uploads: one round trip, 2 commands. Undefined if no upload was ever checked. */
export async function readRecord(redis: Redis, name: TestCaseName): Promise<PackageRecord | undefined> {
  const found = await again(() => redis.command(["HGET", keys.packageRecords(), fieldOf(name)]));
  return typeof found === "string" ? (JSON.parse(found) as PackageRecord) : undefined;
}

/** Reads the records of several test cases, in their order: one command for each 1,000. */
export async function readRecordsOf(
  redis: Redis,
  names: readonly TestCaseName[],
): Promise<(PackageRecord | undefined)[]> {
  const records: (PackageRecord | undefined)[] = [];
  for (let at = 0; at < names.length; at += 1000) {
    const fields = names.slice(at, at + 1000).map(fieldOf);
    const found = (await again(() => redis.command(["HMGET", keys.packageRecords(), ...fields]))) as (string | null)[];
    records.push(...found.map((text) => (text === null ? undefined : (JSON.parse(text) as PackageRecord))));
  }
  return records;
}

/** Reads all records, for the sweeper. */
export async function readRecords(redis: Redis): Promise<PackageRecord[]> {
  const found = (await again(() => redis.command(["HVALS", keys.packageRecords()]))) as string[];
  return found.map((text) => JSON.parse(text) as PackageRecord);
}

/** Whether the record tells the outcome of this upload, or of one that has replaced it. */
export function settles(record: PackageRecord, upload: Upload, nowMs: number): boolean {
  if (record.state === "refused" && nowMs < (record.provisionalUntil ?? 0)) return false;
  return !isNewer(upload, record.upload);
}

/** Why an upload cannot be used, if this record is about it: sentences for the uploader. Undefined if it can. */
export function refusalOf(record: PackageRecord, upload: Upload): readonly string[] | undefined {
  if (record.state === "refused") return record.reasons;
  return isNewer(record.upload, upload) ? undefined : record.refused;
}

/** Whether the first of two uploads of a test case is the newer one. */
export function isNewer(one: Upload, other: Upload): boolean {
  if (one.modifiedMs !== other.modifiedMs) return one.modifiedMs > other.modifiedMs;
  const [files = 1, others = 1] = [one.files, other.files];
  return files !== others ? files > others : one.key > other.key;
}

/**
 * Records the outcome of an upload, unless a newer upload is recorded already, or this upload is recorded as published: events
 * come twice, late and out of order.
 * @returns whether the outcome was recorded
 */
export async function writeRecord(redis: Redis, name: TestCaseName, record: PackageRecord): Promise<boolean> {
  return await write(redis, name, record, "keep");
}

/**
 * Records that an upload was deleted, even if it is published, unless a newer upload is recorded. The record stays for tests that
 * still wait for the upload, and names no package.
 * @returns whether the deletion was recorded
 */
export async function withdrawRecord(redis: Redis, name: TestCaseName, upload: Upload): Promise<boolean> {
  return await write(redis, name, { state: "refused", upload, reasons: [DELETED] }, "replace");
}

async function write(
  redis: Redis,
  name: TestCaseName,
  record: PackageRecord,
  published: "keep" | "replace",
): Promise<boolean> {
  const args = [fieldOf(name), JSON.stringify(record), published];
  const reply = await again(() => redis.run(recordScript, [keys.packageRecords()], args));
  const [kind] = outcomeOf("record", reply);
  if (kind === "recorded") return true;
  if (kind === "kept") return false;
  throw new UnexpectedReply("record");
}

/**
 * The version of a test that was created while its upload was being checked: `upload:{time, ms}:{files}:{S3 key}`. When the test
 * starts, it gets the package's version.
 */
export function pendingVersion({ key, modifiedMs, files = 1 }: Upload): string {
  return `upload:${modifiedMs}:${files}:${key}`;
}

/** The inverse of `pendingVersion`; undefined for the version of a package. */
export function readPendingVersion(version: string): (TestCaseName & { readonly upload: Upload }) | undefined {
  const [, ms, files, key = ""] = /^upload:(\d+):(\d+):(.+)$/.exec(version) ?? [];
  const name = nameOfUpload(key);
  return name && { ...name, upload: { key, modifiedMs: Number(ms), files: Number(files) } };
}

/** The test case of an object under `uploads/`: `uploads/{scope}/{testcaseid}/…`. Undefined for other keys. */
export function nameOfUpload(key: string): TestCaseName | undefined {
  const [, path = "", testcaseid = ""] = UPLOAD_KEY.exec(key) ?? [];
  const scope = scopeOfPath(path);
  return scope === undefined ? undefined : { scope, testcaseid };
}
