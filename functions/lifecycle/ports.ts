import type { Cache } from "../cache/cache.ts";
import type { Catalog } from "../models/catalog.ts";
import type { Objects } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";

/** What the carrying out of commands stands on. */
export interface Ports {
  readonly redis: Redis;
  readonly objects: Objects;
  readonly catalog: Catalog;
  /** What can be made again, for all tests. */
  readonly cache: Cache;
  /** Where finished tests are reported. */
  readonly dashboardUrl: string;
  /** Wall clock, ms. */
  readonly clock: () => number;
}
