import { randomUUID } from "node:crypto";
import { leave } from "./catalog.ts";
import { requireValidKey } from "./key.ts";
import { type Holder, releaseLock, takeLock } from "./lock.ts";
import type { Parts } from "./parts.ts";

/** `missing`: the index had none. `busy`: somebody is making or removing it. */
export type Deleted =
  | { readonly outcome: "ok" | "missing" }
  | { readonly outcome: "busy"; readonly holder: Holder; readonly leftMs: number };

/**
 * Removes an object, under its lock: 2 Redis round trips and 1 DELETE. For room, not to change it: processes that have
 * it in memory go on serving it.
 */
export async function remove(parts: Parts, key: string): Promise<Deleted> {
  requireValidKey(key);
  const token = randomUUID();
  const locked = await takeLock(parts, key, token, false);
  if (locked.kind === "busy") return { outcome: "busy", holder: locked.holder, leftMs: locked.leftMs };
  parts.memory.delete(key);
  try {
    await parts.bucket.remove([parts.objectKey(key)]);
  } catch (error) {
    parts.usage.count("errors");
    await releaseLock(parts, key, token);
    throw error;
  }
  const left = await leave(parts, [key], token, "deleted");
  parts.usage.count("deleted", left.objects);
  return { outcome: left.objects === 1 ? "ok" : "missing" };
}
