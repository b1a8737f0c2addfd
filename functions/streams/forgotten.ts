import { keys, SHARDS } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import type { Queue } from "../platform/queue.ts";
import { again, type Redis } from "../platform/redis.ts";
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
 * @throws Error if some of the tests could not be read; the others are rung for
 */
export async function ringForgotten(
  redis: Redis,
  queue: Queue,
  nowMs: number,
  graceMs: number,
  found: (testids: readonly string[]) => void = () => {},
): Promise<number> {
  const range = ["-inf", nowMs - graceMs, "BYSCORE", "LIMIT", 0, MOST_PER_SHARD] as const;
  const failures: unknown[] = [];
  const read = async (shard: number): Promise<string[]> => {
    try {
      // May be late: ringing once too often is harmless, and who is missed is found a minute later.
      const command = ["ZRANGE", keys.outstandingShard(shard), ...range] as const;
      return (await again(() => redis.command(command, { mayBeLate: true }))) as string[];
    } catch (error) {
      failures.push(error);
      return [];
    }
  };
  // All at once: a shard that cannot be read holds none of the others up.
  const waiting = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => read(shard)));
  let rung = 0;
  for (const [shard, testids] of waiting.entries()) {
    found(testids);
    rung += await ringAll(redis, queue, shard, testids, nowMs);
  }
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${SHARDS} shards could not be read`, { cause: failures[0] });
  }
  return rung;
}

async function ringAll(
  redis: Redis,
  queue: Queue,
  shard: number,
  testids: readonly string[],
  nowMs: number,
): Promise<number> {
  const key = keys.outstandingShard(shard);
  let rung = 0;
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
  return rung;
}
