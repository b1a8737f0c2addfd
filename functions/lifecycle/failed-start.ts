import type { Redis } from "../platform/redis.ts";
import type { Answer } from "../streams/answer.ts";
import type { Claimed } from "../streams/claim.ts";
import { stopTest } from "./stop.ts";

/** Removes a test whose start failed: one that cannot start would be Queued for ever. */
export async function stopFailedStart(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  if (work.request.method === "start" && answer.status >= 400) await stopTest(redis, work.claim.testid);
}
