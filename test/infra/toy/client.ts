import { Redis } from "@upstash/redis";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";

/** The test's own way to what functions left in Redis. */
export function redisOf({ redisRest }: Cloud): Redis {
  return new Redis({
    url: redisRest.url,
    token: redisRest.token,
    enableAutoPipelining: false,
    retry: { retries: 0 },
    enableTelemetry: false,
  });
}
