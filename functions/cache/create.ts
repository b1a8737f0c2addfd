import { randomUUID } from "node:crypto";
import type { Body } from "../platform/upload.ts";
import { requireValidKey } from "./key.ts";
import { type Holder, takeLock } from "./lock.ts";
import type { Parts } from "./parts.ts";
import { readIfThere } from "./read.ts";
import { Reservation } from "./reservation.ts";

/** `busy`: somebody else is making or removing the object. `exists`: there is one, and it stays as it is. */
export type Created =
  | { readonly outcome: "ok" | "exists" }
  | { readonly outcome: "busy"; readonly holder: Holder; readonly leftMs: number };

/** Creates an object: 2 Redis round trips and 1 PUT (above 8 MB one for each 8 MB, and 2 more). */
export async function create(parts: Parts, key: string, body: Body): Promise<Created> {
  requireValidKey(key);
  const token = randomUUID();
  const locked = await takeLock(parts, key, token, false);
  if (locked.kind === "busy") {
    parts.usage.count("create_busy");
    return { outcome: "busy", holder: locked.holder, leftMs: locked.leftMs };
  }
  return { outcome: await new Reservation(parts, key, token).fulfil(body) };
}

/** What `reserve` finds: the object, or somebody who is making it, or else the right to make it. */
export type Reserved =
  | { readonly outcome: "ok"; readonly bytes: Uint8Array }
  | { readonly outcome: "busy"; readonly holder: Holder; readonly leftMs: number }
  | { readonly outcome: "reserved"; readonly reservation: Reservation };

/**
 * Reads an object, or takes on the making of it, in one go: what `getOrCreate` is made of, for callers who have other
 * things to do while they wait.
 *
 * @param token of an earlier reservation that is to be gone on with
 */
export async function reserve(parts: Parts, key: string, token: string = randomUUID()): Promise<Reserved> {
  requireValidKey(key);
  const there = await readIfThere(parts, key);
  if (there !== undefined) return there;
  // Between that look and the lock, another may have made it and let go: the index knows, in the same script.
  let locked = await takeLock(parts, key, token, true);
  if (locked.kind === "exists") {
    const madeMeanwhile = await readIfThere(parts, key);
    if (madeMeanwhile !== undefined) return madeMeanwhile;
    // The index is wrong about it: a ghost.
    locked = await takeLock(parts, key, token, false);
  }
  if (locked.kind === "busy") return { outcome: "busy", holder: locked.holder, leftMs: locked.leftMs };
  return { outcome: "reserved", reservation: new Reservation(parts, key, token) };
}
