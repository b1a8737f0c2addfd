import { type Config, readConfig } from "./config.ts";
import { type Bucket, createObjects } from "./objects.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createRedis, type Redis } from "./redis.ts";

/** What a function has at hand: its configuration and its clients. */
export interface Platform {
  readonly config: Config;
  readonly redis: Redis;
  readonly objects: Bucket;
  readonly queue: Queue;
}

let opened: Platform | undefined;

/** Opens configuration and clients once per process. @throws ConfigError */
export function openPlatform(): Platform {
  if (opened === undefined) {
    const config = readConfig();
    opened = {
      config,
      redis: createRedis({ url: config.redisUrl, token: config.redisToken }),
      objects: createObjects(config.bucket),
      queue: createQueue(config.doorbellQueueUrl),
    };
  }
  return opened;
}
