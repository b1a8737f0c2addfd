import { type Config, readConfig } from "./config.ts";
import { type Bucket, createObjects } from "./objects.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createRedis, type Redis } from "./redis.ts";
import { readRedisSecret } from "./secret.ts";

/** What a function has at hand: its configuration and its clients. */
export interface Platform {
  readonly config: Config;
  readonly redis: Redis;
  readonly objects: Bucket;
  readonly queue: Queue;
}

let opened: Promise<Platform> | undefined;

/**
 * Opens configuration and clients once per process; what failed is tried again by the next invocation.
 * @throws ConfigError, SecretError
 */
export async function openPlatform(): Promise<Platform> {
  opened ??= open();
  try {
    return await opened;
  } catch (error) {
    opened = undefined;
    throw error;
  }
}

async function open(): Promise<Platform> {
  const config = readConfig();
  const { redis } = config;
  return {
    config,
    redis: createRedis("secretArn" in redis ? await readRedisSecret(redis.secretArn) : redis),
    objects: createObjects(config.bucket),
    queue: createQueue(config.doorbellQueueUrl),
  };
}
