import { deleteObject } from "./delete.ts";
import { waitFor } from "./lock.ts";
import type { Parts } from "./parts.ts";
import type { Reservation } from "./reservation.ts";
import { type Reserved, reserve } from "./reserve.ts";
import { DamagedObject } from "./seal.ts";

/** The process that was to make the object failed. The message is that of its error. */
export class ProducerFailed extends Error {
  override readonly name = "ProducerFailed";
}

/** The object did not appear within the caller's time limit, or its producer exceeded its own. */
export class TookTooLong extends Error {
  override readonly name = "TookTooLong";
}

/** Makes an object's content. The signal fires when the time limit is over. */
export type Produce = (signal: AbortSignal) => Promise<Uint8Array>;

export interface GetOrCreateOptions {
  /** What callers do that waited for a producer that failed: `retry` by themselves (the default), or `share` its error. */
  readonly onFailure?: "retry" | "share";
  readonly waitMs?: number;
  readonly produceMs?: number;
}

/**
 * Returns the object's bytes, made by `produce` if the object does not exist yet. One process of all runs `produce` for
 * a key. If that process dies, another one starts at most one pause after the lock has expired.
 *
 * @throws ProducerFailed if the producer of another process failed and `onFailure` is `share`
 * @throws TookTooLong if a producer, here or in another process, exceeds its time limit
 */
export async function getOrCreate(
  parts: Parts,
  key: string,
  produce: Produce,
  options: GetOrCreateOptions = {},
): Promise<Uint8Array> {
  const deadline = performance.now() + (options.waitMs ?? parts.settings.waitMs);
  for (;;) {
    const reserved = await reserveWhole(parts, key);
    if (reserved.outcome === "ok") return reserved.bytes;
    if (reserved.outcome === "reserved") {
      const made = await fulfil(parts, reserved.reservation, produce, options.produceMs ?? parts.settings.produceMs);
      if (made !== undefined) return made;
      continue;
    }
    parts.usage.count("waited");
    const { holder } = reserved;
    const waited = await waitFor(parts, key, holder, deadline - performance.now());
    if (waited.kind === "held") {
      throw new TookTooLong(`${key} is still being made by ${holder.who}, since ${holder.sinceMs}`);
    }
    if (waited.message !== undefined && options.onFailure === "share") throw new ProducerFailed(waited.message);
  }
}

/** Like `reserve`, but deletes a damaged object first, so that it can be made again. */
async function reserveWhole(parts: Parts, key: string): Promise<Reserved> {
  try {
    return await reserve(parts, key);
  } catch (error) {
    if (!(error instanceof DamagedObject)) throw error;
    await deleteObject(parts, key);
    return await reserve(parts, key);
  }
}

/** @returns the bytes that are stored now, made here or by another process; undefined if they are deleted already */
async function fulfil(
  parts: Parts,
  reservation: Reservation,
  produce: Produce,
  limitMs: number,
): Promise<Uint8Array | undefined> {
  const { usage } = parts;
  let bytes: Uint8Array;
  try {
    bytes = await limited(produce, limitMs);
    usage.count("produced");
  } catch (error) {
    usage.count("produce_failed");
    await reservation.abandon(error);
    throw error;
  }
  if ((await reservation.fulfil(bytes)) === "ok") return bytes;
  // Another writer was first. All callers must get the same bytes, so read the stored ones.
  const reserved = await reserve(parts, reservation.key);
  if (reserved.outcome === "reserved") await reserved.reservation.abandon();
  return reserved.outcome === "ok" ? reserved.bytes : undefined;
}

async function limited(produce: Produce, limitMs: number): Promise<Uint8Array> {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new TookTooLong(`The producer did not finish within ${limitMs} ms`);
    controller.abort(error);
    reject(error);
  }, limitMs);
  try {
    return await Promise.race([produce(controller.signal), promise]);
  } finally {
    clearTimeout(timer);
  }
}
