import { keys } from "../../platform/keys.ts";
import type { Redis } from "../../platform/redis.ts";

/** Most calls are answered within this time, ms. Shorter waits cost no command. */
export const SHORT_WAIT_MS = 1_000;
/** The window in which waits are counted, ms. */
export const WINDOW_MS = 60_000;

/**
 * Counts a long wait against the limit of the caller's address per minute: one command. A waiting call occupies one of
 * Lambda's concurrent executions for up to 25 s, and all clients share these.
 *
 * @param address the hash of the address, see address.ts
 * @returns undefined if the call may wait; else the seconds until it may
 */
export async function takeWait(
  redis: Redis,
  address: string,
  mostPerMinute: number,
  nowMs: number,
): Promise<number | undefined> {
  const window = Math.floor(nowMs / WINDOW_MS);
  const begun = Number(await redis.command(["HINCRBY", keys.waits(window), address, 1]));
  return begun <= mostPerMinute ? undefined : ((window + 1) * WINDOW_MS - nowMs) / 1000;
}
