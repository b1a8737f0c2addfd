import { SETTINGS_FILES } from "../../packages/beside.ts";
import { isUploadName, type Scope } from "../../packages/scope.ts";
import { testCaseIds } from "../../simulation/testcases/index.ts";
import { deleteUploads, makeUploadForm, type UploadFile, uploadedTestCases } from "../../uploads/uploads.ts";
import { requireRights, requireScope } from "../account.ts";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../errors.ts";

/** Built-in test cases are in the scope that all share. */
function builtIn(scope: Scope): readonly string[] {
  return scope.kind === "shared" ? testCaseIds : [];
}

/** An uploaded file hides a built-in of the same name, so that each is listed once. */
export const testcases: Endpoint = async (request, context) => {
  const { scope } = await requireScope(request, context);
  const uploaded = await uploadedTestCases(context.objects, scope);
  const ids = [...builtIn(scope), ...uploaded.filter((id) => !builtIn(scope).includes(id))];
  if (ids.length === 0) throw new HttpError(404, "There are no test cases here.");
  return { status: 200, body: JSON.stringify(ids.map((testcaseid) => ({ testcaseid }))) };
};

export const postForm: Endpoint = async (request, context) => {
  const scope = await requireRights(request, context);
  const testcaseid = request.params.testcaseid ?? "";
  requireName("test case", testcaseid);
  if (scope.kind === "namespace") requireName("namespace", scope.namespace);
  const file = readFile(request.query.file);
  const { url, fields } = await makeUploadForm(context.redis, context.objects, scope, testcaseid, file);
  return { status: 200, body: JSON.stringify({ url, fields }), headers: { "cache-control": "no-store" } };
};

/** What is to be uploaded: the FMU, or one of the files that can be put beside it. */
function readFile(name: string | undefined): UploadFile {
  if (name === undefined || name === "") return "fmu";
  const file = SETTINGS_FILES.find((known) => known === name);
  if (file !== undefined) return file;
  throw new HttpError(
    400,
    `No file ${JSON.stringify(name.slice(0, 100))} can be put beside an FMU. Allowed are ${SETTINGS_FILES.join(", ")}.`,
  );
}

export const deleteTestcase: Endpoint = async (request, context) => {
  const scope = await requireRights(request, context);
  const testcaseid = request.params.testcaseid ?? "";
  const deleted = await deleteUploads(context.redis, context.objects, { scope, testcaseid });
  if (!deleted) {
    throw new HttpError(404, `There is no uploaded test case ${JSON.stringify(testcaseid.slice(0, 100))} here.`);
  }
  return { status: 200, body: JSON.stringify({ testcaseid }) };
};

function requireName(what: string, name: string): void {
  if (isUploadName(name)) return;
  throw new HttpError(
    400,
    `A ${what} cannot be named ${JSON.stringify(name.slice(0, 100))}: 1 to 100 letters, digits, or _ . - are allowed, and . and - not at its start.`,
  );
}
