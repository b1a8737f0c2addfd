import type { Platform } from "../platform/open.ts";
import { Cache } from "./cache.ts";

let opened: Cache | undefined;

/** The service's own cache, once per process: its memory of hot objects outlives an invocation. */
export function openCache({ config, redis, objects }: Platform): Cache {
  opened ??= new Cache(redis, objects, { maxBytes: config.cacheBytes, lockMs: config.cacheLockMs });
  return opened;
}
