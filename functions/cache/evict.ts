import { randomUUID } from "node:crypto";
import { script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import { readSize, readTotal, removeEntries } from "./index-entries.ts";
import { releaseLock, releasePurge, takeLocks } from "./lock.ts";
import type { Parts } from "./parts.ts";
import source from "./scripts/victims.lua";

const victimsScript = script(source);

/** Objects evicted per round: one script locks them, one DELETE removes them, one script removes their entries. */
const BATCH = 100;

/** `unneeded`: the cache is within its size. `busy`: another process evicts. */
export interface Evicted {
  readonly outcome: "done" | "unneeded" | "busy";
  readonly objects: number;
  readonly bytes: number;
}

/**
 * If the cache is larger than `maxBytes`, deletes the least recently read objects until it reaches its low-water mark.
 * One process evicts at a time. Each object is deleted under its own lock, so that no process can create it between the
 * DELETE and the removal of its entry. Objects that are locked, or younger than `graceMs`, stay.
 *
 * @param toBytes evict down to this size, whatever the two marks are
 */
export async function evict(parts: Parts, options: { readonly toBytes?: number } = {}): Promise<Evicted> {
  const { maxBytes, lowWater } = parts.settings;
  const gone = { objects: 0, bytes: 0 };
  if (options.toBytes === undefined && (await readTotal(parts)) <= maxBytes) return { outcome: "unneeded", ...gone };
  const target = options.toBytes ?? maxBytes * lowWater;
  const token = randomUUID();
  try {
    for (let passedOver = 0; ; ) {
      const page = await readVictims(parts, token, passedOver);
      if (page === "busy") return { outcome: gone.objects > 0 ? "done" : "busy", ...gone };
      if (page.totalBytes <= target || page.victims.length === 0) return { outcome: "done", ...gone };
      const chosen = choose(parts, page.victims, page.totalBytes - target);
      const left = await removeAll(parts, chosen.keys, token);
      // Objects that stay are the first of the list. Without passing over them, each round would find the same ones.
      passedOver += chosen.lookedAt - left.objects;
      gone.objects += left.objects;
      gone.bytes += left.bytes;
    }
  } finally {
    parts.usage.count("evicted", gone.objects);
    parts.usage.count("evicted_bytes", gone.bytes);
    await releasePurge(parts, token);
  }
}

interface Victim {
  readonly key: string;
  readonly bytes: number;
  readonly createdMs: number;
}

async function readVictims(
  parts: Parts,
  token: string,
  from: number,
): Promise<"busy" | { totalBytes: number; victims: readonly Victim[] }> {
  const { redis, keys, settings } = parts;
  const reply = await redis.run(
    victimsScript,
    [keys.purge, keys.lru, keys.size, keys.total],
    [token, settings.clock(), settings.who, settings.lockMs, from, BATCH],
  );
  const [kind, total, objects, sizes] = outcomeOf("victims", reply);
  if (kind === "busy") return "busy";
  if (!Array.isArray(objects) || !Array.isArray(sizes)) throw new UnexpectedReply("victims");
  const victims = objects.map((key: string, i) => ({ key, ...readSize(String(sizes[i] ?? "0 0")) }));
  return { totalBytes: Number(total), victims };
}

/** The first victims that together have `excess` bytes, without those that are too young. */
function choose(parts: Parts, victims: readonly Victim[], excess: number): { keys: string[]; lookedAt: number } {
  const createdBefore = parts.settings.clock() - parts.settings.graceMs;
  const keys: string[] = [];
  let lookedAt = 0;
  for (let bytes = 0; bytes < excess && lookedAt < victims.length; lookedAt++) {
    const victim = victims[lookedAt];
    if (victim === undefined || victim.createdMs > createdBefore) continue;
    keys.push(victim.key);
    bytes += victim.bytes;
  }
  return { keys, lookedAt };
}

async function removeAll(
  parts: Parts,
  keys: readonly string[],
  token: string,
): Promise<{ objects: number; bytes: number }> {
  if (keys.length === 0) return { objects: 0, bytes: 0 };
  const locked = await takeLocks(parts, keys, token);
  if (locked.length === 0) return { objects: 0, bytes: 0 };
  for (const key of locked) parts.memory.delete(key);
  try {
    await parts.bucket.remove(locked.map(parts.objectKey));
  } catch (error) {
    parts.usage.count("errors");
    await Promise.all(locked.map((key) => releaseLock(parts, key, token)));
    throw error;
  }
  return await removeEntries(parts, locked, token, "evicted");
}
