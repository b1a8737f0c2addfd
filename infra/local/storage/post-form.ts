import type { FastifyRequest } from "fastify";
import { mismatch, type Refusal, refuse, refuseScope } from "./refusal.ts";
import { isSame, readScope, sign } from "./signature.ts";

/** Fields that a policy need not name (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html). */
const FREE = /^(x-amz-signature|file|policy|x-ignore-.*)$/;

type Condition = Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * Why S3 would refuse a form's fields and file. The fields before the file count, by their names in lower case: the policy
 * must be signed and still valid, each field must meet a condition of it, and each condition must be met.
 */
export function refuseForm(request: FastifyRequest, nowMs: number): Refusal | undefined {
  const form = readForm(request);
  if (form === undefined) return refuse("MalformedPOSTRequest", "The body is no multipart form with a file.", 400);
  const { fields, fileBytes } = form;
  const { policy, "x-amz-signature": signature = "", "x-amz-date": time = "" } = Object.fromEntries(fields);
  if (policy === undefined) return refuse("AccessDenied", "Access Denied");
  const scope = readScope(fields.get("x-amz-credential") ?? "");
  if (fields.get("x-amz-algorithm") !== "AWS4-HMAC-SHA256" || scope === undefined) {
    return refuse("InvalidArgument", "The fields of the signature are missing or wrong.", 400);
  }
  const unknown = refuseScope(scope, time);
  if (unknown !== undefined) return unknown;
  if (!isSame(signature, sign(policy, scope))) return mismatch();

  const { expiration, conditions } = readPolicy(policy);
  if (expiration === undefined || conditions === undefined) {
    return refuse("InvalidPolicyDocument", "Invalid Policy: it is no JSON with expiration and conditions.", 400);
  }
  if (nowMs > expiration) return refuse("AccessDenied", "Invalid according to Policy: Policy expired.");
  const bucket = /^\/([^/?]+)/.exec(request.url)?.[1] ?? "";
  return refuseByConditions(conditions, new Map([...fields, ["bucket", bucket]]), fileBytes);
}

function readPolicy(policy: string): { expiration?: number; conditions?: readonly Condition[] } {
  try {
    const { expiration, conditions } = JSON.parse(Buffer.from(policy, "base64").toString()) as Record<string, unknown>;
    const ms = Date.parse(String(expiration));
    return Number.isNaN(ms) || !Array.isArray(conditions) ? {} : { expiration: ms, conditions };
  } catch {
    return {};
  }
}

function refuseByConditions(
  conditions: readonly Condition[],
  fields: ReadonlyMap<string, string>,
  fileBytes: number,
): Refusal | undefined {
  const named = new Set<string>();
  for (const condition of conditions) {
    if (Array.isArray(condition) && condition[0] === "content-length-range") {
      const [, least, most] = condition.map(Number) as [number, number, number];
      if (fileBytes < least) return refuse("EntityTooSmall", "The file is smaller than the policy allows.", 400);
      if (fileBytes > most) return refuse("EntityTooLarge", "The file is larger than the policy allows.", 400);
      continue;
    }
    const [kind, name, wanted] = readCondition(condition);
    named.add(name);
    const given = fields.get(name) ?? "";
    const isMet = kind === "starts-with" ? given.startsWith(wanted) : kind === "eq" && given === wanted;
    if (!isMet)
      return refuse(
        "AccessDenied",
        `Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`,
      );
  }
  const extra = [...fields.keys()].find((name) => name !== "bucket" && !named.has(name) && !FREE.test(name));
  if (extra === undefined) return undefined;
  return refuse("AccessDenied", `Invalid according to Policy: Extra input fields: ${extra}`);
}

/** `{"key": "x"}` is `["eq", "$key", "x"]`. */
function readCondition(condition: Condition): readonly [kind: unknown, name: string, wanted: string] {
  if (Array.isArray(condition)) {
    const [kind, name, wanted] = condition;
    return [kind, String(name).slice(1).toLowerCase(), String(wanted)];
  }
  const [name = "", wanted] = Object.entries(condition)[0] ?? [];
  return ["eq", name.toLowerCase(), String(wanted)];
}

/** A part's head as fauxqs reads it. Heads that fauxqs would read in another way are refused. */
const PART_HEAD = /Content-Disposition:\s*form-data;\s*name="([^"]+)"(?:;\s*filename="([^"]*)")?/i;

/** The fields before the file, and the file's size. Undefined without a file, or for another body. */
function readForm({ body, headers }: FastifyRequest) {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(headers["content-type"] ?? "") ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined || !Buffer.isBuffer(body)) return undefined;
  const fields = new Map<string, string>();
  const delimiter = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(delimiter); at >= 0; ) {
    const next = body.indexOf(delimiter, at + delimiter.length);
    const headEnd = body.indexOf("\r\n\r\n", at);
    if (next < 0 || headEnd < 0 || headEnd > next) return undefined;
    const head = body.subarray(at, headEnd).toString();
    const [, name, filename] = PART_HEAD.exec(head) ?? [];
    if (name === undefined) return undefined;
    const end = next - 2;
    if (name === "file" || filename !== undefined) return { fields, fileBytes: end - (headEnd + 4) };
    // For a field that is given twice, it is unclear which value counts.
    const key = name.toLowerCase();
    if (fields.has(key)) return undefined;
    fields.set(key, body.subarray(headEnd + 4, end).toString());
    at = next;
  }
  return undefined;
}
