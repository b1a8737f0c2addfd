import { type CacheKeys, cacheKeys } from "../platform/keys.ts";
import { type Bucket, objectKeys } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import { Memory } from "./memory.ts";
import { type CacheSettings, withDefaults } from "./settings.ts";
import { Usage } from "./usage.ts";

/** What every operation of a cache needs. */
export interface Parts {
  readonly redis: Redis;
  readonly bucket: Bucket;
  readonly keys: CacheKeys;
  readonly settings: CacheSettings;
  readonly memory: Memory;
  readonly usage: Usage;
  /** An object's key in the bucket; for the empty key, the prefix of all objects. */
  readonly objectKey: (key: string) => string;
}

export function assemble(redis: Redis, bucket: Bucket, overrides: Partial<CacheSettings>): Parts {
  const settings = withDefaults(overrides);
  const keys = cacheKeys(settings.namespace);
  return {
    redis,
    bucket,
    keys,
    settings,
    memory: new Memory(settings.memoryBytes),
    usage: new Usage(redis, keys, settings),
    objectKey: (key) => objectKeys.cached(settings.namespace, key),
  };
}
