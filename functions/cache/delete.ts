import { randomUUID } from "node:crypto";
import { removeEntries } from "./index-entries.ts";
import { requireValidKey } from "./key.ts";
import { type Busy, releaseLock, takeLock } from "./lock.ts";
import type { Parts } from "./parts.ts";

/** `missing`: the index has no such object. `busy`: another process creates or deletes it. */
export type Deleted = Busy | { readonly outcome: "ok" | "missing" };

/**
 * Deletes an object under its lock: 2 Redis round trips and 1 DELETE. This frees space; it does not change an object:
 * processes that have the old content in memory continue to use it.
 */
export async function deleteObject(parts: Parts, key: string): Promise<Deleted> {
  requireValidKey(key);
  const token = randomUUID();
  const locked = await takeLock(parts, key, token, false);
  if (locked.outcome === "busy") return locked;
  parts.memory.delete(key);
  try {
    await parts.bucket.remove([parts.objectKey(key)]);
  } catch (error) {
    parts.usage.count("errors");
    await releaseLock(parts, key, token);
    throw error;
  }
  const left = await removeEntries(parts, [key], token, "deleted");
  parts.usage.count("deleted", left.objects);
  return { outcome: left.objects === 1 ? "ok" : "missing" };
}
