import type { ScheduledEvent } from "aws-lambda";
import { command } from "./redis.ts";

export const handler = async (event: ScheduledEvent): Promise<unknown> => {
  await command("RPUSH", "ticks", event["detail-type"]);
  return { source: event.source, time: event.time };
};
