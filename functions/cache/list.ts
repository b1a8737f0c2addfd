import { record } from "../platform/reply.ts";
import { type Entry, readPage, readSize, readTotal } from "./catalog.ts";
import type { Parts } from "./parts.ts";
import { COUNTERS, type Counts } from "./usage.ts";

export interface ListOptions {
  readonly prefix?: string;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  readonly limit?: number;
}

/** A page of objects in the order of their keys, and where the next begins: 1 Redis round trip. */
export async function list(
  parts: Parts,
  { prefix = "", after, limit = 100 }: ListOptions = {},
): Promise<{ objects: Entry[]; next: string | undefined }> {
  const from = after === undefined ? (prefix === "" ? "-" : `[${prefix}`) : `(${after}`;
  // No key has a character beyond ASCII.
  const entries = await readPage(parts, from, prefix === "" ? "+" : `(${prefix}\u00ff`, limit);
  const objects = entries.map(({ key, size, readMs = 0 }) => ({ key, ...readSize(size), readMs }));
  return { objects, next: entries.length === limit ? entries.at(-1)?.key : undefined };
}

export interface Stats {
  /** As the index has them. */
  readonly objects: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Of this process. */
  readonly memory: { readonly objects: number; readonly bytes: number };
  readonly own: Counts;
  /** Of all processes, as far as they have told. */
  readonly all: Counts;
}

/** How the cache stands: 3 Redis commands. */
export async function stats(parts: Parts): Promise<Stats> {
  const { redis, keys, memory, usage, settings } = parts;
  const [objects, bytes, told] = await Promise.all([
    redis.command(["ZCARD", keys.names]),
    readTotal(parts),
    redis.command(["HGETALL", keys.counts]),
  ]);
  const counts = record(told);
  return {
    objects: Number(objects),
    bytes,
    maxBytes: settings.maxBytes,
    memory: { objects: memory.objects, bytes: memory.bytes },
    own: usage.counts,
    all: Object.fromEntries(COUNTERS.map((name) => [name, Number(counts[name] ?? 0)])) as Counts,
  };
}
