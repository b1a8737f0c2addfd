import type { Cache } from "../cache/cache.ts";
import type { Catalog } from "../emulator-client/catalog.ts";
import type { Objects } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Breath } from "../streams/pace.ts";

/** The results dashboard for submissions, and the client's key for it, which is never stored. */
export interface Dashboard {
  readonly url: string;
  readonly apiKey: string;
}

/** The services that commands use. */
export interface Ports {
  readonly redis: Redis;
  readonly objects: Objects;
  readonly catalog: Catalog;
  /** Data that can be computed again, shared by all tests. */
  readonly cache: Cache;
  /** Only the process that a client called with its key has it. */
  readonly dashboard?: Dashboard;
  /** Wall clock, ms. */
  readonly clock: () => number;
}

/** All that one command needs: the services, the request with its test and saved progress, the time, the test case. */
export interface Context extends Ports, Claimed {
  readonly pace: Breath;
  readonly testcase: TestCase;
}
