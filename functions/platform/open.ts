import { type Config, readConfig, readStorageConfig } from "./config.ts";
import { type Bucket, createObjects } from "./objects.ts";
import { createQueue, type Deliveries, type Queue } from "./queue.ts";
import { createRedis, type PipelinedRedis } from "./redis.ts";
import { readRedisSecret } from "./secret.ts";

/** Configuration and clients of a function. */
export interface Platform {
  readonly config: Config;
  readonly redis: PipelinedRedis;
  readonly bucket: Bucket;
  readonly queue: Queue & Deliveries;
}

/** Storage only, for functions that handle no requests. */
export type Storage = Pick<Platform, "redis" | "bucket">;

let opened: Promise<Platform> | undefined;
let openedStorage: Promise<Storage> | undefined;

/**
 * Opens configuration and clients once per process. After a failure the next invocation tries again.
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

/**
 * Opens storage only, once per process.
 * @throws ConfigError, SecretError
 */
export async function openStorage(): Promise<Storage> {
  openedStorage ??= storageOf(readStorageConfig);
  try {
    return await openedStorage;
  } catch (error) {
    openedStorage = undefined;
    throw error;
  }
}

async function open(): Promise<Platform> {
  const config = readConfig();
  return { config, ...(await storageOf(() => config)), queue: createQueue(config.doorbellQueueUrl) };
}

async function storageOf(read: () => Pick<Config, "redis" | "bucket">): Promise<Storage> {
  const { redis, bucket } = read();
  return {
    redis: createRedis("secretArn" in redis ? await readRedisSecret(redis.secretArn) : redis),
    bucket: createObjects(bucket),
  };
}
