import { keys } from "../../functions/platform/keys.ts";
import type { Redis } from "../../functions/platform/redis.ts";

/**
 * Lets the time of a test's lease pass at once, having looked that it would pass by itself. A test that waited for that
 * would need a short lease, which a living worker loses on a busy machine.
 */
export async function passLeaseTime(redis: Redis, testid: string): Promise<void> {
  const leftMs = await redis.command(["PTTL", keys.lease(testid)]);
  if (leftMs === -1) throw new Error(`The lease of ${testid} would never end`);
  await redis.command(["PEXPIRE", keys.lease(testid), 0]);
}
