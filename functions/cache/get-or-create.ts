import { setTimeout as sleep } from "node:timers/promises";
import type { Reserved } from "./create.ts";
import { reserve } from "./create.ts";
import { remove } from "./delete.ts";
import { DamagedObject, ProducerFailed, TookTooLong } from "./errors.ts";
import { type Holder, lookAtLock } from "./lock.ts";
import type { Parts } from "./parts.ts";
import type { Reservation } from "./reservation.ts";

/** Makes an object's content. The signal is given when the time that it may take is over. */
export type Produce = (signal: AbortSignal) => Promise<Uint8Array>;

export interface GetOrCreateOptions {
  /** What those who waited for a producer that failed do: `retry` by themselves (the default), or `share` its error. */
  readonly onFailure?: "retry" | "share";
  readonly waitMs?: number;
  readonly produceMs?: number;
}

const FIRST_PAUSE_MS = 10;
const PAUSE_GROWTH = 1.6;

/**
 * The object's bytes, made by `produce` if nobody has made them yet. Over all processes it runs once per key, unless
 * its runner dies: then another takes over, when the lock's time is over and one pause more.
 *
 * @throws ProducerFailed if another's producer failed and `onFailure` is `share`
 * @throws TookTooLong if a producer, this one's or another's, takes longer than it may
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
    const failed = await waitForRelease(parts, key, reserved.holder, deadline);
    if (failed !== undefined && options.onFailure === "share") throw new ProducerFailed(failed);
  }
}

/** As `reserve`; a damaged object is removed, so that it can be made anew. */
async function reserveWhole(parts: Parts, key: string): Promise<Reserved> {
  try {
    return await reserve(parts, key);
  } catch (error) {
    if (!(error instanceof DamagedObject)) throw error;
    await remove(parts, key);
    return await reserve(parts, key);
  }
}

/** @returns the bytes that are stored now, whoever made them; undefined if they are gone again */
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
  // Somebody else's were first: those are the ones that everybody gets.
  const reserved = await reserve(parts, reservation.key);
  if (reserved.outcome === "reserved") await reserved.reservation.abandon();
  return reserved.outcome === "ok" ? reserved.bytes : undefined;
}

async function limited(produce: Produce, limitMs: number): Promise<Uint8Array> {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new TookTooLong(`The producer was not done within ${limitMs} ms`);
    controller.abort(error);
    reject(error);
  }, limitMs);
  try {
    return await Promise.race([produce(controller.signal), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until the lock is free or has changed hands. @returns the message with which its holder gave up, if it did */
async function waitForRelease(
  parts: Parts,
  key: string,
  holder: Holder,
  deadline: number,
): Promise<string | undefined> {
  const ended = await waitFor(parts, key, holder, deadline - performance.now());
  if (ended.kind === "released") return ended.message;
  throw new TookTooLong(`${key} is still being made by ${holder.who}, since ${holder.sinceMs}`);
}

/** How a wait for somebody else's lock ended; `message` is the error with which its holder gave up, if it did. */
export type Waited = { readonly kind: "held" } | { readonly kind: "released"; readonly message: string | undefined };

/** Waits until a lock is free or has changed hands, but no longer than `limitMs`. One look is one Redis command. */
export async function waitFor(parts: Parts, key: string, holder: Holder, limitMs: number): Promise<Waited> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= PAUSE_GROWTH) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return { kind: "held" };
    await sleep(Math.min(pauseMs, parts.settings.pollMs, leftMs));
    const now = await lookAtLock(parts, key);
    if (now.failure?.token === holder.token) return { kind: "released", message: now.failure.message };
    if (now.holder?.token !== holder.token) return { kind: "released", message: undefined };
  }
}
