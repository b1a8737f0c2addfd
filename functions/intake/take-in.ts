import {
  isNewer,
  type PackageRecord,
  readRecord,
  settles,
  type TestCaseName,
  withdrawRecord,
  writeRecord,
} from "../packages/records.ts";
import { keys } from "../platform/keys.ts";
import type { IntakeLimits } from "../platform/limits.ts";
import { log } from "../platform/log.ts";
import type { Bucket } from "../platform/objects.ts";
import { again } from "../platform/redis.ts";
import { findUploads, type Uploads } from "../uploads/uploads.ts";
import { checkUploads, type IntakePorts } from "./check-uploads.ts";
import { Vanished } from "./download.ts";
import { lackOfRoom } from "./room.ts";

/** The outcome of an event. `known`: the outcome was recorded before. `gone`: no upload is left. */
export interface TakenIn {
  readonly outcome: "published" | "refused" | "known" | "gone";
  readonly package?: string;
  readonly reasons?: number;
}

/** If an upload is replaced while it is checked, the newer one is checked: so many in a row. */
const ATTEMPTS = 3;
/** Lambda sends an event three times in all. Before the last check a refusal is recorded, in case this check ends its process, too. */
const LAST_CHECK = 3;
const CHECKS_MS = 3_600_000;
/** How long publishing and recording may take after a check, ms; and how long a check may take without a time limit. */
const PUBLISHING_MS = 60_000;
const CHECK_MS = 120_000;
const LEAST_CHECK_MS = 1_000;

/** How long intake may take, ms. Both are whole numbers, because timers take no others. */
export interface IntakeTimes {
  /** A check that takes longer refuses the upload. */
  readonly limitMs: number;
  /** The part for verifying the model's state: half at most, because the model is run before and after. */
  readonly verifyMs: number;
}

/**
 * @param leftMs the time that is left of the invocation; undefined if it has no limit
 * @param verifyMs the configured time for verifying
 */
export function intakeTimes(leftMs: number | undefined, verifyMs: number): IntakeTimes {
  const limitMs = leftMs === undefined ? CHECK_MS : Math.max(LEAST_CHECK_MS, Math.floor(leftMs) - PUBLISHING_MS);
  return { limitMs, verifyMs: Math.min(verifyMs, Math.floor(limitMs / 2)) };
}

/**
 * Checks what is uploaded of a test case now, publishes it if it is good, and records the outcome. Does nothing if the outcome
 * is recorded already. Any number of these may run at once: packages are named by their content, and the record of the newest
 * upload wins.
 *
 * @param options.eventId id of the event, which is the same when the event is sent again
 * @param options.limitMs a check that takes longer refuses the upload
 * @param options.cost compute time of simulating, ms per simulated s
 * @param options.limits what all uploads of the scope may hold
 */
export async function takeIn(
  ports: IntakePorts,
  name: TestCaseName,
  options: {
    readonly eventId: string;
    readonly limitMs: number;
    readonly cost: number;
    readonly limits: IntakeLimits;
  },
): Promise<TakenIn> {
  const { redis, bucket } = ports;
  for (let attempt = 1; ; attempt++) {
    // Read the record before listing uploads: a deletion seen afterwards must refer to this record.
    const before = await readRecord(redis, name);
    const uploads = await findUploads(bucket, name.scope, name.testcaseid);
    if (uploads === undefined) {
      if (before?.state === "published") await withdrawRecord(redis, name, before.upload);
      return { outcome: "gone" };
    }
    if (before !== undefined && settles(before, uploads.newest, ports.clock())) return { outcome: "known" };
    try {
      if (attempt === 1) await recordProvisionally(ports, name, uploads, options);
      const lack = await lackOfRoom(ports, name, uploads, options.limits);
      if (lack !== undefined) return await refuseForRoom(ports, name, { uploads, lack, before }, options);
      const record = await checkUploads(ports, name, uploads, options);
      await writeRecord(redis, name, record);
      // If the upload was deleted during the check, its record is withdrawn. A newer upload has an event of its own.
      if ((await bucket.head(uploads.newest.key)) === undefined) await withdrawRecord(redis, name, uploads.newest);
      else await clearUp(bucket, name, uploads);
      return record.state === "published"
        ? { outcome: "published", package: record.package }
        : { outcome: "refused", reasons: record.reasons.length };
    } catch (error) {
      // The upload was replaced or deleted while it was read: look again.
      if (!(error instanceof Vanished) || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Refuses the newest upload for lack of room, and deletes it. What was uploaded before is as it was: if it is good it stays
 * published, and the record says why the newest upload was refused.
 */
async function refuseForRoom(
  ports: IntakePorts,
  name: TestCaseName,
  {
    uploads: { newest: upload },
    lack,
    before,
  }: { readonly uploads: Uploads; readonly lack: string; readonly before: PackageRecord | undefined },
  options: { readonly limitMs: number; readonly cost: number },
): Promise<TakenIn> {
  const { redis, bucket } = ports;
  const rest = await findUploads(bucket, name.scope, name.testcaseid, upload.key);
  let record: PackageRecord = { state: "refused", upload, reasons: [lack], removed: true };
  if (rest !== undefined) {
    const isKnown = before?.state === "published" && !isNewer(rest.newest, before.upload);
    const earlier = isKnown ? before : await checkUploads(ports, name, rest, options);
    record =
      earlier.state === "published"
        ? { ...earlier, upload, refused: [lack] }
        : { state: "refused", upload, reasons: [lack, ...earlier.reasons] };
  }
  await writeRecord(redis, name, record);
  await bucket.remove([upload.key]);
  return { outcome: "refused", reasons: 1 };
}

/**
 * Removes files that were replaced. If this fails, the next check removes them. A form that is used again during the check makes
 * an old key the newest, so only files that have not changed are removed.
 */
async function clearUp(bucket: Bucket, { scope, testcaseid }: TestCaseName, { replaced }: Uploads): Promise<void> {
  if (replaced.length === 0) return;
  try {
    const now = new Map((await findUploads(bucket, scope, testcaseid))?.replaced.map((file) => [file.key, file]));
    const asBefore = replaced.filter(({ key, modifiedMs, bytes }) => {
      const file = now.get(key);
      return file?.modifiedMs === modifiedMs && file.bytes === bytes;
    });
    await bucket.remove(asBefore.slice(0, 1000).map(({ key }) => key));
  } catch (error) {
    log("warn", "Could not remove replaced uploads", { event: "replaced_uploads_not_removed" }, error);
  }
}

/** Records a refusal before the last check: if that ends the process, by memory or time, there is an outcome all the same. */
async function recordProvisionally(
  { redis, clock }: Pick<IntakePorts, "redis" | "clock">,
  name: TestCaseName,
  { newest: upload }: Uploads,
  { eventId, limitMs }: { readonly eventId: string; readonly limitMs: number },
): Promise<void> {
  const counter = keys.packageChecks(eventId);
  const checks = Number(await redis.command(["INCR", counter]));
  await again(() => redis.command(["PEXPIRE", counter, CHECKS_MS]));
  if (checks < LAST_CHECK) return;
  const reasons = [
    "The check of the file did not come to an end: it takes too much memory or time, or the service failed.",
  ];
  const provisionalUntil = clock() + limitMs + PUBLISHING_MS;
  await writeRecord(redis, name, { state: "refused", upload, reasons, provisionalUntil });
}
