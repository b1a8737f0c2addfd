import { record } from "../platform/reply.ts";
import { readTotal } from "./index-entries.ts";
import type { Parts } from "./parts.ts";
import { COUNTERS, type Counts } from "./usage.ts";

export interface Stats {
  /** Of all objects in the index. */
  readonly objects: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** In the memory of this process. */
  readonly memory: { readonly objects: number; readonly bytes: number };
  /** Counted by this process. */
  readonly own: Counts;
  /** Counted by all processes, as far as they have written it to Redis. */
  readonly all: Counts;
}

/** Size and counters of the cache: 3 Redis commands. */
export async function stats(parts: Parts): Promise<Stats> {
  const { redis, keys, memory, usage, settings } = parts;
  const [objects, bytes, written] = await Promise.all([
    redis.command(["ZCARD", keys.names]),
    readTotal(parts),
    redis.command(["HGETALL", keys.counts]),
  ]);
  const counts = record(written);
  return {
    objects: Number(objects),
    bytes,
    maxBytes: settings.maxBytes,
    memory: { objects: memory.objects, bytes: memory.bytes },
    own: usage.counts,
    all: Object.fromEntries(COUNTERS.map((name) => [name, Number(counts[name] ?? 0)])) as Counts,
  };
}
