import { keys, SHARDS } from "../../platform/keys.ts";
import { log } from "../../platform/log.ts";
import { type Redis, script } from "../../platform/redis.ts";
import { backstopMs } from "../../streams/commit.ts";
import { lineagesOf } from "../record/checkpoint-list.ts";
import { readFields } from "../record/record.ts";
import { stopTest } from "./stop.ts";
import source from "./touch.lua";

const touchScript = script(source);

/** Most tests of one shard in one sweep. The next sweep does the rest. */
const MAX_PER_SHARD = 200;

/**
 * Ends the tests that got no command for longer than `idleMs`.
 *
 * The index of active tests has for each test a time at which it was active. Commits do not update it. So a test that looks
 * idle in the index is looked up in its record, and the index is corrected. A test that gets a command meanwhile stays:
 * its revision has changed or a request waits.
 *
 * @returns how many were ended
 */
export async function endIdleTests(redis: Redis, nowMs: number, idleMs: number): Promise<number> {
  let ended = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const range = ["ZRANGE", keys.activeShard(shard), "-inf", nowMs - idleMs, "BYSCORE"] as const;
    const command = [...range, "LIMIT", 0, MAX_PER_SHARD] as const;
    const testids = (await redis.command(command, { mayBeLate: true })) as string[];
    for (const testid of testids) {
      try {
        if (await endIfIdle(redis, testid, nowMs, idleMs)) ended++;
      } catch (error) {
        log("error", "An idle test could not be ended", { event: "idle_test_not_ended", testid }, error);
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
    log("info", "An idle test is ended", { event: "idle_test_ended", testid });
    return true;
  }
  // A busy test with an old timestamp has just got a command.
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
