import { describeBytes } from "../packages/limits.ts";
import type { Scope } from "../packages/scope.ts";
import type { UploadLimits } from "../platform/limits.ts";
import type { ObjectInfo } from "../platform/objects.ts";
import { byTestCase } from "./list.ts";

/** What the uploads of a scope take. */
export interface Usage {
  readonly bytes: number;
  readonly files: number;
  /** Forms that are not used yet and have not expired: each counts as a file. */
  readonly openForms: number;
}

/** The uploads of a scope have reached their limit. */
export class OverQuota extends Error {
  override readonly name = "OverQuota";
  readonly usage: Usage;
  readonly allowed: UploadLimits;

  constructor(message: string, usage: Usage, allowed: UploadLimits) {
    super(message);
    this.usage = usage;
    this.allowed = allowed;
  }
}

/** How many of the largest test cases a message names. */
const NAMED = 5;

/** The error for uploads that are too many or too large. Its message says what counts, and how to make room. */
export function overQuota(
  scope: Scope,
  objects: readonly ObjectInfo[],
  usage: Usage,
  allowed: UploadLimits,
): OverQuota {
  const { bytes, files, openForms } = usage;
  const forms = openForms === 0 ? "" : `, and ${counted(openForms, "upload form")} may still be used for up to an hour`;
  const largest = sizes(scope, objects)
    .slice(0, NAMED)
    .map(([testcaseid, size]) => `${testcaseid} (${describeBytes(size)})`);
  const named = largest.length === 0 ? "" : ` The largest: ${largest.join(", ")}.`;
  const where = pathInUrl(scope);
  return new OverQuota(
    `The test cases uploaded under ${where} hold ${describeBytes(bytes)} in ${counted(files, "file")}${forms}. At most ${describeBytes(allowed.bytes)} and ${counted(allowed.files, "file")}, open forms included, are allowed. Delete what is not needed: DELETE ${where}/{testcaseid} deletes a test case, with ?file={name} one file beside its FMU.${named}`,
    usage,
    allowed,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Bytes per test case, largest first. */
function sizes(scope: Scope, objects: readonly ObjectInfo[]): [testcaseid: string, bytes: number][] {
  return [...byTestCase(scope, objects)]
    .map(([testcaseid, { fmu, beside, replaced }]): [string, number] => {
      const files = [fmu ?? [], ...beside.values(), ...replaced].flat();
      return [testcaseid, files.reduce((sum, { bytes }) => sum + bytes, 0)];
    })
    .sort((one, other) => other[1] - one[1]);
}

/** Where the API has the test cases of a scope. */
export function pathInUrl(scope: Scope): string {
  switch (scope.kind) {
    case "shared":
      return "/testcases";
    case "namespace":
      return `/testcases/${scope.namespace}`;
    case "user":
      return `/users/${scope.user}/testcases`;
  }
}
