import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { s3Error } from "./faults.ts";
import type { App } from "./fauxqs.ts";
import { refuseForm } from "./post-form.ts";
import { mismatch, type Refusal, refuse, refuseScope } from "./refusal.ts";
import { isSame, readScope, readTime, type Scope, sign, textToSign } from "./signature.ts";

/** The largest difference between the clocks of signer and server, ms. */
const MAX_SKEW_MS = 15 * 60_000;
/** The longest validity of a presigned URL: a week, in s. */
const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Refuses requests to a bucket as S3 does: without a signature, signed with another key, or for another method, path,
 * query, host or body, or too long ago; and forms whose fields or file do not match their policy. Requests to SQS pass,
 * because this program is its only client.
 */
export function installAuthorization(app: App, buckets: readonly string[], clock: () => number = Date.now): void {
  // The path selects the service. Clients could choose any header.
  const patterns = buckets.map((bucket) => new RegExp(`^/${bucket}([/?]|$)`));
  const isBucket = (url: string) => patterns.some((pattern) => pattern.test(url));
  app.addHook("preHandler", (request, reply, done) => {
    const refusal = isBucket(request.url) ? refuseRequest(request, clock()) : undefined;
    if (refusal === undefined) {
      done();
      return;
    }
    const { status, headers, body } = s3Error(refusal.status, refusal.code, refusal.message);
    void reply
      .code(status)
      .headers(headers ?? {})
      .send(request.method === "HEAD" ? "" : body);
  });
}

function refuseRequest(request: FastifyRequest, nowMs: number): Refusal | undefined {
  const query = new URLSearchParams(request.url.split("?")[1] ?? "");
  if (query.has("X-Amz-Signature") && request.headers.authorization !== undefined) {
    return refuse(
      "InvalidArgument",
      "Only one auth mechanism allowed: a signature in the URL, or a header Authorization.",
      400,
    );
  }
  if (query.has("X-Amz-Signature")) return refusePresigned(request, query, nowMs);
  if (request.headers.authorization !== undefined) return refuseSigned(request, request.headers.authorization, nowMs);
  const { "content-type": type = "" } = request.headers;
  if (request.method === "POST" && type.toLowerCase().startsWith("multipart/form-data"))
    return refuseForm(request, nowMs);
  // A browser's preflight has no signature.
  if (request.method === "OPTIONS") return undefined;
  return refuse("AccessDenied", "Access Denied");
}

function refusePresigned(request: FastifyRequest, query: URLSearchParams, nowMs: number): Refusal | undefined {
  const scope = readScope(query.get("X-Amz-Credential") ?? "");
  const time = query.get("X-Amz-Date") ?? "";
  const since = readTime(time);
  const expires = Number(query.get("X-Amz-Expires") ?? Number.NaN);
  const isWhole = query.get("X-Amz-Algorithm") === "AWS4-HMAC-SHA256" && scope !== undefined && since !== undefined;
  if (!isWhole || !(expires >= 1 && expires <= MAX_EXPIRES_SECONDS)) {
    return refuse("AuthorizationQueryParametersError", "A query parameter of the signature is missing or wrong.", 400);
  }
  if (nowMs > since + expires * 1000) return refuse("AccessDenied", "Request has expired");
  if (since > nowMs + MAX_SKEW_MS) return refuse("AccessDenied", "Request is not valid yet");
  const headers = (query.get("X-Amz-SignedHeaders") ?? "").split(";");
  const payloadHash = query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD";
  return refuseSignature(request, { headers, payloadHash, time, scope }, query.get("X-Amz-Signature") ?? "");
}

function refuseSigned(request: FastifyRequest, authorization: string, nowMs: number): Refusal | undefined {
  const [, credential = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(authorization) ??
    [];
  const scope = readScope(credential);
  const time = String(request.headers["x-amz-date"] ?? "");
  const since = readTime(time);
  if (scope === undefined || since === undefined) {
    return refuse("AuthorizationHeaderMalformed", "The authorization header is malformed.", 400);
  }
  if (Math.abs(nowMs - since) > MAX_SKEW_MS) {
    return refuse("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");
  }
  const payloadHash = String(request.headers["x-amz-content-sha256"] ?? "");
  const refusal = refuseSignature(request, { headers: names.split(";"), payloadHash, time, scope }, signature);
  return refusal ?? refusePayload(request.body, payloadHash);
}

/** The body must be the one whose hash was signed. Other values than a hash say that the body is not signed, or in chunks. */
function refusePayload(body: unknown, payloadHash: string): Refusal | undefined {
  if (!/^[0-9a-f]{64}$/.test(payloadHash)) return undefined;
  const bytes = body ?? "";
  // What fauxqs has read as parameters is no object's content.
  if (!Buffer.isBuffer(bytes) && typeof bytes !== "string") return undefined;
  if (createHash("sha256").update(bytes).digest("hex") === payloadHash) return undefined;
  return refuse(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    400,
  );
}

function refuseSignature(
  { method, url, headers }: FastifyRequest,
  signed: {
    readonly headers: readonly string[];
    readonly payloadHash: string;
    readonly time: string;
    readonly scope: Scope;
  },
  signature: string,
): Refusal | undefined {
  const unknown = refuseScope(signed.scope, signed.time);
  if (unknown !== undefined) return unknown;
  // A signature without the host would be valid for every server.
  if (!signed.headers.includes("host")) return refuse("AccessDenied", "The header host must be signed.");
  const expected = sign(textToSign({ method, url, headers }, signed), signed.scope);
  return isSame(signature, expected) ? undefined : mismatch();
}
