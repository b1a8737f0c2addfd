import type { CacheKeys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
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
 * Collects when objects were read, and counters, and writes both to Redis in batches, so that a read costs no command
 * of its own. What a process has not written when it ends is lost; that does no harm.
 */
export class Usage {
  readonly #redis: Redis;
  readonly #keys: CacheKeys;
  readonly #settings: CacheSettings;
  readonly #own = none();
  #unwritten = none();
  #reads = new Map<string, number>();
  #writtenMs: number;
  #writing: Promise<void> = Promise.resolve();

  constructor(redis: Redis, keys: CacheKeys, settings: CacheSettings) {
    this.#redis = redis;
    this.#keys = keys;
    this.#settings = settings;
    this.#writtenMs = settings.clock();
  }

  /** Counted by this process since it began. */
  get counts(): Counts {
    return { ...this.#own };
  }

  count(counter: Counter, by = 1): void {
    this.#own[counter] += by;
    this.#unwritten[counter] += by;
    this.#settings.counted(counter, by);
  }

  /** Notes that an object was read now. Writes to Redis in the background when a batch is full or old enough. */
  read(key: string, bytes: number): void {
    this.count("read_bytes", bytes);
    const nowMs = this.#settings.clock();
    this.#reads.set(key, nowMs);
    if (this.#reads.size >= this.#settings.notedObjects || nowMs - this.#writtenMs >= this.#settings.notedMs) {
      void this.flush();
    }
  }

  /** Writes what was collected, one round trip, and waits for all writes. Never rejects. */
  async flush(): Promise<void> {
    const reads = [...this.#reads].flatMap(([key, readMs]) => [readMs, key]);
    const counts = Object.entries(this.#unwritten).filter(([, by]) => by !== 0);
    this.#reads = new Map();
    this.#unwritten = none();
    this.#writtenMs = this.#settings.clock();
    const before = this.#writing;
    const now = reads.length + counts.length > 0 ? this.#write(reads, counts) : undefined;
    this.#writing = Promise.all([before, now]).then(() => undefined);
    await this.#writing;
  }

  /** Waits for the writes that are under way. Never rejects. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  async #write(reads: readonly (string | number)[], counts: readonly [string, number][]): Promise<void> {
    try {
      await this.#redis.run(
        noteScript,
        [this.#keys.lru, this.#keys.counts],
        [reads.length, ...reads, ...counts.flat()],
      );
    } catch (error) {
      const fields = { event: "cache_usage_lost", objects: reads.length / 2 };
      log("warn", "Could not write the cache's usage to Redis", fields, error);
    }
  }
}
