import { setTimeout as sleep } from "node:timers/promises";
import {
  CHECK_LIMIT_MS,
  type PackageRecord,
  readPendingVersion,
  readRecord,
  refusalOf,
  settles,
  type Upload,
} from "../../packages/records.ts";
import type { Redis } from "../../platform/redis.ts";
import type { Claimed, TestFields } from "../../streams/claim.ts";
import type { Outcome } from "../../streams/drain.ts";
import type { Pace } from "../../streams/pace.ts";
import { answered } from "../outcome.ts";

/** How often the record is asked for, ms, and for how long: after that a worker looks in now and then. */
const POLL_MS = 250;
const POLLED_MS = 10_000;
const LOOK_AGAIN_MS = 3_000;

/** What is known of the test case that a test starts on: the fields that the test gets with its start, if any. */
export type Settled = { readonly kind: "settled"; readonly fields: TestFields } | Outcome;

/**
 * Waits until the upload that a test was begun on has been checked, if it was not when the test was made: with the first
 * that is published or refused from then on. A test on anything else is settled at once.
 */
export async function settlePending(
  { redis, clock }: { readonly redis: Redis; readonly clock: () => number },
  { test, progress, request }: Claimed,
  pace: Pace,
): Promise<Settled> {
  const pending = readPendingVersion(test.version ?? "");
  if (pending === undefined) return { kind: "settled", fields: {} };
  // An earlier invocation has begun to simulate: what is uploaded since is for others.
  if (progress?.settled !== undefined) return { kind: "settled", fields: JSON.parse(progress.settled) as TestFields };
  for (;;) {
    const record = await readRecord(redis, pending);
    if (record !== undefined && settles(record, pending.upload, clock())) return settledBy(record, pending.upload);
    const waitedMs = clock() - request.arrivalMs;
    if (waitedMs > CHECK_LIMIT_MS) {
      return refused(["The service could not check the uploaded file. Upload it again."]);
    }
    const timeIsUp = await pace.breathe();
    // No worker is held by who waits for long.
    if (waitedMs > POLLED_MS) return { kind: "suspend", progress: {}, resumeAfterMs: LOOK_AGAIN_MS };
    if (timeIsUp) return { kind: "suspend", progress: {} };
    await sleep(POLL_MS);
  }
}

function settledBy(record: PackageRecord, upload: Upload): Settled {
  const reasons = refusalOf(record, upload);
  if (reasons !== undefined || record.state === "refused") return refused(reasons ?? []);
  const { owner, step, cost, width } = record;
  const fields = { version: record.package, owner, step: String(step), cost: String(cost), width: String(width) };
  return { kind: "settled", fields };
}

/** Told as other refusals of a select are, see RFC 9457. */
function refused(reasons: readonly string[]): Outcome {
  const detail = `The uploaded test case cannot be used. ${reasons.join(" ")}`;
  return answered({ status: 400, body: JSON.stringify({ type: "about:blank", status: 400, detail, reasons }) });
}
