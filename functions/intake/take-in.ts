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
import { describeError, log } from "../platform/log.ts";
import type { Bucket } from "../platform/objects.ts";
import { again } from "../platform/redis.ts";
import { findUploads, type Uploads } from "../uploads/uploads.ts";
import { checkUploads, type IntakePorts } from "./check-uploads.ts";
import { Vanished } from "./download.ts";
import { lackOfRoom } from "./room.ts";

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
/** What publishing and recording may take beside a check, ms. */
const PUBLISHING_MS = 60_000;

/**
 * Checks what is uploaded of a test case now, publishes it if it is good, and records what became of it. Does nothing
 * for what is recorded already. Any number of these may run at once: packages are named by their content, and the record
 * of the newest upload stands.
 *
 * @param options.eventId of the event that this is on behalf of: the same when it is sent again
 * @param options.limitMs a check that takes longer refuses the upload
 * @param options.cost what simulating takes, ms per s
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
    // The record first: if uploads that it is about are gone afterwards, it is withdrawn.
    const before = await readRecord(redis, name);
    const uploads = await findUploads(bucket, name.scope, name.testcaseid);
    if (uploads === undefined) {
      if (before?.state === "published") await withdrawRecord(redis, name, before.upload);
      return { outcome: "gone" };
    }
    if (before !== undefined && settles(before, uploads.newest, ports.clock())) return { outcome: "known" };
    try {
      if (attempt === 1) await prepareForTheWorst(ports, name, uploads, options);
      const lack = await lackOfRoom(ports, name, uploads, options.limits);
      if (lack !== undefined) return await refuseForRoom(ports, name, { uploads, lack, before }, options);
      const record = await checkUploads(ports, name, uploads, options);
      await writeRecord(redis, name, record);
      // Deleted meanwhile, with everything that was known of it then. (A newer upload has an event of its own.)
      if ((await bucket.head(uploads.newest.key)) === undefined) await withdrawRecord(redis, name, uploads.newest);
      else await clearUp(bucket, name, uploads);
      return record.state === "published"
        ? { outcome: "published", package: record.package }
        : { outcome: "refused", reasons: record.reasons.length };
    } catch (error) {
      // Replaced or deleted while it was read: look again.
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
 * Removes what others have replaced: nobody asks for it any more. What stays, the next check removes. A form that is used
 * again while the check runs makes an old key the newest: only what is still as it was goes.
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
    log("warn", "replaced uploads could not be removed", { error: describeError(error) });
  }
}

/** A file whose check ends the function itself, by its memory or its time, has no outcome otherwise. */
async function prepareForTheWorst(
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
