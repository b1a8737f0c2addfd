import { hostname } from "node:os";

/** How a cache behaves; times in milliseconds. All processes of one cache should have the same settings. */
export interface CacheSettings {
  /** Prefix of all keys in Redis and in the bucket. */
  readonly namespace: string;
  /** `evict` starts above this size, bytes (high-water mark) … */
  readonly maxBytes: number;
  /** … and stops at this fraction of it (low-water mark). */
  readonly lowWater: number;
  /** Lifetime of a lock that is not renewed: a killed writer blocks its key for this long. */
  readonly lockMs: number;
  /** `evict` spares objects younger than this. */
  readonly graceMs: number;
  /** The longest pause between two polls of a lock that another process holds. */
  readonly pollMs: number;
  /** How long `getOrCreate` waits for an object that another process makes. */
  readonly waitMs: number;
  /** Time limit of a producer. */
  readonly produceMs: number;
  /** Limit of the objects that this process keeps in memory, bytes. */
  readonly memoryBytes: number;
  /** Times of reads are written to Redis once there are so many … */
  readonly notedObjects: number;
  /** … or the last write was so long ago. */
  readonly notedMs: number;
  /** Approximate number of entries in the log of evictions. */
  readonly logEntries: number;
  /** Names this process to others that find its lock. No spaces. */
  readonly who: string;
  /** Wall clock, ms. */
  readonly clock: () => number;
  /** Called for everything that the cache counts. */
  readonly counted: (counter: string, by: number) => void;
}

const DEFAULTS: CacheSettings = {
  namespace: "cache",
  maxBytes: 1024 ** 3,
  lowWater: 0.8,
  lockMs: 10_000,
  graceMs: 60_000,
  pollMs: 250,
  waitMs: 120_000,
  produceMs: 300_000,
  memoryBytes: 64 * 1024 ** 2,
  notedObjects: 64,
  notedMs: 10_000,
  logEntries: 10_000,
  who: `${hostname().replace(/\s/g, "_")}/${process.pid}`,
  clock: Date.now,
  counted: () => {},
};

/** The settings with defaults filled in. @throws RangeError if a value is out of range */
export function withDefaults(settings: Partial<CacheSettings>): CacheSettings {
  const all = { ...DEFAULTS, ...settings };
  const demand = (holds: boolean, what: string) => {
    if (!holds) throw new RangeError(`The cache's settings: ${what}`);
  };
  demand(/^[a-z0-9][a-z0-9-]{0,63}$/.test(all.namespace), "namespace must be 1 to 64 of a-z 0-9 -");
  demand(all.lowWater > 0 && all.lowWater <= 1, "lowWater must be above 0, at most 1");
  demand(/^\S{1,200}$/.test(all.who), "who must have no spaces");
  for (const name of ["maxBytes", "lockMs", "pollMs", "waitMs", "produceMs", "notedObjects", "logEntries"] as const) {
    demand(Number.isSafeInteger(all[name]) && all[name] > 0, `${name} must be a whole number above 0`);
  }
  for (const name of ["graceMs", "memoryBytes", "notedMs"] as const) {
    demand(Number.isSafeInteger(all[name]) && all[name] >= 0, `${name} must be a whole number from 0`);
  }
  return all;
}
