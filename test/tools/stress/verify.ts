import { createHash } from "node:crypto";
import type { Cache } from "../../../functions/cache/cache.ts";
import { SEAL_BYTES } from "../../../functions/cache/seal.ts";
import { cacheKeys } from "../../../functions/platform/keys.ts";
import type { Bucket } from "../../../functions/platform/objects.ts";
import type { Redis } from "../../../functions/platform/redis.ts";
import type { Made } from "./tally.ts";

/** The state that a run left behind. */
export interface Verdict {
  readonly created: number;
  readonly objects: number;
  readonly bytes: number;
  /** Repairs by `reconcile` before the check: none, unless S3 failed. */
  readonly adopted: number;
  readonly dropped: number;
  /** Deviations, as sentences. */
  readonly failures: string[];
}

const AT_ONCE = 16;

/**
 * Checks the state that a run left: every create with outcome `ok` is readable with its own bytes, no key was created twice,
 * index and bucket agree, no lock is held.
 */
export async function verify(
  cache: Cache,
  redis: Redis,
  bucket: Bucket,
  run: { namespace: string; made: readonly Made[]; reconcileFirst: boolean },
): Promise<Verdict> {
  const failures: string[] = [];
  const keys = cacheKeys(run.namespace);
  for (const lock of await scan(redis, keys.lock("*"))) failures.push(`the lock ${lock} is held`);
  const { adopted, dropped } = run.reconcileFirst ? await cache.reconcile() : { adopted: 0, dropped: 0 };

  const hashes = new Map<string, string>();
  for (const { key, sha256 } of run.made) {
    if (hashes.has(key)) failures.push(`${key} was created twice`);
    hashes.set(key, sha256);
  }
  const expected = [...hashes];
  for (let at = 0; at < expected.length; at += AT_ONCE) {
    const checks = expected.slice(at, at + AT_ONCE).map(([key, sha256]) => check(cache, key, sha256));
    failures.push(...(await Promise.all(checks)).filter((failure) => failure !== undefined));
  }

  const index = await readIndex(cache);
  let bytes = 0;
  const there = new Set<string>();
  for await (const object of listAll(bucket, `${run.namespace}/`)) {
    const key = object.key.slice(run.namespace.length + 1);
    there.add(key);
    bytes += object.bytes;
    if (index.get(key) !== object.bytes)
      failures.push(`${key}: ${object.bytes} B in the bucket, ${index.get(key)} in the index`);
    if (object.bytes < SEAL_BYTES) failures.push(`${key}: without a seal`);
  }
  for (const key of index.keys()) if (!there.has(key)) failures.push(`${key}: in the index, not in the bucket`);
  const stats = await cache.stats();
  if (stats.bytes !== bytes) failures.push(`the total is ${stats.bytes} B, the objects have ${bytes} B`);
  if (stats.objects !== there.size) failures.push(`the index counts ${stats.objects} objects, there are ${there.size}`);
  return { created: hashes.size, objects: there.size, bytes, adopted, dropped, failures };
}

async function check(cache: Cache, key: string, sha256: string): Promise<string | undefined> {
  try {
    const read = await cache.read(key);
    if (read.outcome !== "ok") return `${key} was created, and is ${read.outcome}`;
    const found = createHash("sha256").update(read.bytes).digest("hex");
    return found === sha256 ? undefined : `${key} has other bytes than those with which it was created`;
  } catch (error) {
    return `${key} cannot be read: ${error}`;
  }
}

async function readIndex(cache: Cache): Promise<Map<string, number>> {
  const index = new Map<string, number>();
  for (let after: string | undefined; ; ) {
    const page = await cache.list({ after, limit: 1000 });
    for (const { key, bytes } of page.objects) index.set(key, bytes);
    if (page.next === undefined) return index;
    after = page.next;
  }
}

/** Removes all objects and keys of a namespace. */
export async function clean(redis: Redis, bucket: Bucket, namespace: string): Promise<void> {
  for (;;) {
    const { objects, more } = await bucket.list(`${namespace}/`);
    await bucket.remove(objects.map(({ key }) => key));
    if (!more) break;
  }
  const left = await scan(redis, `${namespace}:*`);
  for (let at = 0; at < left.length; at += 500) await redis.command(["DEL", ...left.slice(at, at + 500)]);
}

async function* listAll(bucket: Bucket, prefix: string) {
  for (let after = ""; ; ) {
    const { objects, more } = await bucket.list(prefix, after === "" ? {} : { after });
    yield* objects;
    const last = objects.at(-1);
    if (!more || last === undefined) return;
    after = last.key;
  }
}

/** Only for tools like this one: goes through all keys of the database. */
async function scan(redis: Redis, pattern: string): Promise<string[]> {
  const found = new Set<string>();
  let cursor = "0";
  do {
    const [next, keys] = (await redis.command(["SCAN", cursor, "MATCH", pattern, "COUNT", 1000])) as [string, string[]];
    for (const key of keys) found.add(key);
    cursor = String(next);
  } while (cursor !== "0");
  return [...found];
}
