import { setTimeout as delay } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { command } from "./redis.ts";

interface Task {
  id: string;
  do?: "hang" | "throw" | "refuse" | "wait";
  /** Only at the first delivery. */
  once?: boolean;
}

/** Notes each delivery in Redis (`deliveries:{id}`), does as it is told, and notes that it is done (`done`). */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { body, messageId } of event.Records) {
    const task = JSON.parse(body) as Task;
    const delivery = await command("INCR", `deliveries:${task.id}`);
    const what = task.once && delivery !== 1 ? undefined : task.do;
    if (what === "hang") await delay(3_600_000);
    if (what === "wait") await delay(200);
    if (what === "throw") throw new Error("on purpose");
    if (what === "refuse") batchItemFailures.push({ itemIdentifier: messageId });
    else await command("RPUSH", "done", task.id);
  }
  return { batchItemFailures };
};
