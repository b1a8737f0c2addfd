import type { CacheKeys } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import { type Redis, script } from "../platform/redis.ts";
import source from "./scripts/note.lua";
import type { CacheSettings } from "./settings.ts";

const noteScript = script(source);

export const COUNTERS = [
  "read_ok",
  "read_memory",
  "read_busy",
  "read_missing",
  "read_damaged",
  "read_bytes",
  "create_ok",
  "create_busy",
  "create_exists",
  "create_bytes",
  "produced",
  "produce_failed",
  "waited",
  "errors",
  "evicted",
  "evicted_bytes",
  "deleted",
] as const;

export type Counter = (typeof COUNTERS)[number];
export type Counts = Readonly<Record<Counter, number>>;

const none = (): Record<Counter, number> =>
  Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;

/**
 * When objects were read and what became of operations, gathered and told to Redis in batches: a read costs no command
 * of its own. What a process has not told when it ends is lost, and no harm done.
 */
export class Usage {
  readonly #redis: Redis;
  readonly #keys: CacheKeys;
  readonly #settings: CacheSettings;
  readonly #own = none();
  #untold = none();
  #reads = new Map<string, number>();
  #toldMs: number;
  #telling: Promise<void> = Promise.resolve();

  constructor(redis: Redis, keys: CacheKeys, settings: CacheSettings) {
    this.#redis = redis;
    this.#keys = keys;
    this.#settings = settings;
    this.#toldMs = settings.clock();
  }

  /** What this process has done so far. */
  get counts(): Counts {
    return { ...this.#own };
  }

  count(counter: Counter, by = 1): void {
    this.#own[counter] += by;
    this.#untold[counter] += by;
    this.#settings.counted(counter, by);
  }

  /** Notes that an object was read just now; tells Redis in the background when enough has gathered. */
  read(key: string, bytes: number): void {
    this.count("read_bytes", bytes);
    const nowMs = this.#settings.clock();
    this.#reads.set(key, nowMs);
    if (this.#reads.size >= this.#settings.notedObjects || nowMs - this.#toldMs >= this.#settings.notedMs) {
      void this.flush();
    }
  }

  /** Tells what has gathered, one round trip, and waits until all is told. Never rejects. */
  async flush(): Promise<void> {
    const reads = [...this.#reads].flatMap(([key, readMs]) => [readMs, key]);
    const counts = Object.entries(this.#untold).filter(([, by]) => by !== 0);
    this.#reads = new Map();
    this.#untold = none();
    this.#toldMs = this.#settings.clock();
    const before = this.#telling;
    const now = reads.length + counts.length > 0 ? this.#tell(reads, counts) : undefined;
    this.#telling = Promise.all([before, now]).then(() => undefined);
    await this.#telling;
  }

  /** Waits until what is being told in the background is told. Never rejects. */
  async told(): Promise<void> {
    await this.#telling;
  }

  async #tell(reads: readonly (string | number)[], counts: readonly [string, number][]): Promise<void> {
    try {
      await this.#redis.run(
        noteScript,
        [this.#keys.lru, this.#keys.counts],
        [reads.length, ...reads, ...counts.flat()],
      );
    } catch (error) {
      log("warn", "the cache's usage could not be noted", { objects: reads.length / 2, error: describeError(error) });
    }
  }
}
