import { type Selected, selectedOf } from "../lifecycle/create.ts";
import { MODEL_COST } from "../models/emulator.ts";
import { READABLE_LAYOUTS } from "../packages/manifest.ts";
import {
  CHECK_LIMIT_MS,
  type PublishedRecord,
  pendingVersion,
  readRecord,
  settles,
  type TestCaseName,
} from "../packages/records.ts";
import { ownerOf } from "../packages/scope.ts";
import { notePackageUse } from "../packages/use.ts";
import type { Redis } from "../platform/redis.ts";
import { findTestCase, testCaseIds } from "../simulation/testcases/index.ts";
import { findUploads, maybeUploaded } from "../uploads/uploads.ts";
import type { ApiContext } from "./context.ts";
import { HttpError } from "./errors.ts";

/**
 * What a test of this test case begins with. An uploaded one hides a built-in of the same name. While its newest upload
 * is being checked, the test is begun on that upload, and starts when the check is done.
 *
 * @throws HttpError 404 for a test case that there is not, 400 with all reasons for one that was refused
 */
export async function findSelected(
  name: TestCaseName,
  nowMs: number,
  context: Pick<ApiContext, "redis" | "objects">,
): Promise<Selected> {
  const { redis } = context;
  const { scope, testcaseid } = name;
  const uploaded = (await maybeUploaded(redis, scope, testcaseid))
    ? await findUploaded(name, nowMs, context)
    : undefined;
  if (uploaded !== undefined) return uploaded;
  const testcase = scope.kind === "shared" ? findTestCase(testcaseid) : undefined;
  if (testcase !== undefined) return selectedOf(testcase);
  const known =
    scope.kind === "shared" ? `Built in are ${testCaseIds.join(", ")}.` : "GET testcases lists those that there are.";
  throw new HttpError(404, `There is no test case ${quoted(testcaseid)} here. ${known}`);
}

async function findUploaded(
  name: TestCaseName,
  nowMs: number,
  { redis, objects }: Pick<ApiContext, "redis" | "objects">,
): Promise<Selected | undefined> {
  const { scope, testcaseid } = name;
  const [uploads, record] = await Promise.all([findUploads(objects, scope, testcaseid), readRecord(redis, name)]);
  if (uploads === undefined) return undefined;
  const { newest } = uploads;
  if (record === undefined || !settles(record, newest, nowMs)) {
    if (nowMs - newest.modifiedMs > CHECK_LIMIT_MS) {
      throw new HttpError(400, `The service could not check the upload of ${quoted(testcaseid)}. Upload it again.`);
    }
    const pending = { step: 0, cost: MODEL_COST, width: 0 };
    return { testcaseid, version: pendingVersion(newest), owner: ownerOf(scope), ...pending };
  }
  if (record.state === "refused") throw new RefusedUpload(record.reasons);
  return await usePublished(redis, testcaseid, record, nowMs);
}

async function usePublished(
  redis: Redis,
  testcaseid: string,
  record: PublishedRecord,
  nowMs: number,
): Promise<Selected> {
  if (!READABLE_LAYOUTS.includes(record.layout)) {
    throw new HttpError(400, `${quoted(testcaseid)} was checked by another version of this service. Upload it again.`);
  }
  // Only a package that was replaced meanwhile can be in the course of being deleted.
  if ((await notePackageUse(redis, record.package, nowMs)) === "locked") {
    throw new HttpError(503, `${quoted(testcaseid)} is being replaced right now. Try again.`, { "retry-after": "2" });
  }
  const { package: version, owner, step, cost, width } = record;
  return { testcaseid, version, owner, step, cost, width };
}

/** The check of an uploaded test case refused it. */
class RefusedUpload extends HttpError {
  constructor(reasons: readonly string[]) {
    super(400, `The uploaded test case cannot be used. ${reasons.join(" ")}`, {}, { reasons });
  }
}

function quoted(id: string): string {
  return JSON.stringify(id.slice(0, 100));
}
