import { keys, SHARDS } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import type { Queue } from "../platform/queue.ts";
import { again, type Redis } from "../platform/redis.ts";
import type { Doorbell } from "./doorbell.ts";

/** SQS takes ten messages in one request. */
const BATCH = 10;
/** The most tests that one run rings for in one shard. The next run, a minute later, rings for the others. */
const MAX_PER_SHARD = 500;

/**
 * Rings for every test whose requests have been unanswered for longer than `graceMs`: its doorbell was lost, or its
 * worker died. Ringing for a test that has a worker is harmless. A test that was rung for counts as new, so that a long
 * queue does not grow every minute.
 *
 * @param found called with the forgotten tests of each shard
 * @returns the number of tests that were rung for
 * @throws Error if some shards could not be read; the tests of the others are rung for
 */
export async function ringForgotten(
  redis: Redis,
  queue: Queue,
  nowMs: number,
  graceMs: number,
  found: (testids: readonly string[]) => void = () => {},
): Promise<number> {
  const range = ["-inf", nowMs - graceMs, "BYSCORE", "LIMIT", 0, MAX_PER_SHARD] as const;
  const failures: unknown[] = [];
  const read = async (shard: number): Promise<string[]> => {
    try {
      // May be late: an extra doorbell is harmless, and a test that is missed is found a minute later.
      const command = ["ZRANGE", keys.outstandingShard(shard), ...range] as const;
      return (await again(() => redis.command(command, { mayBeLate: true }))) as string[];
    } catch (error) {
      failures.push(error);
      return [];
    }
  };
  // All at once: a shard that cannot be read does not delay the others.
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
      log("error", "The sweeper could not ring doorbells", { event: "doorbells_not_rung", shard }, error);
    }
  }
  return rung;
}

/** How many tests are asked for their oldest request. Among more tests the oldest request is hardly older. */
const MAX_ASKED = 20;

/** For how long the oldest request of these tests has been unanswered, ms; 0 if all are answered. One command for each test. */
export async function oldestUnansweredMs(redis: Redis, testids: readonly string[], nowMs: number): Promise<number> {
  const ages = testids.slice(0, MAX_ASKED).map(async (testid) => {
    const entries = await redis.command(["XRANGE", keys.request(testid), "-", "+", "COUNT", 1], { mayBeLate: true });
    const id: unknown = Array.isArray(entries) ? entries[0]?.[0] : undefined;
    // An entry's id begins with the time of its arrival, by Redis' clock.
    return typeof id === "string" ? nowMs - Number.parseInt(id, 10) : 0;
  });
  return Math.max(0, ...(await Promise.all(ages)));
}
