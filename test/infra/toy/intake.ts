import { setTimeout as delay } from "node:timers/promises";
import type { EventBridgeEvent } from "aws-lambda";
import { command } from "./redis.ts";

type ObjectCreated = EventBridgeEvent<"Object Created", { bucket: { name: string }; object: { key: string } }>;

/** Notes each delivery in Redis (`told`), and does what the object's key asks for. */
export const handler = async (event: ObjectCreated): Promise<unknown> => {
  const { key } = event.detail.object;
  const delivery = await command("INCR", `told:${key}`);
  if (key.includes("throw-always") || (key.includes("throw-once") && delivery === 1)) throw new Error("on purpose");
  if (key.includes("hang-once") && delivery === 1) await delay(3_600_000);
  await command("RPUSH", "told", JSON.stringify(event));
  return {};
};
