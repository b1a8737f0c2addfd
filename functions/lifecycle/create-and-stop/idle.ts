import { keys, SHARDS } from "../../platform/keys.ts";
import { describeError, log } from "../../platform/log.ts";
import { type Redis, script } from "../../platform/redis.ts";
import { backstopMs } from "../../streams/commit.ts";
import { lineagesOf } from "../record/checkpoint-list.ts";
import { readFields } from "../record/record.ts";
import { stopTest } from "./stop.ts";
import source from "./touch.lua";

const touchScript = script(source);

/** Tests looked at in one shard and run; whoever is left is next minute's. */
const MOST_PER_SHARD = 200;

/**
 * Ends the tests that were given no command for longer than `idleMs`.
 *
 * The index of active tests holds for each a time at which it was known to be active, and is corrected only here, so
 * that a commit need not touch it: a test that looks idle there is asked itself. One that wakes while it is being ended
 * is spared, for its revision has moved on or a request waits.
 *
 * @returns how many were ended
 */
export async function endIdleTests(redis: Redis, nowMs: number, idleMs: number): Promise<number> {
  let ended = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const range = ["ZRANGE", keys.activeShard(shard), "-inf", nowMs - idleMs, "BYSCORE"] as const;
    const command = [...range, "LIMIT", 0, MOST_PER_SHARD] as const;
    const testids = (await redis.command(command, { mayBeLate: true })) as string[];
    for (const testid of testids) {
      try {
        if (await endIfIdle(redis, testid, nowMs, idleMs)) ended++;
      } catch (error) {
        log("error", "idle test could not be ended", { testid, error: describeError(error) });
      }
    }
  }
  return ended;
}

async function endIfIdle(redis: Redis, testid: string, nowMs: number, idleMs: number): Promise<boolean> {
  const test = await readFields(redis, testid, ["timestamp", "revision", "user", "lineage", "checkpoints"]);
  const { timestamp, revision, user } = test;
  const isIdle = Number(timestamp ?? 0) <= nowMs - idleMs;
  if (isIdle && revision && (await stopTest(redis, testid, { idleRevision: revision })) === "stopped") {
    log("info", "idle test ended", { testid });
    return true;
  }
  // A test that is busy under an old timestamp was given a command just now.
  const lastActiveMs = isIdle ? nowMs : Number(timestamp);
  await redis.run(
    touchScript,
    [
      keys.active(testid),
      keys.test(testid),
      keys.request(testid),
      keys.results(testid),
      keys.segments(testid),
      keys.userTest(user ?? "", testid),
      ...lineagesOf(test).map(keys.lineage),
    ],
    [testid, lastActiveMs, backstopMs(idleMs)],
  );
  return false;
}
