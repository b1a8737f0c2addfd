import type { Context, EventBridgeEvent } from "aws-lambda";
import { makeVerify } from "../emulator-client/call.ts";
import { MODEL_COST } from "../emulator-client/emulator.ts";
import { nameOfUpload } from "../packages/records.ts";
import { readIntakeConfig } from "../platform/config.ts";
import { createInvoke, type Invoke } from "../platform/lambda.ts";
import { log } from "../platform/log.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openStorage } from "../platform/open.ts";
import { intakeTimes, type TakenIn, takeIn } from "./take-in.ts";

let invoke: Invoke | undefined;

/** EventBridge's event of a created object. Its key is not encoded, other than in S3's own notifications. */
export type ObjectCreated = EventBridgeEvent<"Object Created", { object: { key: string; size?: number } }>;

/**
 * Takes in an uploaded file. Of the event only the test case's name is used. What is uploaded now is asked of S3, because events
 * come late, twice and out of order.
 *
 * @returns the outcome, for operators who invoke the function by hand
 * @throws Error if the upload could not be taken in. Lambda then sends the event again, twice at most
 */
export async function handler({ id: eventId, detail }: ObjectCreated, context?: Context): Promise<TakenIn | undefined> {
  const { key, size: bytes } = detail.object;
  const startedAt = performance.now();
  const name = nameOfUpload(key);
  if (name === undefined) {
    log("error", "An event names an object that is no upload", { event: "upload_key_unknown", key: key.slice(0, 200) });
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
    logWithMetrics("An upload was taken in", { event: "upload_taken_in", ...outcome, key, bytes, ms });
    return outcome;
  } catch (error) {
    log("error", "Could not take in an upload", { event: "upload_not_taken_in", key }, error);
    throw error;
  }
}
