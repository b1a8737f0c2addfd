import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cache } from "../../functions/cache/cache.ts";
import type { CacheSettings } from "../../functions/cache/settings.ts";
import { cacheKeys } from "../../functions/platform/keys.ts";
import { type Bucket, createObjects } from "../../functions/platform/objects.ts";
import { REGION, Storage } from "../../infra/local/storage/storage.ts";
import { commandsOf, type RedisFixture, removeFolder, startRedis } from "./redis.ts";

const BUCKET = "bucket";

/** What an operation cost. */
export interface Cost {
  /** REST round trips, and the commands that Redis executed for them, those inside scripts included. */
  requests: number;
  commands: number;
  /** S3 requests by operation. */
  s3: Record<string, number>;
}

/** A real Redis and a real S3 protocol under caches that a test makes. */
export interface CacheStack {
  readonly fixture: RedisFixture;
  readonly storage: Storage;
  readonly bucket: Bucket;
  /** What a process of its own needs in its environment to use them. */
  readonly environment: Readonly<Record<string, string>>;
  /** A cache as another process would have it: nothing in memory. */
  open(settings?: Partial<CacheSettings>): Cache;
  cost(work: () => Promise<unknown>): Promise<Cost>;
  stop(): Promise<void>;
}

export async function startCacheStack(): Promise<CacheStack> {
  await using parts = new AsyncDisposableStack();
  const fixture = parts.use(await startRedis());
  const dir = parts.adopt(await mkdtemp(join(tmpdir(), "boptest-storage-")), removeFolder);
  const storage = parts.adopt(await Storage.start({ dir, buckets: [BUCKET], queues: [] }), (each) => each.stop());
  const environment = {
    UPSTASH_REDIS_REST_URL: fixture.redisRest.url,
    UPSTASH_REDIS_REST_TOKEN: fixture.redisRest.token,
    BUCKET,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_S3: storage.endpoint,
  };
  Object.assign(process.env, environment);
  const bucket = createObjects(BUCKET);
  const running = parts.move();
  return {
    fixture,
    storage,
    bucket,
    environment,
    open: (settings = {}) => new Cache(fixture.redis, bucket, { ...settings }),
    cost: async (work) => {
      const s3 = storage.counts();
      const rest = fixture.redisRest.counts().requests;
      const commands = await commandsOf(fixture.server);
      await work();
      return {
        requests: fixture.redisRest.counts().requests - rest,
        commands: (await commandsOf(fixture.server)) - commands,
        s3: difference(s3, storage.counts()),
      };
    },
    stop: () => running.disposeAsync(),
  };
}

/** Whether index and bucket say the same, the total is the sum, and no lock is left. Told as what is wrong. */
export async function disagreements({ fixture, bucket }: CacheStack, namespace: string): Promise<string[]> {
  const keys = cacheKeys(namespace);
  const command = async (...words: [string, ...string[]]) => (await fixture.redis.command(words)) as string[];
  const sizes = await command("HGETALL", keys.size);
  const index = new Map<string, number>();
  for (let i = 0; i < sizes.length; i += 2) index.set(String(sizes[i]), Number.parseInt(String(sizes[i + 1]), 10));
  const { objects } = await bucket.list(`${namespace}/`);
  const there = new Map(objects.map(({ key, bytes }) => [key.slice(namespace.length + 1), bytes]));
  const wrong: string[] = [];
  for (const [key, bytes] of there) if (index.get(key) !== bytes) wrong.push(`${key}: ${bytes} B, not in the index`);
  for (const key of index.keys()) if (!there.has(key)) wrong.push(`${key}: in the index, not in the bucket`);
  const names = await command("ZRANGE", keys.names, "0", "-1");
  if (names.sort().join() !== [...index.keys()].sort().join()) wrong.push("names and sizes differ");
  const lru = await command("ZRANGE", keys.lru, "0", "-1");
  if (lru.sort().join() !== [...index.keys()].sort().join()) wrong.push("lru and sizes differ");
  const total = Number(await fixture.redis.command(["GET", keys.total]));
  const sum = [...there.values()].reduce((all, bytes) => all + bytes, 0);
  if (total !== sum) wrong.push(`total is ${total} B, the objects have ${sum} B`);
  for (const lock of await command("KEYS", keys.lock("*"))) wrong.push(`${lock} is held`);
  return wrong;
}

/**
 * Lets the time of all locks and of the mutex pass at once, having looked that each has one: no longer than `lockMs`.
 * A test that waited for it would find it passed too early on a busy machine.
 */
export async function passLockTime({ fixture }: CacheStack, namespace: string, lockMs: number): Promise<void> {
  const keys = cacheKeys(namespace);
  const locks = (await fixture.redis.command(["KEYS", keys.lock("*")])) as string[];
  for (const lock of [...locks, keys.purge]) {
    const leftMs = Number(await fixture.redis.command(["PTTL", lock]));
    // -2: there is none.
    if (leftMs === -1 || leftMs > lockMs) throw new Error(`${lock} lasts longer than ${lockMs} ms`);
    await fixture.redis.command(["PEXPIRE", lock, 0]);
  }
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const grown = Object.entries(after).map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)]);
  return Object.fromEntries(grown.filter(([, count]) => count !== 0));
}
