import { setTimeout as sleep } from "node:timers/promises";
import { script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import type { Parts } from "./parts.ts";
import lockSource from "./scripts/lock.lua";
import lockManySource from "./scripts/lock-many.lua";
import releaseSource from "./scripts/release.lua";
import renewSource from "./scripts/renew.lua";

const lockScript = script(lockSource);
const lockManyScript = script(lockManySource);
const renewScript = script(renewSource);
const releaseScript = script(releaseSource);

/** How long Redis keeps a producer's error for the processes that waited, ms: longer than any pause between two polls. */
const MESSAGE_MS = 10_000;
const FIRST_PAUSE_MS = 10;
const PAUSE_GROWTH = 1.6;

/** Who holds a lock, and since when. */
export interface Holder {
  readonly token: string;
  readonly who: string;
  readonly sinceMs: number;
}

/** Another process holds the lock of the object. */
export interface Busy {
  readonly outcome: "busy";
  readonly holder: Holder;
  /** Until the lock expires, unless its holder renews it. */
  readonly leftMs: number;
}

/**
 * Takes an object's lock: one round trip. The same token may take it again.
 *
 * @param unlessIndexed if the index has the object, take no lock and return `exists`
 */
export async function takeLock(
  parts: Parts,
  key: string,
  token: string,
  unlessIndexed: boolean,
): Promise<Busy | { readonly outcome: "taken" | "exists" }> {
  const { redis, keys, settings } = parts;
  const { who, lockMs, clock } = settings;
  const args = [token, clock(), who, lockMs, unlessIndexed ? key : ""];
  const [outcome, holder, leftMs] = outcomeOf("lock", await redis.run(lockScript, [keys.lock(key), keys.size], args));
  if (outcome === "taken" || outcome === "exists") return { outcome };
  if (outcome === "busy") return { outcome, holder: readHolder(String(holder)), leftMs: Number(leftMs) };
  throw new UnexpectedReply("lock");
}

/** Takes the locks of several objects: one round trip. @returns the objects whose locks were free */
export async function takeLocks(parts: Parts, objects: readonly string[], token: string): Promise<string[]> {
  const { redis, keys, settings } = parts;
  const args = [token, settings.clock(), settings.who, settings.lockMs];
  const [, taken] = outcomeOf("lock-many", await redis.run(lockManyScript, objects.map(keys.lock), args));
  if (!Array.isArray(taken)) throw new UnexpectedReply("lock-many");
  return objects.filter((_object, i) => taken[i] === 1);
}

/** Extends a lock. @returns whether this token still holds it */
export async function renewLock(parts: Parts, key: string, token: string): Promise<boolean> {
  const { redis, keys, settings } = parts;
  const [kind] = outcomeOf("renew", await redis.run(renewScript, [keys.lock(key)], [token, settings.lockMs]));
  return kind === "held";
}

/** Releases an object's lock if this token still holds it. `message` is for the processes that wait for the object. */
export async function releaseLock(parts: Parts, key: string, token: string, message = ""): Promise<void> {
  await parts.redis.run(releaseScript, [parts.keys.lock(key), parts.keys.failed(key)], [token, message, MESSAGE_MS]);
}

/** Releases the lock of the process that evicts. */
export async function releasePurge(parts: Parts, token: string): Promise<void> {
  await parts.redis.run(releaseScript, [parts.keys.purge, parts.keys.failed("-")], [token, "", MESSAGE_MS]);
}

/** An object's lock: its holder, and the message with which a holder last gave up. One round trip, 2 commands. */
export async function lookAtLock(
  parts: Parts,
  key: string,
): Promise<{ holder: Holder | undefined; failure: { token: string; message: string } | undefined }> {
  const reply = await parts.redis.command(["MGET", parts.keys.lock(key), parts.keys.failed(key)]);
  const [held, failed] = reply as [string | null, string | null];
  const [token = "", ...words] = (failed ?? "").split(" ");
  return {
    holder: held === null ? undefined : readHolder(held),
    failure: failed === null ? undefined : { token, message: words.join(" ") },
  };
}

/** `held`: the holder still has the lock. `message`: the error with which the holder gave up, if it did. */
export type Waited = { readonly kind: "held" } | { readonly kind: "released"; readonly message: string | undefined };

/** Waits until a lock is free or has another holder, at most `limitMs`. Each poll is one Redis command. */
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

/** The value of a lock in Redis: `{token} {since, ms} {who}`. */
function readHolder(value: string): Holder {
  const [token = "", sinceMs, who = ""] = value.split(" ");
  return { token, who, sinceMs: Number(sinceMs) };
}
