import { BESIDE_ALLOWED, isBesideFile } from "../../packages/beside.ts";
import type { TestCaseName } from "../../packages/records.ts";
import { isUploadName, type Scope } from "../../packages/scope.ts";
import { testCaseIds } from "../../simulation/testcases/index.ts";
import { makeUploadForm, TooManyFiles } from "../../uploads/form.ts";
import { type ListedTestCase, listTestCases } from "../../uploads/list.ts";
import { OverQuota } from "../../uploads/quota.ts";
import { deleteUploads, removeBeside } from "../../uploads/remove.ts";
import { FMU, type UploadFile } from "../../uploads/uploads.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request.ts";
import { requireRights, requireScope } from "./account.ts";

/** Built-in test cases are in the shared scope. */
function builtIn(scope: Scope): readonly string[] {
  return scope.kind === "shared" ? testCaseIds : [];
}

/**
 * Lists the test cases. An uploaded one hides a built-in of the same name, so that each name appears once. An uploaded
 * test case has a state: `ready`, `checking`, or `refused` with the reasons.
 */
export const testcases: Endpoint = async (request, context) => {
  const { scope } = await requireScope(request, context);
  const uploaded = await listTestCases(context.redis, context.bucket, scope, request.arrivalMs);
  const hidden = new Map(uploaded.map((each) => [each.testcaseid, each]));
  const listed = [
    ...builtIn(scope).map((testcaseid) => described(hidden.get(testcaseid)) ?? { testcaseid }),
    ...uploaded.filter(({ testcaseid }) => !builtIn(scope).includes(testcaseid)).map(described),
  ];
  if (listed.length === 0) throw new HttpError(404, "This scope has no test cases.");
  return { status: 200, body: JSON.stringify(listed) };
};

function described(listed: ListedTestCase | undefined) {
  if (listed === undefined) return undefined;
  const { testcaseid, state } = listed;
  const reasons =
    state.status === "ready" ? state.record.refused : state.status === "refused" ? state.reasons : undefined;
  return { testcaseid, status: state.status, ...(reasons && { reasons }) };
}

export const postForm: Endpoint = async (request, context) => {
  const name = await changeable(request, context);
  requireName("test case", name.testcaseid);
  if (name.scope.kind === "namespace") requireName("namespace", name.scope.namespace);
  const file = request.query.file === undefined ? FMU : readBeside(request.query.file);
  const { redis, bucket, config } = context;
  const options = { limits: config.limits.uploads, nowMs: request.arrivalMs };
  try {
    const { url, fields } = await makeUploadForm({ redis, bucket }, name, file, options);
    return { status: 200, body: JSON.stringify({ url, fields }), headers: { "cache-control": "no-store" } };
  } catch (error) {
    if (error instanceof TooManyFiles) throw new HttpError(400, error.message);
    if (!(error instanceof OverQuota)) throw error;
    const { message, usage, allowed } = error;
    throw new HttpError(403, message, {}, { usage, allowed });
  }
};

/** A file beside an FMU, by its name in the query. */
function readBeside(name: string): UploadFile {
  if (isBesideFile(name)) return name;
  throw new HttpError(
    400,
    `No file ${JSON.stringify(name.slice(0, 100))} can be put beside an FMU. Allowed are ${BESIDE_ALLOWED}; without ?file= the FMU itself is meant.`,
  );
}

/** Deletes a test case, or, with `?file=`, one file beside its FMU. */
export const deleteTestcase: Endpoint = async (request, context) => {
  const name = await changeable(request, context);
  const { testcaseid } = name;
  const shown = JSON.stringify(testcaseid.slice(0, 100));
  const { redis, bucket } = context;
  if (request.query.file === undefined) {
    const deleted = await deleteUploads(redis, bucket, name);
    if (!deleted) throw new HttpError(404, `Unknown uploaded test case ${shown}.`);
    return { status: 200, body: JSON.stringify({ testcaseid }) };
  }
  const file = readBeside(request.query.file);
  const removed = await removeBeside(bucket, name, file, request.arrivalMs);
  if (!removed) throw new HttpError(404, `The FMU of ${shown} has no file ${JSON.stringify(file)} beside it.`);
  return { status: 200, body: JSON.stringify({ testcaseid, file }) };
};

/** The test case in the path, if the caller may change it. */
async function changeable(request: HttpRequest, context: ApiContext): Promise<TestCaseName> {
  return { scope: await requireRights(request, context), testcaseid: request.params.testcaseid ?? "" };
}

function requireName(what: string, name: string): void {
  if (isUploadName(name)) return;
  throw new HttpError(
    400,
    `A ${what} cannot be named ${JSON.stringify(name.slice(0, 100))}: 1 to 100 letters, digits, or _ . - are allowed, and . and - not at its start.`,
  );
}
