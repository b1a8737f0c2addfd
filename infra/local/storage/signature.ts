import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The one pair of credentials of the local cloud. */
export const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;

/** A request, unchanged, in the terms of Signature Version 4. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, unchanged. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Signer and scope of a signature: `local/20260314/us-east-1/s3/aws4_request`. */
export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Reads `X-Amz-Credential`; undefined if it is malformed. */
export function readScope(credential: string): Scope | undefined {
  const [accessKeyId = "", date = "", region = "", service = "", end, ...rest] = credential.split("/");
  const isWhole = end === "aws4_request" && rest.length === 0 && /^\d{8}$/.test(date);
  return isWhole ? { accessKeyId, date, region, service } : undefined;
}

/** The signature of a text, in hexadecimal. */
export function sign(text: string, scope: Scope): string {
  return createHmac("sha256", keyOf(scope)).update(text).digest("hex");
}

let last: { readonly of: string; readonly key: Buffer } | undefined;

/** The key of a day, region and service: nearly every request has that of the one before. */
function keyOf({ date, region, service }: Scope): Buffer {
  const of = `${date}/${region}/${service}`;
  if (last?.of === of) return last.key;
  const key = [date, region, service, "aws4_request"].reduce(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    Buffer.from(`AWS4${CREDENTIALS.secretAccessKey}`),
  );
  last = { of, key };
  return key;
}

export function isSame(one: string, other: string): boolean {
  const [bytes, others] = [Buffer.from(one), Buffer.from(other)];
  return bytes.length === others.length && timingSafeEqual(bytes, others);
}

/**
 * The signed text of a request
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). S3 uses the path unchanged;
 * no other service does.
 */
export function textToSign(
  { method, url, headers }: SignedRequest,
  signed: {
    readonly headers: readonly string[];
    readonly payloadHash: string;
    readonly time: string;
    readonly scope: Scope;
  },
): string {
  const [path = "/", query = ""] = splitOnce(url, "?");
  const canonical = [
    method,
    encodePath(path),
    canonicalQuery(query),
    ...signed.headers.map((name) => `${name}:${[headers[name] ?? ""].flat().join(",").trim().replace(/ +/g, " ")}`),
    "",
    signed.headers.join(";"),
    signed.payloadHash,
  ].join("\n");
  const { date, region, service } = signed.scope;
  const scope = `${date}/${region}/${service}/aws4_request`;
  return ["AWS4-HMAC-SHA256", signed.time, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
}

/** All parameters except the signature, in the canonical encoding and order. */
function canonicalQuery(query: string): string {
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => splitOnce(pair, "=").map((part) => encode(decode(part))) as [string, string])
    .filter(([name]) => name !== "X-Amz-Signature");
  const order = (one: string, other: string) => (one < other ? -1 : Number(one > other));
  return pairs
    .sort(([one, a], [other, b]) => order(one, other) || order(a, b))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function encodePath(path: string): string {
  return path
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");
}

/** RFC 3986: encodes all characters except letters, digits and `-_.~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** `20260314T120000Z` as ms; undefined for another text. */
export function readTime(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
