import { createRedis } from "../../../../functions/platform/redis.ts";
import { EMPTY } from "./script.ts";

/** The smallest function with one round trip per request, an empty script. The rest of a real request's time is the service's own. */
const redis = createRedis({
  url: process.env.UPSTASH_REDIS_REST_URL ?? "",
  token: process.env.UPSTASH_REDIS_REST_TOKEN ?? "",
});

export async function handler(): Promise<{ statusCode: number; body: string }> {
  await redis.run(EMPTY, [], []);
  return { statusCode: 200, body: "{}" };
}
