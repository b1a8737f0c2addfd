import { keys } from "../../platform/keys.ts";
import { log } from "../../platform/log.ts";
import type { Queue } from "../../platform/queue.ts";
import type { Redis } from "../../platform/redis.ts";
import { ring } from "../../streams/doorbell.ts";
import { pauseRun, readRunning, ringForRun } from "./doorbells.ts";
import { dueMs } from "./test-run.ts";

/** Most runs that one sweep looks at. The next one looks at the others. */
const MAX_RUNS = 500;
/** So many at the same time. */
const AT_ONCE = 20;
/** A run is looked at again after this time at the latest, ms: perhaps nobody else looks at it any more. */
const LOOK_EVERY_MS = 600_000;
/** A test whose run does not go on is kept in the index for so long, ms: a run that begins is noted before its commit. */
const KEPT_MS = 300_000;

/**
 * Looks at the tests that run by themselves. Rings for those whose next step has been due for longer than `graceMs`: their
 * doorbell was lost. Pauses those that nobody has looked at for `unwatchedMs`, because each step costs something.
 *
 * Commits do not update the index. So a run that looks due in the index is looked up in its record.
 *
 * @returns how many were rung for, and how many paused
 */
export async function sweepRuns(
  redis: Redis,
  queue: Queue,
  options: { readonly nowMs: number; readonly graceMs: number; readonly unwatchedMs: number },
): Promise<{ readonly rung: number; readonly paused: number }> {
  const range = ["-inf", options.nowMs, "BYSCORE", "LIMIT", 0, MAX_RUNS, "WITHSCORES"] as const;
  const found = (await redis.command(["ZRANGE", keys.runs(), ...range], { mayBeLate: true })) as string[];
  const done = { rung: 0, paused: 0 };
  const look = async (testid: string, sinceMs: number) => {
    try {
      const what = await lookAt(redis, queue, testid, { ...options, sinceMs });
      if (what !== undefined) done[what]++;
    } catch (error) {
      log("error", "The sweeper could not look at a run", { event: "run_not_swept", testid }, error);
    }
  };
  for (let i = 0; i < found.length; i += 2 * AT_ONCE) {
    const looks = Array.from({ length: Math.min(AT_ONCE, (found.length - i) / 2) }, async (_, n) => {
      await look(found[i + 2 * n] ?? "", Number(found[i + 2 * n + 1]));
    });
    await Promise.all(looks);
  }
  return done;
}

async function lookAt(
  redis: Redis,
  queue: Queue,
  testid: string,
  { nowMs, graceMs, unwatchedMs, sinceMs }: { nowMs: number; graceMs: number; unwatchedMs: number; sinceMs: number },
): Promise<"rung" | "paused" | undefined> {
  const found = await readRunning(redis, testid);
  if (!found) {
    if (found === undefined || sinceMs < nowMs - KEPT_MS) {
      await redis.command(["ZREM", keys.runs(), testid]);
      await redis.command(["ZREM", keys.watched(), testid]);
    }
    return undefined;
  }
  const { run, holder } = found;
  const watchedMs = Number((await redis.command(["ZSCORE", keys.watched(), testid])) ?? run.beganMs);
  if (nowMs - Math.max(watchedMs, run.beganMs) > unwatchedMs) {
    const reason = `Nobody had looked at the run for ${unwatchedMs / 3_600_000} hours.`;
    if (!(await pauseRun(redis, testid, run, reason))) return undefined;
    await ring(queue, { testid, holder });
    return "paused";
  }
  const due = dueMs(run);
  const nextLookMs = Math.min(Math.max(due, nowMs), nowMs + LOOK_EVERY_MS);
  await redis.command(["ZADD", keys.runs(), "XX", nextLookMs, testid]);
  if (nowMs - due <= graceMs) return undefined;
  await ringForRun(queue, testid, run, holder, nowMs);
  return "rung";
}
