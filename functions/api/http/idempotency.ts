import { createHash } from "node:crypto";
import type { Idempotency } from "../../streams/enqueue.ts";
import { HttpError } from "./errors.ts";
import { type HttpRequest, isUuid } from "./request.ts";

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads `Idempotency-Key` (IETF draft, a quoted string; bare ones are accepted, too), and makes a fingerprint of method,
 * path and body to detect another request under the same key.
 *
 * @param onlyUuids where callers without an account share the keys: they must be unguessable
 * @throws HttpError 400 for a malformed key
 */
export function readIdempotency(request: HttpRequest, onlyUuids = false): Idempotency | undefined {
  const header = request.idempotencyKey?.trim();
  if (header === undefined) return undefined;
  const key = header.replace(/^"(.*)"$/, "$1");
  if (!VISIBLE_ASCII.test(key)) {
    throw new HttpError(400, "The header Idempotency-Key must have 1 to 255 visible ASCII characters.");
  }
  if (onlyUuids && !isUuid(key.toLowerCase())) {
    throw new HttpError(400, "Without an account, the header Idempotency-Key must be a UUID.");
  }
  const wanted = request.query.with === undefined ? "" : `?with=${request.query.with}`;
  const hash = createHash("sha256").update(`${request.method} ${request.path}${wanted}\n${request.text}`);
  return { key, fingerprint: hash.digest("hex").slice(0, 32) };
}

/** A UUID that follows from a call's key and the place of a part in it: the same part sent again has the same one. */
export function keyOf(key: string, index: number): string {
  const hex = createHash("sha256").update(`${key} ${index}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
