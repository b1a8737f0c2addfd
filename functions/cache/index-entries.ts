import { script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import type { Parts } from "./parts.ts";
import leaveSource from "./scripts/leave.lua";
import pageSource from "./scripts/page.lua";

const leaveScript = script(leaveSource);
const pageScript = script(pageSource);

/** An object as the index describes it. */
export interface Entry {
  readonly key: string;
  /** As stored, seal included. */
  readonly bytes: number;
  readonly createdMs: number;
  /** Roughly when the object was last read; if never, when it was created. */
  readonly readMs: number;
}

/** An entry as Redis stores it. Either half may be missing after Redis has lost data. */
export interface RawEntry {
  readonly key: string;
  /** `{bytes} {created, ms}`, or '' */
  readonly size: string;
  readonly readMs: number | undefined;
}

/** A page of the index in the order of keys: one round trip. `from` and `to` have the syntax of ZRANGE … BYLEX. */
export async function readPage(parts: Parts, from: string, to: string, limit: number): Promise<RawEntry[]> {
  const { redis, keys } = parts;
  const [, objects, sizes, reads] = outcomeOf(
    "page",
    await redis.run(pageScript, [keys.names, keys.size, keys.lru], [from, to, limit]),
  );
  if (!Array.isArray(objects) || !Array.isArray(sizes) || !Array.isArray(reads)) throw new UnexpectedReply("page");
  return objects.map((key: string, i) => ({
    key,
    size: typeof sizes[i] === "string" ? sizes[i] : "",
    readMs: typeof reads[i] === "string" ? Number(reads[i]) : undefined,
  }));
}

/** Reads `{bytes} {created, ms}`. */
export function readSize(size: string): { bytes: number; createdMs: number } {
  const [bytes, createdMs] = size.split(" ");
  return { bytes: Number(bytes), createdMs: Number(createdMs) };
}

/** The size of all objects in the index, bytes: one command. */
export async function readTotal(parts: Parts): Promise<number> {
  return Number(await parts.redis.command(["GET", parts.keys.total], { mayBeLate: true }));
}

/** Removes entries whose locks this token holds, and releases these locks: one round trip. */
export async function removeEntries(
  parts: Parts,
  objects: readonly string[],
  token: string,
  reason: "evicted" | "deleted",
): Promise<{ objects: number; bytes: number }> {
  const { redis, keys, settings } = parts;
  const reply = await redis.run(
    leaveScript,
    [keys.size, keys.names, keys.lru, keys.total, keys.evictions, ...objects.map(keys.lock)],
    [token, settings.clock(), reason, settings.logEntries, ...objects],
  );
  const [, count, bytes] = outcomeOf("leave", reply);
  return { objects: Number(count), bytes: Number(bytes) };
}
