import { keys } from "../platform/keys.ts";
import type { Redis } from "../platform/redis.ts";

/** Tests that are asked; among more than these the oldest is hardly older. */
const MOST_ASKED = 20;

/** For how long the oldest request of these tests has been unanswered, ms; 0 if none is. One command for each test. */
export async function oldestUnansweredMs(redis: Redis, testids: readonly string[], nowMs: number): Promise<number> {
  const ages = testids.slice(0, MOST_ASKED).map(async (testid) => {
    const entries = await redis.command(["XRANGE", keys.request(testid), "-", "+", "COUNT", 1], { mayBeLate: true });
    const id: unknown = Array.isArray(entries) ? entries[0]?.[0] : undefined;
    // An entry's id begins with the time at which it came, by Redis' clock.
    return typeof id === "string" ? nowMs - Number.parseInt(id, 10) : 0;
  });
  return Math.max(0, ...(await Promise.all(ages)));
}
