import { randomUUID } from "node:crypto";
import { requireValidKey } from "./key.ts";
import { type Busy, takeLock } from "./lock.ts";
import type { Parts } from "./parts.ts";
import { readIfThere } from "./read.ts";
import { Reservation } from "./reservation.ts";

/** The object; or the process that makes it; or the right to make it. */
export type Reserved =
  | Busy
  | { readonly outcome: "ok"; readonly bytes: Uint8Array }
  | { readonly outcome: "reserved"; readonly reservation: Reservation };

/**
 * Reads an object, or reserves the right to make it. `getOrCreate` uses this; callers that have other work to do while
 * they wait use it directly.
 *
 * @param token of an earlier reservation, to continue it
 */
export async function reserve(parts: Parts, key: string, token: string = randomUUID()): Promise<Reserved> {
  requireValidKey(key);
  const there = await readIfThere(parts, key);
  if (there !== undefined) return there;
  // After this read another process may have created the object and released its lock. The script therefore checks the
  // index before it takes the lock.
  let locked = await takeLock(parts, key, token, true);
  if (locked.outcome === "exists") {
    const createdMeanwhile = await readIfThere(parts, key);
    if (createdMeanwhile !== undefined) return createdMeanwhile;
    // The index has an entry for an object that S3 does not have.
    locked = await takeLock(parts, key, token, false);
  }
  if (locked.outcome === "busy") return locked;
  return { outcome: "reserved", reservation: new Reservation(parts, key, token) };
}
