import type { Context, EventBridgeEvent } from "aws-lambda";
import { makeVerify } from "../emulator-client/call.ts";
import { MODEL_COST } from "../emulator-client/emulator.ts";
import { nameOfUpload } from "../packages/records.ts";
import { readIntakeConfig } from "../platform/config.ts";
import { createInvoke, type Invoke } from "../platform/lambda.ts";
import { describeError, log } from "../platform/log.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openStorage } from "../platform/open.ts";
import { type TakenIn, takeIn } from "./take-in.ts";
import { intakeTimes } from "./times.ts";

let invoke: Invoke | undefined;

/** What EventBridge tells of an object that was created: its key as it is, not encoded as in S3's own notifications. */
export type ObjectCreated = EventBridgeEvent<"Object Created", { object: { key: string; size?: number } }>;

/**
 * Something was uploaded. Which test case it belongs to is all that is taken from an event; what is there now is asked of
 * S3, for events come late, twice and out of order.
 *
 * @returns what became of it, for whoever invokes this by hand
 * @throws what kept it from being taken in: Lambda then sends the event again, twice at most
 */
export async function handler({ id: eventId, detail }: ObjectCreated, context?: Context): Promise<TakenIn | undefined> {
  const { key, size: bytes } = detail.object;
  const startedAt = performance.now();
  const name = nameOfUpload(key);
  if (name === undefined) {
    log("error", "event of an object that is no upload", { key: key.slice(0, 200) });
    return undefined;
  }
  const { redis, bucket } = await openStorage();
  const leftMs = context?.getRemainingTimeInMillis?.();
  try {
    const config = readIntakeConfig();
    const { emulatorFunction, emulatorVersion, modelMs, verifyHours, uploads: limits } = config;
    const { limitMs, verifyMs } = intakeTimes(leftMs, config.verifyMs);
    invoke ??= createInvoke(emulatorFunction);
    const verify = makeVerify(invoke, { modelMs });
    const ports = { redis, bucket, clock: Date.now, verify, verifyMs, verifyHours, emulatorVersion };
    const outcome = await takeIn(ports, name, { eventId, limitMs, cost: MODEL_COST, limits });
    const ms = Math.round(performance.now() - startedAt);
    logWithMetrics("taken in", { ...outcome, key, bytes, ms });
    return outcome;
  } catch (error) {
    log("error", "an upload could not be taken in", { key, error: describeError(error) });
    throw error;
  }
}
