import { keys, SHARDS } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import type { Queue } from "../platform/queue.ts";
import type { Redis } from "../platform/redis.ts";
import type { Doorbell } from "./doorbell.ts";

/** SQS takes ten messages in one request. */
const BATCH = 10;
/** Tests rung for in one shard and run; whoever is left is next minute's. */
const MOST_PER_SHARD = 500;

/**
 * Rings for every test whose requests have been unanswered for longer than `graceMs`: its doorbell was lost, or its
 * worker died. Ringing for a test that is being worked on is harmless. A test that was rung for counts as new, so that a
 * long queue is not made longer every minute.
 *
 * @param found is told which tests are forgotten
 * @returns how many were rung for
 */
export async function ringForgotten(
  redis: Redis,
  queue: Queue,
  nowMs: number,
  graceMs: number,
  found: (testids: readonly string[]) => void = () => {},
): Promise<number> {
  let rung = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const key = keys.outstandingShard(shard);
    const range = ["ZRANGE", key, "-inf", nowMs - graceMs, "BYSCORE", "LIMIT", 0, MOST_PER_SHARD] as const;
    const testids = (await redis.command(range)) as string[];
    found(testids);
    for (let i = 0; i < testids.length; i += BATCH) {
      const batch = testids.slice(i, i + BATCH);
      try {
        rung += await queue.sendBatch(batch.map((testid) => JSON.stringify({ testid } satisfies Doorbell)));
        const marks = batch.flatMap((testid) => [nowMs, testid]);
        await redis.command(["ZADD", key, "XX", ...marks]);
      } catch (error) {
        log("error", "doorbells could not be rung", { shard, error: describeError(error) });
      }
    }
  }
  return rung;
}
