import { createHash, type Hash } from "node:crypto";
import { DamagedObject } from "./errors.ts";

/*
 * How an object stands in the bucket, layout 1:
 *   …         the content
 *   4 bytes   "obj" and the layout's number
 *   16 bytes  who wrote it: the random token of the create that did
 *   32 bytes  SHA-256 of the content
 * At the end, because a stream's hash is known only there. The token tells a writer whose answer was lost whether the
 * object that it finds is its own: two writers may well have the same content.
 */
const MAGIC = Uint8Array.of(0x6f, 0x62, 0x6a, 0x01);
const TOKEN_BYTES = 16;
const HASH_BYTES = 32;

/** What the seal adds to an object's content, bytes. */
export const SEAL_BYTES = MAGIC.length + TOKEN_BYTES + HASH_BYTES;

/** Content with its seal. */
export function seal(content: Uint8Array, token: string): Uint8Array {
  return Buffer.concat([content, sealOf(createHash("sha256").update(content), token)]);
}

/** The same for content that comes in chunks. */
export async function* sealChunks(chunks: AsyncIterable<Uint8Array>, token: string): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  yield sealOf(hash, token);
}

/** The content of an object, which shares its memory. @throws DamagedObject if it is not what was sealed */
export function unseal(object: Uint8Array): Uint8Array {
  const at = object.length - SEAL_BYTES;
  const content = object.subarray(0, Math.max(at, 0));
  check(object.subarray(Math.max(at, 0)), createHash("sha256").update(content));
  return content;
}

/** The same chunk by chunk: only the end of the last one says whether all that came before was whole. */
export async function* unsealChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let held: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const all = Buffer.concat([held, chunk]);
    const at = Math.max(all.length - SEAL_BYTES, 0);
    held = all.subarray(at);
    if (at === 0) continue;
    const content = all.subarray(0, at);
    hash.update(content);
    yield content;
  }
  check(held, hash);
}

/** Whether an object's last bytes say that this token wrote it. */
export function isSealedBy(end: Uint8Array, token: string): boolean {
  if (end.length !== SEAL_BYTES || !startsWithMagic(end)) return false;
  return bytesOf(token).equals(end.subarray(MAGIC.length, MAGIC.length + TOKEN_BYTES));
}

function sealOf(hash: Hash, token: string): Uint8Array {
  return Buffer.concat([MAGIC, bytesOf(token), hash.digest()]);
}

function check(end: Uint8Array, hash: Hash): void {
  if (end.length !== SEAL_BYTES || !startsWithMagic(end)) throw new DamagedObject("The object has no seal");
  if (!hash.digest().equals(end.subarray(SEAL_BYTES - HASH_BYTES))) {
    throw new DamagedObject("The object's content does not have the hash that was stored with it");
  }
}

function startsWithMagic(end: Uint8Array): boolean {
  return MAGIC.every((byte, i) => end[i] === byte);
}

/** A UUID as its 16 bytes. */
function bytesOf(token: string): Buffer {
  return Buffer.from(token.replaceAll("-", ""), "hex");
}
