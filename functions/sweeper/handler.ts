import type { ScheduledEvent } from "aws-lambda";
import { openCache } from "../cache/open.ts";
import { collectLineages } from "../garbage/lineages.ts";
import { endFailedStarts } from "../lifecycle/create-and-stop/failed-start.ts";
import { endIdleTests } from "../lifecycle/create-and-stop/idle.ts";
import { sweepRuns } from "../lifecycle/runs/sweep.ts";
import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count, logWithMetrics } from "../platform/metrics.ts";
import { openPlatform } from "../platform/open.ts";
import type { Redis } from "../platform/redis.ts";
import { oldestUnansweredMs, ringForgotten } from "../streams/forgotten.ts";
import { keepHouse } from "./housekeeping.ts";

/** The run deletes no further lineage after this time, ms. The next run continues. */
const COLLECTING_MS = 20_000;
/** The housekeeping begins no further page after this time, ms. */
const KEEPING_MS = 40_000;

/**
 * The safety net: rings doorbells again that were lost, pauses runs that no client reads, ends idle tests, and deletes what is no longer needed. If a
 * part fails, the others still run, and the invocation fails at the end, so that the failure is visible.
 */
export async function handler(_event: ScheduledEvent): Promise<{ rung: number; ended: number }> {
  const platform = await openPlatform();
  const { config, redis, queue, bucket } = platform;
  const cache = openCache(platform);
  const nowMs = Date.now();
  const startedAt = performance.now();
  const failures: unknown[] = [];
  const forgotten: string[] = [];
  const attempt = async <T>(what: string, part: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await part();
    } catch (error) {
      failures.push(error);
      log("error", "A part of the sweep failed", { event: "sweep_part_failed", what }, error);
      return undefined;
    }
  };

  const rung = await attempt("ringing", () =>
    ringForgotten(redis, queue, nowMs, config.doorbellGraceMs, (testids) => forgotten.push(...testids)),
  );
  await attempt("measuring", async () => {
    count(METRICS.forgotten, forgotten.length);
    count(METRICS.oldestUnanswered, await oldestUnansweredMs(redis, forgotten, nowMs));
  });
  const { doorbellGraceMs: graceMs, runUnwatchedMs: unwatchedMs } = config;
  const runs = await attempt("looking at runs", () => sweepRuns(redis, queue, { nowMs, graceMs, unwatchedMs }));
  await attempt("forgetting waits", () => forgetWaits(redis, nowMs));
  const ended = await attempt("ending idle tests", () => endIdleTests(redis, nowMs, config.idleMs));
  const failedStarts = await attempt("ending failed starts", () => endFailedStarts(redis));
  const isOver = (ms: number) => () => performance.now() - startedAt > ms;
  const collected = await attempt("collecting garbage", () => collectLineages(redis, bucket, isOver(COLLECTING_MS)));
  const evicted = await attempt("evicting", () => cache.evict());
  const { housekeepingMs: everyMs, orphanGraceMs, idleMs, refusedUploadMs } = config;
  const kept = await attempt("keeping house", () =>
    keepHouse(
      { redis, bucket, queue, cache },
      { nowMs, everyMs, orphanGraceMs, idleMs, refusedUploadMs, timeIsUp: isOver(KEEPING_MS) },
    ),
  );
  await cache.flush();
  logWithMetrics("swept", {
    event: "swept",
    rung,
    runsRung: runs?.rung,
    runsPaused: runs?.paused,
    ended,
    failedStarts,
    segments: collected?.segments,
    lineages: collected?.lineages,
    evicted: evicted?.objects,
    ...kept,
  });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} parts of the sweep failed`);
  return { rung: rung ?? 0, ended: ended ?? 0 };
}

/**
 * Deletes the counts of long waits of minutes that are over: one command. If the sweeper did not run for an hour, the
 * counts of the time before stay.
 */
async function forgetWaits(redis: Redis, nowMs: number): Promise<void> {
  const minute = Math.floor(nowMs / 60_000);
  const past = Array.from({ length: 60 }, (_, i) => keys.waits(minute - 2 - i));
  await redis.command(["UNLINK", ...past] as ["UNLINK", ...string[]]);
}
