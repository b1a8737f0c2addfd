import { gzipSync } from "node:zlib";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { envelope } from "../../lifecycle/outcome.ts";
import type { Objects } from "../../platform/objects.ts";
import type { HttpAnswer, HttpRequest } from "./request.ts";
import { MAX_RESPONSE_BYTES, storeAnswer } from "./stored-answer.ts";

/** Smaller bodies are not compressed: that would cost more than it saves, bytes. */
const GZIP_FROM_BYTES = 1024;

/**
 * Turns an answer into API Gateway's format. The body is gzipped if the client accepts gzip. A `200` that is too large for
 * Lambda goes into the bucket, and the client gets a `303` to its URL. Any other answer of that size keeps its status and
 * loses its text, because the bucket answers `200` to everything.
 */
export async function respond(
  answer: HttpAnswer,
  request: Pick<HttpRequest, "acceptsGzip"> | undefined,
  objects: Objects,
): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = { "content-type": "application/json", ...answer.headers };
  if (answer.gzipped !== undefined) return inBase64(answer.status, headers, answer.gzipped);
  const size = Buffer.byteLength(answer.body);
  const zipped = size >= GZIP_FROM_BYTES && request?.acceptsGzip === true;
  const bytes = zipped ? gzipSync(answer.body) : undefined;

  const wrapped = bytes === undefined ? wrappedBytes(answer.body, size) : Math.ceil(bytes.length / 3) * 4;
  if (wrapped > MAX_RESPONSE_BYTES) {
    if (answer.status !== 200) return tooLarge(answer.status);
    const contentType = headers["content-type"];
    const encoding = zipped ? ({ contentEncoding: "gzip" } as const) : {};
    const stored = await storeAnswer(objects, bytes ?? Buffer.from(answer.body), { contentType, ...encoding });
    return {
      statusCode: stored.status,
      headers: { "content-type": "application/json", ...stored.headers },
      body: stored.body,
    };
  }
  if (bytes === undefined) return { statusCode: answer.status, headers, body: answer.body };
  return inBase64(answer.status, headers, bytes);
}

function inBase64(
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  gzipped: Uint8Array,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { ...headers, "content-encoding": "gzip", vary: "accept-encoding" },
    body: Buffer.from(gzipped).toString("base64"),
    isBase64Encoded: true,
  };
}

function tooLarge(status: number): APIGatewayProxyStructuredResultV2 {
  const { body } = envelope(status, "The message of this error is too long to be sent.");
  return { statusCode: status, headers: { "content-type": "application/json" }, body };
}

/** The size of a text of so many bytes as a JSON string, bytes. The text is looked at only if the limit is near. */
function wrappedBytes(text: string, size: number): number {
  // In the worst case every byte is a control character, which takes six.
  if (size > MAX_RESPONSE_BYTES || 6 * size <= MAX_RESPONSE_BYTES) return size;
  return Buffer.byteLength(JSON.stringify(text));
}
