import { keys } from "../../platform/keys.ts";
import type { Redis } from "../../platform/redis.ts";

/** Most calls are answered before they have waited so long, ms: those cost no command. */
export const SHORT_WAIT_MS = 1_000;
/** Waits are counted within this time, ms. */
export const WINDOW_MS = 60_000;

/**
 * Takes a long wait from what the caller's address may begin within a minute: one command. A call that waits holds one of
 * Lambda's concurrent executions for up to 25 s, and these are there for all.
 *
 * @param address stands for the address, see address.ts
 * @returns undefined if it may wait; else after how many seconds it may
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
