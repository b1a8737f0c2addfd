import type { ScheduledEvent } from "aws-lambda";
import { openCache } from "../cache/open.ts";
import { collectLineages } from "../garbage/lineages.ts";
import { endFailedStarts } from "../lifecycle/failed-start.ts";
import { endIdleTests } from "../lifecycle/idle.ts";
import { forgetWaits } from "../limits/waits.ts";
import { describeError, log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count, logWithMetrics } from "../platform/metrics.ts";
import { openPlatform } from "../platform/open.ts";
import { ringForgotten } from "../streams/forgotten.ts";
import { oldestUnansweredMs } from "../streams/oldest.ts";
import { keepHouse } from "./housekeeping.ts";

/** Collecting garbage begins nothing new after so long, ms: the rest is the next run's. */
const COLLECTING_MS = 20_000;
/** The same of keeping house, whose last piece may take a while. */
const KEEPING_MS = 40_000;

/**
 * The safety net: rings doorbells that were lost, ends idle tests, and clears up. A part that fails does not keep the
 * others from being done, but the invocation fails in the end, so that it shows.
 */
export async function handler(_event: ScheduledEvent): Promise<{ rung: number; ended: number }> {
  const platform = await openPlatform();
  const { config, redis, queue, objects: bucket } = platform;
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
      log("error", "a part of the sweep failed", { what, error: describeError(error) });
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
  await attempt("forgetting waits", () => forgetWaits(redis, nowMs));
  const ended = await attempt("ending idle tests", () => endIdleTests(redis, nowMs, config.idleMs));
  const failedStarts = await attempt("ending failed starts", () => endFailedStarts(redis));
  const isOver = (ms: number) => () => performance.now() - startedAt > ms;
  const collected = await attempt("collecting garbage", () => collectLineages(redis, bucket, isOver(COLLECTING_MS)));
  const evicted = await attempt("evicting", () => cache.evict());
  const { housekeepingMs: everyMs, orphanGraceMs, idleMs } = config;
  const kept = await attempt("keeping house", () =>
    keepHouse({ redis, bucket, queue, cache }, { nowMs, everyMs, orphanGraceMs, idleMs, timeIsUp: isOver(KEEPING_MS) }),
  );
  await cache.flush();
  logWithMetrics("swept", {
    rung,
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
