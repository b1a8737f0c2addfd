import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage } from "../packages/check.ts";
import type { SettingsFile } from "../packages/config.ts";
import { describeBytes, PACKAGE_LIMITS } from "../packages/limits.ts";
import type { Manifest } from "../packages/manifest.ts";
import { publishPackage } from "../packages/publish.ts";
import {
  CHECK_LIMIT_MS,
  dropRecord,
  type PackageRecord,
  readRecord,
  settles,
  type TestCaseName,
  writeRecord,
} from "../packages/records.ts";
import { keys } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import type { Bucket } from "../platform/objects.ts";
import { again, type Redis } from "../platform/redis.ts";
import { resultsWidth } from "../results/width.ts";
import { ownerOf } from "../uploads/scope.ts";
import { findUploads, type Uploads } from "../uploads/uploads.ts";
import { download, Vanished } from "./download.ts";

export interface IntakePorts {
  readonly redis: Redis;
  readonly bucket: Bucket;
  readonly clock: () => number;
}

/** What became of an event. `known`: that was recorded before. `gone`: there is nothing uploaded any more. */
export interface TakenIn {
  readonly outcome: "published" | "refused" | "known" | "gone";
  readonly package?: string;
  readonly reasons?: number;
}

/** Uploads that are replaced while they are checked are followed so often. */
const ATTEMPTS = 3;
/** Lambda sends an event three times in all: before the last one is begun, what is to stand if it ends as well is recorded. */
const LAST_CHECK = 3;
const CHECKS_MS = 3_600_000;

/**
 * Checks what is uploaded of a test case now, publishes it if it is good, and records what became of it. Does nothing
 * for what is recorded already. Any number of these may run at once: packages are named by their content, and the record
 * of the newest upload stands.
 *
 * @param options.eventId of the event that this is on behalf of: the same when it is sent again
 * @param options.limitMs a check that takes longer refuses the upload
 * @param options.cost what simulating takes, ms per s
 */
export async function takeIn(
  ports: IntakePorts,
  name: TestCaseName,
  options: { readonly eventId: string; readonly limitMs: number; readonly cost: number },
): Promise<TakenIn> {
  const { redis, bucket } = ports;
  for (let attempt = 1; ; attempt++) {
    const uploads = await findUploads(bucket, name.scope, name.testcaseid);
    if (uploads === undefined) {
      // A refusal is for those who still wait for it, and holds no package.
      const left = await readRecord(redis, name);
      if (left?.state === "published") await dropRecord(redis, name);
      return { outcome: "gone" };
    }
    const before = await readRecord(redis, name);
    if (before !== undefined && settles(before, uploads.newest)) return { outcome: "known" };
    try {
      await prepareForTheWorst(redis, name, uploads, options.eventId);
      const record = await check(ports, name, uploads, options);
      await writeRecord(redis, name, record);
      // Deleted meanwhile, with everything that was known of it then. (A newer one has an event of its own.)
      if ((await bucket.head(uploads.newest.key)) === undefined) await dropRecord(redis, name, uploads.newest);
      else await clearUp(bucket, uploads);
      return record.state === "published"
        ? { outcome: "published", package: record.package }
        : { outcome: "refused", reasons: record.reasons.length };
    } catch (error) {
      // Replaced or deleted while it was read: look again.
      if (!(error instanceof Vanished) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Removes what others have replaced: nobody asks for it any more. What stays, the next check removes. */
async function clearUp(bucket: Bucket, { replaced }: Uploads): Promise<void> {
  try {
    await bucket.remove(replaced.slice(0, 1000));
  } catch (error) {
    log("warn", "replaced uploads could not be removed", { error: describeError(error) });
  }
}

/** A file whose check ends the function itself, by its memory or its time, has no outcome otherwise. */
async function prepareForTheWorst(
  redis: Redis,
  name: TestCaseName,
  { newest: upload }: Uploads,
  eventId: string,
): Promise<void> {
  const counter = keys.packageChecks(eventId);
  const checks = Number(await redis.command(["INCR", counter]));
  await again(() => redis.command(["PEXPIRE", counter, CHECKS_MS]));
  if (checks < LAST_CHECK) return;
  const reasons = [
    "The check of the file did not come to an end: it takes too much memory or time, or the service failed.",
  ];
  await writeRecord(redis, name, { state: "refused", upload, reasons });
}

async function check(
  ports: IntakePorts,
  name: TestCaseName,
  uploads: Uploads,
  options: { readonly limitMs: number; readonly cost: number },
): Promise<PackageRecord> {
  const { newest: upload, fmu } = uploads;
  const refused = (...reasons: string[]): PackageRecord => ({ state: "refused", upload, reasons });
  if (fmu === undefined) return refused("There are only files to be put beside an FMU, and no FMU. Upload it as well.");
  const { archiveBytes } = PACKAGE_LIMITS;
  if (fmu.bytes > archiveBytes) {
    return refused(`The file has ${describeBytes(fmu.bytes)}. At most ${describeBytes(archiveBytes)} are allowed.`);
  }
  const signal = AbortSignal.timeout(options.limitMs);
  const folder = await makeFolder(ports.clock());
  try {
    const file = join(folder, "model.fmu");
    await download(ports.bucket, fmu.key, file, { maxBytes: archiveBytes, signal });
    const beside = await readBeside(ports.bucket, uploads);
    const checked = await checkPackage({ fmu: file, beside }, { signal });
    if (!checked.ok) return refused(...checked.reasons);
    await publishPackage({ redis: ports.redis, bucket: ports.bucket, clock: ports.clock }, checked.manifest, file);
    return publishedRecord(checked.manifest, name, upload, options.cost);
  } catch (error) {
    if (!signal.aborted) throw error;
    return refused(`The check of the file took longer than ${Math.round(options.limitMs / 1000)} s.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const FOLDERS = "boptest-intake-";

/** A folder of its own. Those of checks that ended with their process, long ago, are cleared away. */
async function makeFolder(nowMs: number): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDERS)) continue;
    const path = join(tmpdir(), name);
    // Somebody else may have been quicker.
    const madeMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => nowMs,
    );
    if (nowMs - madeMs > CHECK_LIMIT_MS) await rm(path, { recursive: true, force: true });
  }
  return await mkdtemp(join(tmpdir(), FOLDERS));
}

async function readBeside(bucket: Bucket, { beside }: Uploads): Promise<Map<SettingsFile, Uint8Array>> {
  const contents = new Map<SettingsFile, Uint8Array>();
  for (const [file, { key }] of beside) {
    const bytes = await bucket.read(key);
    if (bytes === undefined) throw new Vanished(`There is no object ${key}`);
    contents.set(file, bytes);
  }
  return contents;
}

function publishedRecord(
  manifest: Manifest,
  { scope }: TestCaseName,
  upload: Uploads["newest"],
  cost: number,
): PackageRecord {
  return {
    state: "published",
    upload,
    package: manifest.hash,
    layout: manifest.layout,
    owner: ownerOf(scope),
    step: manifest.defaults.step,
    cost,
    width: resultsWidth(manifest),
  };
}
