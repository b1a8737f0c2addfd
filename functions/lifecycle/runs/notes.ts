import { keys } from "../../platform/keys.ts";
import { again, type Redis } from "../../platform/redis.ts";
import type { Answer } from "../../streams/answer.ts";
import type { Claimed } from "../../streams/claim.ts";

/*
 * What is known of runs beside their tests' records. Two sorted sets for all tests: runs begin and are looked at rarely,
 * and no script touches these keys.
 */

/** A process notes no more often than this that somebody looks at a run, ms. */
const NOTED_EVERY_MS = 600_000;
/** Most runs of which a process remembers that it has noted them. */
const MAX_REMEMBERED = 1_000;

const notedMs = new Map<string, number>();

/** To be called before an answer is committed: notes a run that begins, so that the sweeper finds it whatever happens. */
export async function noteRun(redis: Redis, work: Claimed, answer: Answer, nowMs = Date.now()): Promise<void> {
  if (work.request.method !== "run" || answer.status !== 200) return;
  const { testid } = work.claim;
  await redis.command(["ZADD", keys.runs(), nowMs, testid]);
  await redis.command(["ZADD", keys.watched(), nowMs, testid]);
}

/** Notes that somebody has looked at a run: one command, and seldom. A look that cannot be noted is no failure of the look. */
export async function noteLook(redis: Redis, testid: string, nowMs: number): Promise<void> {
  if (nowMs - (notedMs.get(testid) ?? 0) < NOTED_EVERY_MS) return;
  await again(() => redis.command(["ZADD", keys.watched(), "XX", "GT", nowMs, testid])).catch(() => {});
  if (notedMs.size >= MAX_REMEMBERED) notedMs.clear();
  notedMs.set(testid, nowMs);
}
