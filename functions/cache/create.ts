import { randomUUID } from "node:crypto";
import type { Body } from "../platform/upload.ts";
import { requireValidKey } from "./key.ts";
import { type Busy, takeLock } from "./lock.ts";
import type { Parts } from "./parts.ts";
import { Reservation } from "./reservation.ts";

/** `busy`: another process creates or deletes the object. `exists`: the object exists and does not change. */
export type Created = Busy | { readonly outcome: "ok" | "exists" };

/** Creates an object: 2 Redis round trips and 1 PUT (above 8 MB 1 PUT for each 8 MB, and 2 requests more). */
export async function create(parts: Parts, key: string, body: Body): Promise<Created> {
  requireValidKey(key);
  const token = randomUUID();
  const locked = await takeLock(parts, key, token, false);
  if (locked.outcome === "busy") {
    parts.usage.count("create_busy");
    return locked;
  }
  return { outcome: await new Reservation(parts, key, token).fulfil(body) };
}
