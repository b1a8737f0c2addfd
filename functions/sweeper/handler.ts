import type { ScheduledEvent } from "aws-lambda";
import { endIdleTests } from "../lifecycle/idle.ts";
import { log } from "../platform/log.ts";
import { openPlatform } from "../platform/open.ts";
import { ringForgotten } from "../streams/forgotten.ts";

/** The safety net: rings doorbells that were lost and ends idle tests. */
export async function handler(_event: ScheduledEvent): Promise<{ rung: number; ended: number }> {
  const { config, redis, queue } = openPlatform();
  const nowMs = Date.now();
  const rung = await ringForgotten(redis, queue, nowMs, config.doorbellGraceMs);
  const ended = await endIdleTests(redis, nowMs, config.idleMs);
  log("info", "swept", { rung, ended });
  return { rung, ended };
}
