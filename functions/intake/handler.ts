import type { Context, S3Event } from "aws-lambda";
import { MODEL_COST } from "../models/emulator.ts";
import { nameOfUpload } from "../packages/records.ts";
import { describeError, log } from "../platform/log.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openStorage } from "../platform/open.ts";
import { takeIn } from "./take-in.ts";

/** What is left of an invocation's time for publishing and recording, ms; and a check's time where nobody sets one. */
const RESERVED_MS = 60_000;
const CHECK_MS = 120_000;

/**
 * Answers S3's events: something was uploaded. Which test case it belongs to is all that is taken from an event; what is
 * there now is asked of S3, for events come late, twice and out of order.
 *
 * @throws AggregateError if one could not be taken in: Lambda then sends the event again, twice at most
 */
export async function handler(event: S3Event, context?: Context): Promise<void> {
  const { redis, objects: bucket } = await openStorage();
  const failures: unknown[] = [];
  for (const { s3 } of event.Records) {
    const startedAt = performance.now();
    const key = decodeURIComponent(s3.object.key.replaceAll("+", " "));
    const name = nameOfUpload(key);
    if (name === undefined) {
      log("error", "event of an object that is no upload", { key: key.slice(0, 200) });
      continue;
    }
    const leftMs = context?.getRemainingTimeInMillis?.();
    const limitMs = leftMs === undefined ? CHECK_MS : Math.max(1_000, leftMs - RESERVED_MS);
    try {
      const outcome = await takeIn({ redis, bucket, clock: Date.now }, name, { limitMs, cost: MODEL_COST });
      const ms = Math.round(performance.now() - startedAt);
      logWithMetrics("taken in", { ...outcome, key, bytes: s3.object.size, ms });
    } catch (error) {
      failures.push(error);
      log("error", "an upload could not be taken in", { key, error: describeError(error) });
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} uploads could not be taken in`);
}
