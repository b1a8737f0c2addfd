import { hostname } from "node:os";

/** How a cache behaves. Times in milliseconds. Every process that uses one cache should have the same. */
export interface CacheSettings {
  /** Begins all its keys, in Redis and in the bucket. */
  readonly namespace: string;
  /** `evict` begins above this size, bytes (high-water mark) … */
  readonly maxBytes: number;
  /** … and goes on down to this part of it (low-water mark). */
  readonly lowWater: number;
  /** How long a lock lasts unless renewed: for so long a killed writer blocks its key. */
  readonly lockMs: number;
  /** An object younger than this is not evicted. */
  readonly graceMs: number;
  /** The longest pause between two looks at a lock that somebody else holds. */
  readonly pollMs: number;
  /** How long `getOrCreate` waits for somebody else's object. */
  readonly waitMs: number;
  /** How long a producer may take. */
  readonly produceMs: number;
  /** Objects kept in this process's memory come to no more than this, bytes. */
  readonly memoryBytes: number;
  /** When an object was read is noted in Redis for so many of them at once … */
  readonly notedObjects: number;
  /** … or after so long. */
  readonly notedMs: number;
  /** Entries that the log of evictions keeps, about. */
  readonly logEntries: number;
  /** Who this is, for whoever finds a lock held. No spaces. */
  readonly who: string;
  /** Wall clock, ms. */
  readonly clock: () => number;
  /** Told of everything that is counted, for whoever keeps books of their own. */
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

/** Settings, with defaults for what is left out. @throws RangeError on what makes no sense */
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
