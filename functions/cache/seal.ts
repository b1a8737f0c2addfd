import { createHash, type Hash } from "node:crypto";
import type { Body } from "../platform/upload.ts";

/*
 * The layout of an object in the bucket, version 1:
 *   …         the content
 *   4 bytes   "obj" and the version of the layout
 *   16 bytes  the random token of its writer
 *   32 bytes  SHA-256 of the content
 * The seal is at the end because the hash of a stream is known only there. A writer that got no answer from S3 finds
 * out by the token whether it wrote the object: another writer may have written the same content.
 */
const MAGIC = Uint8Array.of(0x6f, 0x62, 0x6a, 0x01);
const TOKEN_BYTES = 16;
const HASH_BYTES = 32;

/** The stored bytes differ from the bytes that were written. */
export class DamagedObject extends Error {
  override readonly name = "DamagedObject";
}

/** Size of the seal, bytes. */
export const SEAL_BYTES = MAGIC.length + TOKEN_BYTES + HASH_BYTES;

/** Appends the seal. */
export function seal(content: Uint8Array, token: string): Uint8Array {
  return Buffer.concat([content, sealOf(createHash("sha256").update(content), token)]);
}

/** Appends the seal to content that comes in chunks. */
export async function* sealChunks(chunks: AsyncIterable<Uint8Array>, token: string): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  yield sealOf(hash, token);
}

/** Appends the seal to either kind of body. `bytes` is the size of what was sent, known once all of it has been sent. */
export function sealBody(body: Body, token: string): { sealed: Body; bytes: () => number } {
  if (body instanceof Uint8Array) {
    const sealed = seal(body, token);
    return { sealed, bytes: () => sealed.length };
  }
  let bytes = 0;
  const sealed = async function* () {
    bytes = 0;
    for await (const chunk of sealChunks(body(), token)) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  return { sealed, bytes: () => bytes };
}

/** The content of an object, as a view of the same memory. @throws DamagedObject if seal and content do not match */
export function unseal(object: Uint8Array): Uint8Array {
  const at = object.length - SEAL_BYTES;
  const content = object.subarray(0, Math.max(at, 0));
  check(object.subarray(Math.max(at, 0)), createHash("sha256").update(content));
  return content;
}

/** The content of an object that comes in chunks. The seal is checked after the last chunk. @throws DamagedObject */
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

/** Whether the last bytes of an object show that this token wrote it. */
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
    throw new DamagedObject("The object's content does not match its SHA-256");
  }
}

function startsWithMagic(end: Uint8Array): boolean {
  return MAGIC.every((byte, i) => end[i] === byte);
}

/** A UUID as its 16 bytes. */
function bytesOf(token: string): Buffer {
  return Buffer.from(token.replaceAll("-", ""), "hex");
}
