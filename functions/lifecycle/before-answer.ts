import { keys } from "../platform/keys.ts";
import type { Redis } from "../platform/redis.ts";
import type { Answer } from "../streams/answer.ts";
import type { Claimed } from "../streams/claim.ts";
import { noteFailedStart } from "./failed-start.ts";

/**
 * What comes before an answer, whatever it is: a test whose start has failed is noted, and a rollout makes room, for its
 * client may ask for the next one at once. Should it come to be computed again, that does no harm.
 */
export async function beforeAnswer(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  await noteFailedStart(redis, work, answer);
  const { origin } = work.test;
  if (origin !== undefined) await redis.command(["ZREM", keys.rollouts(origin), work.claim.testid]);
}
