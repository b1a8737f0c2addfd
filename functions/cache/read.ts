import { requireValidKey } from "./key.ts";
import { type Holder, lookAtLock } from "./lock.ts";
import type { Parts } from "./parts.ts";
import { DamagedObject, unseal, unsealChunks } from "./seal.ts";

/** `busy`: the object does not exist, and another process creates or deletes it. */
export type Read =
  | { readonly outcome: "ok"; readonly bytes: Uint8Array }
  | { readonly outcome: "busy"; readonly holder: Holder }
  | { readonly outcome: "missing" };

export type ReadStream = Exclude<Read, { outcome: "ok" }> | { readonly outcome: "ok"; readonly chunks: Chunks };
export type Chunks = AsyncIterable<Uint8Array>;

/**
 * Reads an object. Takes no lock and waits for none. A hit costs 1 GET, or nothing if memory has the object; a miss
 * costs 1 GET and 1 Redis command.
 * @throws DamagedObject if the bytes are not those that were written
 */
export async function read(parts: Parts, key: string): Promise<Read> {
  requireValidKey(key);
  return (await readIfThere(parts, key)) ?? (await missing(parts, key));
}

/** The object from memory or S3; undefined if it does not exist. */
export async function readIfThere(
  parts: Parts,
  key: string,
): Promise<{ outcome: "ok"; bytes: Uint8Array } | undefined> {
  const { memory, usage, bucket } = parts;
  const kept = memory.get(key);
  if (kept !== undefined) {
    usage.count("read_memory");
    usage.read(key, kept.length);
    // A copy, so that no caller can change what the next one gets.
    return { outcome: "ok", bytes: new Uint8Array(kept) };
  }
  const object = await bucket.read(parts.objectKey(key));
  if (object === undefined) return undefined;
  const bytes = checked(parts, () => unseal(object));
  memory.set(key, bytes);
  usage.count("read_ok");
  usage.read(key, bytes.length);
  return { outcome: "ok", bytes };
}

/**
 * Reads an object that may be too large for memory. The hash is checked after the last chunk: if it is wrong, the
 * iteration throws DamagedObject.
 */
export async function readStream(parts: Parts, key: string): Promise<ReadStream> {
  requireValidKey(key);
  const object = await parts.bucket.open(parts.objectKey(key));
  if (object === undefined) return await missing(parts, key);
  parts.usage.count("read_ok");
  parts.usage.read(key, 0);
  return { outcome: "ok", chunks: counted(parts, unsealChunks(object)) };
}

async function* counted(parts: Parts, chunks: Chunks): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    parts.usage.count("read_bytes", chunk.length);
    yield chunk;
  }
}

async function missing(parts: Parts, key: string): Promise<Exclude<Read, { outcome: "ok" }>> {
  const { holder } = await lookAtLock(parts, key);
  parts.usage.count(holder === undefined ? "read_missing" : "read_busy");
  return holder === undefined ? { outcome: "missing" } : { outcome: "busy", holder };
}

function checked(parts: Parts, open: () => Uint8Array): Uint8Array {
  try {
    return open();
  } catch (error) {
    if (error instanceof DamagedObject) parts.usage.count("read_damaged");
    throw error;
  }
}
