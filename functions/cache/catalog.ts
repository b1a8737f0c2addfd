import { script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import type { Parts } from "./parts.ts";
import adoptSource from "./scripts/adopt.lua";
import dropSource from "./scripts/drop.lua";
import enterSource from "./scripts/enter.lua";
import leaveSource from "./scripts/leave.lua";
import pageSource from "./scripts/page.lua";
import recountSource from "./scripts/recount.lua";

const enterScript = script(enterSource);
const leaveScript = script(leaveSource);
const pageScript = script(pageSource);
const adoptScript = script(adoptSource);
const dropScript = script(dropSource);
const recountScript = script(recountSource);

/** Beyond so many objects the total is not added up again: a script must be short. */
const MOST_RECOUNTED = 100_000;

/** An object as the index has it. */
export interface Entry {
  readonly key: string;
  /** As stored, its seal included. */
  readonly bytes: number;
  readonly createdMs: number;
  /** About when it was last read; when it was created, if never. */
  readonly readMs: number;
}

/** An entry as it stands in Redis; one of its halves may be missing after a loss of data there. */
export interface RawEntry {
  readonly key: string;
  /** `{bytes} {created, ms}`, or '' */
  readonly size: string;
  readonly readMs: number | undefined;
}

/** Enters an object and lets go of its lock, if that is still this token's: one round trip. @returns all objects' bytes */
export async function enter(parts: Parts, key: string, token: string, bytes: number): Promise<number> {
  const { redis, keys, settings } = parts;
  const reply = await redis.run(
    enterScript,
    [keys.lock(key), keys.size, keys.names, keys.lru, keys.total],
    [token, key, bytes, settings.clock()],
  );
  return Number(outcomeOf("enter", reply)[1]);
}

/** Takes out objects whose locks this token holds, and lets go of these: one round trip. */
export async function leave(
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

/** A page of the index in the order of names: one round trip. `from` and `to` as ZRANGE … BYLEX takes them. */
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

/** Bytes and time of an index entry. */
export function readSize(size: string): { bytes: number; createdMs: number } {
  const [bytes, createdMs] = size.split(" ");
  return { bytes: Number(bytes), createdMs: Number(createdMs) };
}

/** Enters objects that S3 has, unless somebody is at them: one round trip. @returns how many */
export async function adopt(
  parts: Parts,
  objects: readonly { readonly key: string; readonly bytes: number; readonly modifiedMs: number }[],
): Promise<number> {
  if (objects.length === 0) return 0;
  const { redis, keys } = parts;
  const reply = await redis.run(
    adoptScript,
    [keys.size, keys.names, keys.lru, keys.total, ...objects.map(({ key }) => keys.lock(key))],
    objects.flatMap(({ key, bytes, modifiedMs }) => [key, bytes, modifiedMs]),
  );
  return Number(outcomeOf("adopt", reply)[1]);
}

/** Takes out entries that S3 has no object for, unless they have changed or somebody is at them. @returns how many */
export async function drop(parts: Parts, entries: readonly RawEntry[]): Promise<number> {
  if (entries.length === 0) return 0;
  const { redis, keys } = parts;
  const reply = await redis.run(
    dropScript,
    [keys.size, keys.names, keys.lru, keys.total, ...entries.map(({ key }) => keys.lock(key))],
    entries.flatMap(({ key, size }) => [key, size]),
  );
  return Number(outcomeOf("drop", reply)[1]);
}

/** All objects' bytes as the index has them: one command. */
export async function readTotal(parts: Parts): Promise<number> {
  return Number(await parts.redis.command(["GET", parts.keys.total]));
}

/** Adds up all objects' bytes again. */
export async function recount(parts: Parts): Promise<void> {
  await parts.redis.run(recountScript, [parts.keys.size, parts.keys.total], [MOST_RECOUNTED]);
}
