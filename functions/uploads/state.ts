import { READABLE_LAYOUTS } from "../packages/manifest.ts";
import { CHECK_LIMIT_MS, type PackageRecord, type PublishedRecord, settles } from "../packages/records.ts";
import type { Uploads } from "./uploads.ts";

/** The state of an uploaded test case. */
export type UploadState =
  /** It can be selected. If a newer file was refused and deleted, the record says why. */
  | { readonly status: "ready"; readonly record: PublishedRecord }
  /** Its newest upload is being checked. A test that is selected now waits for the check. */
  | { readonly status: "checking" }
  /** It cannot be selected, for these reasons: sentences for the uploader. */
  | { readonly status: "refused"; readonly reasons: readonly string[] };

/**
 * The state of a test case, from its uploads and their record.
 * @param uploads as listed when the record was read, or before
 */
export function stateOf(
  { newest }: Pick<Uploads, "newest">,
  record: PackageRecord | undefined,
  nowMs: number,
): UploadState {
  if (record === undefined || !settles(record, newest, nowMs)) {
    if (nowMs - newest.modifiedMs <= CHECK_LIMIT_MS) return { status: "checking" };
    return { status: "refused", reasons: ["The service could not check the upload. Upload it again."] };
  }
  if (record.state === "refused") return { status: "refused", reasons: record.reasons };
  if (READABLE_LAYOUTS.includes(record.layout)) return { status: "ready", record };
  return { status: "refused", reasons: ["It was checked by another version of this service. Upload it again."] };
}
