import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type Objects, objectKeys } from "../platform/objects.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";

/** Below this, compressing costs more than it saves, bytes. */
const GZIP_FROM_BYTES = 1024;
/** Lambda's limit for a synchronous answer is 6 MB, its JSON wrapping and base64 included; some room is left. */
const MAX_RESPONSE_BYTES = 5_500_000;
/** For how long an answer that went into the bucket can be fetched, s. */
const PRESIGNED_SECONDS = 900;

/**
 * Turns an answer into what API Gateway expects: gzipped for whoever accepts it, and one that is too large for Lambda
 * put into the bucket and answered by `303` to its URL, which ordinary clients follow.
 */
export async function respond(
  answer: HttpAnswer,
  request: Pick<HttpRequest, "headers"> | undefined,
  objects: Objects,
): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = { "content-type": "application/json", ...answer.headers };
  const size = Buffer.byteLength(answer.body);
  const zipped = size >= GZIP_FROM_BYTES && acceptsGzip(request?.headers["accept-encoding"]);
  const bytes = zipped ? gzipSync(answer.body) : undefined;

  const wrapped =
    bytes === undefined ? Buffer.byteLength(JSON.stringify(answer.body)) : Math.ceil(bytes.length / 3) * 4;
  if (wrapped > MAX_RESPONSE_BYTES) {
    return await respondFromBucket(bytes ?? Buffer.from(answer.body), headers["content-type"], zipped, objects);
  }
  if (bytes === undefined) return { statusCode: answer.status, headers, body: answer.body };
  return {
    statusCode: answer.status,
    headers: { ...headers, "content-encoding": "gzip", vary: "accept-encoding" },
    body: bytes.toString("base64"),
    isBase64Encoded: true,
  };
}

async function respondFromBucket(
  bytes: Uint8Array,
  contentType: string,
  zipped: boolean,
  objects: Objects,
): Promise<APIGatewayProxyStructuredResultV2> {
  const key = objectKeys.answer(randomUUID());
  await objects.create(key, bytes, zipped ? { contentType, contentEncoding: "gzip" } : { contentType });
  const location = await objects.presign(key, PRESIGNED_SECONDS);
  return { statusCode: 303, headers: { location }, body: "" };
}

/** Whether `Accept-Encoding` (RFC 9110, 12.5.3) allows gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const item of (header ?? "").toLowerCase().split(",")) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(coding, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
