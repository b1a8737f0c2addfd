import { MODEL_COST } from "../../emulator-client/emulator.ts";
import { type Selected, selectedOf } from "../../lifecycle/create-and-stop/create.ts";
import { type PublishedRecord, pendingVersion, readRecord, type TestCaseName } from "../../packages/records.ts";
import { ownerOf } from "../../packages/scope.ts";
import { notePackageUse } from "../../packages/use.ts";
import type { Redis } from "../../platform/redis.ts";
import { findTestCase, testCaseIds } from "../../simulation/testcases/index.ts";
import { maybeUploaded } from "../../uploads/form.ts";
import { stateOf } from "../../uploads/state.ts";
import { findUploads } from "../../uploads/uploads.ts";
import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";

/**
 * The first fields of a test of this test case. An uploaded test case hides a built-in one of the same name. While its
 * newest upload is being checked, the test is made for that upload, and starts after the check.
 *
 * @throws HttpError 404 for an unknown test case, 400 with all reasons for a refused one
 */
export async function findSelected(
  name: TestCaseName,
  nowMs: number,
  context: Pick<ApiContext, "redis" | "bucket">,
): Promise<Selected> {
  const { redis } = context;
  const { scope, testcaseid } = name;
  const found = (await maybeUploaded(redis, name)) ? await findUploaded(name, nowMs, context) : undefined;
  if (found?.kind === "uploaded") return found.selected;
  const testcase = scope.kind === "shared" ? findTestCase(testcaseid) : undefined;
  if (testcase !== undefined) return selectedOf(testcase);
  if (found?.kind === "removed") throw new RefusedUpload(found.reasons);
  const known =
    scope.kind === "shared"
      ? `Built-in test cases: ${testCaseIds.join(", ")}.`
      : "GET testcases lists the test cases of this scope.";
  throw new HttpError(404, `Unknown test case ${quoted(testcaseid)}. ${known}`);
}

type Found =
  | { readonly kind: "uploaded"; readonly selected: Selected }
  /** The upload's files are deleted: at its refusal, or some time later. */
  | { readonly kind: "removed"; readonly reasons: readonly string[] };

async function findUploaded(
  name: TestCaseName,
  nowMs: number,
  { redis, bucket }: Pick<ApiContext, "redis" | "bucket">,
): Promise<Found | undefined> {
  const { scope, testcaseid } = name;
  const [uploads, record] = await Promise.all([findUploads(bucket, scope, testcaseid), readRecord(redis, name)]);
  if (uploads === undefined) {
    return record?.state === "refused" && record.removed ? { kind: "removed", reasons: record.reasons } : undefined;
  }
  const state = stateOf(uploads, record, nowMs);
  switch (state.status) {
    case "refused":
      throw new RefusedUpload(state.reasons);
    case "ready":
      return { kind: "uploaded", selected: await usePublished(redis, testcaseid, state.record, nowMs) };
    case "checking": {
      const pending = { step: 0, cost: MODEL_COST, width: 0 };
      const selected = { testcaseid, version: pendingVersion(uploads.newest), owner: ownerOf(scope), ...pending };
      return { kind: "uploaded", selected };
    }
  }
}

async function usePublished(
  redis: Redis,
  testcaseid: string,
  record: PublishedRecord,
  nowMs: number,
): Promise<Selected> {
  // Only a package that was replaced in the meantime can be locked by its deletion.
  if ((await notePackageUse(redis, record.package, nowMs)) === "locked") {
    throw new HttpError(503, `The test case ${quoted(testcaseid)} is being replaced. Try again.`, {
      "retry-after": "2",
    });
  }
  const { package: version, owner, step, cost, width } = record;
  return { testcaseid, version, owner, step, cost, width };
}

/** The check refused this uploaded test case. */
class RefusedUpload extends HttpError {
  constructor(reasons: readonly string[]) {
    super(400, `The uploaded test case cannot be used. ${reasons.join(" ")}`, {}, { reasons });
  }
}

function quoted(id: string): string {
  return JSON.stringify(id.slice(0, 100));
}
