import { keys } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import type { Redis } from "../platform/redis.ts";

/** For how long nobody is called to a test about which Redis refuses everything, ms. It may be mended meanwhile. */
const POSTPONED_MS = 300_000;

/**
 * Keeps the sweeper from ringing for a test for five minutes, if it has unanswered requests. A new one rings by itself,
 * and ends that.
 */
export async function postpone(redis: Redis, testid: string): Promise<void> {
  try {
    await redis.command(["ZADD", keys.outstanding(testid), "XX", Date.now() + POSTPONED_MS, testid]);
  } catch (error) {
    log("warn", "a test is not postponed", { testid, error: describeError(error) });
  }
}
