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

/** How long the error of a producer is kept for those who waited for it, ms: longer than any of them pauses. */
const MESSAGE_MS = 10_000;

/** Who holds a lock, and since when. */
export interface Holder {
  readonly token: string;
  readonly who: string;
  readonly sinceMs: number;
}

export type Locked =
  | { readonly kind: "taken" | "exists" }
  | { readonly kind: "busy"; readonly holder: Holder; readonly leftMs: number };

/**
 * Takes an object's lock: one round trip. Re-entrant for the same token.
 *
 * @param unlessIndexed `exists`, and no lock is taken, if the index has the object
 */
export async function takeLock(parts: Parts, key: string, token: string, unlessIndexed: boolean): Promise<Locked> {
  const { redis, keys, settings } = parts;
  const { who, lockMs, clock } = settings;
  const args = [token, clock(), who, lockMs, unlessIndexed ? key : ""];
  const [kind, holder, leftMs] = outcomeOf("lock", await redis.run(lockScript, [keys.lock(key), keys.size], args));
  if (kind === "taken" || kind === "exists") return { kind };
  if (kind === "busy") return { kind, holder: readHolder(String(holder)), leftMs: Number(leftMs) };
  throw new UnexpectedReply("lock");
}

/** Takes the locks of several objects: one round trip. @returns those that nobody else held */
export async function takeLocks(parts: Parts, objects: readonly string[], token: string): Promise<string[]> {
  const { redis, keys, settings } = parts;
  const args = [token, settings.clock(), settings.who, settings.lockMs];
  const [, taken] = outcomeOf("lock-many", await redis.run(lockManyScript, objects.map(keys.lock), args));
  if (!Array.isArray(taken)) throw new UnexpectedReply("lock-many");
  return objects.filter((_object, i) => taken[i] === 1);
}

/** Prolongs a lock. @returns whether it is still held under this token */
export async function renewLock(parts: Parts, key: string, token: string): Promise<boolean> {
  const { redis, keys, settings } = parts;
  const [kind] = outcomeOf("renew", await redis.run(renewScript, [keys.lock(key)], [token, settings.lockMs]));
  return kind === "held";
}

/** Lets go of an object's lock, if it is still held under this token; leaves a message for those who wait for it. */
export async function releaseLock(parts: Parts, key: string, token: string, message = ""): Promise<void> {
  await parts.redis.run(releaseScript, [parts.keys.lock(key), parts.keys.failed(key)], [token, message, MESSAGE_MS]);
}

/** The same for the mutex of the one who evicts. */
export async function releasePurge(parts: Parts, token: string): Promise<void> {
  await parts.redis.run(releaseScript, [parts.keys.purge, parts.keys.failed("-")], [token, "", MESSAGE_MS]);
}

/** Who holds an object's lock, and with what message it was last given up: one round trip, one command. */
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

/** A lock's value: `{token} {since when, ms} {who}`. */
export function readHolder(value: string): Holder {
  const [token = "", sinceMs, who = ""] = value.split(" ");
  return { token, who, sinceMs: Number(sinceMs) };
}
