import type { Cache } from "../cache/cache.ts";
import type { Catalog } from "../emulator-client/catalog.ts";
import type { Objects } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";

/** Where finished tests are reported, and with whose key: it is never stored. */
export interface Dashboard {
  readonly url: string;
  readonly apiKey: string;
}

/** What the carrying out of commands stands on. */
export interface Ports {
  readonly redis: Redis;
  readonly objects: Objects;
  readonly catalog: Catalog;
  /** What can be made again, for all tests. */
  readonly cache: Cache;
  /** Where this call's submission goes; only the process that a client called with its key has it. */
  readonly dashboard?: Dashboard;
  /** Wall clock, ms. */
  readonly clock: () => number;
}
