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
import type { Claimed, TestFields } from "../../streams/claim.ts";
import type { Outcome } from "../../streams/drain.ts";
import type { Breath } from "../../streams/pace.ts";
import type { Ports } from "../context.ts";
import { answered } from "../outcome.ts";
import { encode } from "../record/record.ts";

/** How often to read the package's record, ms, and for how long: after that a worker looks from time to time. */
const POLL_MS = 250;
const MAX_POLLING_MS = 10_000;
const LOOK_AGAIN_MS = 3_000;

/** The upload is checked: the fields that it adds to the test, if any. Otherwise the outcome of the start. */
export type CheckedUpload = { readonly kind: "checked"; readonly fields: TestFields } | Outcome;

/**
 * Waits for the check of an uploaded test case, if the test was created before it ended. The first upload that is
 * published or refused from then on counts. Does nothing for all other tests.
 */
export async function awaitUpload(
  { redis, clock }: Pick<Ports, "redis" | "clock">,
  { test, progress, request }: Claimed,
  pace: Breath,
): Promise<CheckedUpload> {
  const pending = readPendingVersion(test.version ?? "");
  if (pending === undefined) return { kind: "checked", fields: {} };
  // An earlier invocation has begun to simulate: a later upload no longer matters.
  if (progress?.settled !== undefined) return { kind: "checked", fields: JSON.parse(progress.settled) as TestFields };
  for (;;) {
    const record = await readRecord(redis, pending);
    if (record !== undefined && settles(record, pending.upload, clock()))
      return fieldsOrRefusal(record, pending.upload);
    const waitedMs = clock() - request.arrivalMs;
    if (waitedMs > CHECK_LIMIT_MS) {
      return refused(["The service could not check the uploaded file. Upload it again."]);
    }
    const timeIsUp = await pace.breathe();
    // A long wait must not occupy a worker.
    if (waitedMs > MAX_POLLING_MS) return { kind: "suspend", progress: {}, resumeAfterMs: LOOK_AGAIN_MS };
    if (timeIsUp) return { kind: "suspend", progress: {} };
    await sleep(POLL_MS);
  }
}

function fieldsOrRefusal(record: PackageRecord, upload: Upload): CheckedUpload {
  const reasons = refusalOf(record, upload);
  if (reasons !== undefined || record.state === "refused") return refused(reasons ?? []);
  const { owner, step, cost, width } = record;
  return { kind: "checked", fields: encode({ version: record.package, owner, step, cost, width }) };
}

/** The same problem (RFC 9457) as other refusals of a select. */
function refused(reasons: readonly string[]): Outcome {
  const detail = `The uploaded test case cannot be used. ${reasons.join(" ")}`;
  return answered({ status: 400, body: JSON.stringify({ type: "about:blank", status: 400, detail, reasons }) });
}
