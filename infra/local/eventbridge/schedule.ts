import { randomUUID } from "node:crypto";
import type { ScheduledEvent } from "aws-lambda";
import { REGION } from "../storage/storage.ts";

/** The event that EventBridge sends on a schedule. */
export function scheduledEvent(now: Date): ScheduledEvent {
  return {
    id: randomUUID(),
    version: "0",
    account: "000000000000",
    time: now.toISOString().replace(/\.\d+Z$/, "Z"),
    region: REGION,
    source: "aws.events",
    "detail-type": "Scheduled Event",
    resources: [`arn:aws:events:${REGION}:000000000000:rule/sweep`],
    detail: {},
  };
}
