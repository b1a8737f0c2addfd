import { METRICS, type Metric } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Platform } from "../platform/open.ts";
import { Cache } from "./cache.ts";

/** The cache's counters that are also metrics of the service. */
const COUNTED: ReadonlyMap<string, Metric> = new Map([
  ["read_ok", METRICS.cacheHits],
  ["read_memory", METRICS.cacheHits],
  ["read_missing", METRICS.cacheMisses],
  ["read_busy", METRICS.cacheBusy],
  ["create_busy", METRICS.cacheBusy],
  ["create_ok", METRICS.cacheCreated],
]);

let opened: Cache | undefined;

/** The cache of this service. One per process, because its memory is kept from one invocation to the next. */
export function openCache({ config, redis, bucket }: Platform): Cache {
  opened ??= new Cache(redis, bucket, {
    maxBytes: config.cacheBytes,
    lockMs: config.cacheLockMs,
    counted: (counter, by) => {
      const metric = COUNTED.get(counter);
      if (metric !== undefined) count(metric, by);
    },
  });
  return opened;
}
