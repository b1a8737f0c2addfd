import { randomBytes, randomInt } from "node:crypto";
import { Redis } from "ioredis";
import { Cache } from "../../../../functions/cache/cache.ts";
import { createObjects } from "../../../../functions/platform/objects.ts";
import { createRedis, script } from "../../../../functions/platform/redis.ts";
import { FileCache, type RunScript } from "../baseline/file-cache.ts";

/** One of several processes on one cache: creates its objects, then reads the objects of all processes, as fast as possible. */

export interface CacheOrder {
  readonly what: "ours" | "memory" | "files" | "files-rest";
  readonly namespace: string;
  readonly index: number;
  readonly processes: number;
  readonly objects: number;
  readonly smallest: number;
  readonly largest: number;
  readonly ms: number;
  readonly redisPort: number;
  readonly dir: string;
  /** `warm` reads every object once. */
  readonly phase: "create" | "warm" | "read";
}

export interface CacheDone {
  readonly times: readonly number[];
  readonly tookMs: number;
  readonly missed: number;
}

interface AnyCache {
  create(key: string, bytes: Buffer): Promise<boolean>;
  read(key: string): Promise<boolean>;
  close(): Promise<void>;
}

let opened: { readonly name: string; readonly cache: AnyCache } | undefined;

process.on("disconnect", () => process.exit());
process.on("message", (order: CacheOrder) => {
  void run(order).then((done) => process.send?.(done));
});

async function run(order: CacheOrder): Promise<CacheDone> {
  const name = `${order.what} ${order.namespace}`;
  if (opened?.name !== name) {
    await opened?.cache.close();
    opened = { name, cache: open(order) };
  }
  const { cache } = opened;
  const times: number[] = [];
  let missed = 0;
  const timed = async (work: () => Promise<boolean>) => {
    const calledAt = performance.now();
    if (!(await work())) missed++;
    times.push(performance.now() - calledAt);
  };
  const startedAt = performance.now();
  if (order.phase === "create") {
    for (let i = 0; i < order.objects; i++) {
      const bytes = randomBytes(randomInt(order.smallest, order.largest + 1));
      await timed(() => cache.create(`${order.index}/${i}`, bytes));
    }
  } else if (order.phase === "warm") {
    for (let i = 0; i < order.processes * order.objects; i++) {
      await timed(() => cache.read(`${i % order.processes}/${Math.floor(i / order.processes)}`));
    }
  } else {
    while (performance.now() - startedAt < order.ms) {
      const key = `${randomInt(order.processes)}/${randomInt(order.objects)}`;
      await timed(() => cache.read(key));
    }
  }
  return { times, tookMs: performance.now() - startedAt, missed };
}

function open(order: CacheOrder): AnyCache {
  const { UPSTASH_REDIS_REST_URL: url = "", UPSTASH_REDIS_REST_TOKEN: token = "", BUCKET = "" } = process.env;
  const rest = createRedis({ url, token });
  if (order.what === "ours" || order.what === "memory") {
    const memoryBytes = order.what === "memory" ? 256 * 1024 * 1024 : 0;
    const cache = new Cache(rest, createObjects(BUCKET), { namespace: order.namespace, memoryBytes });
    return {
      create: async (key, bytes) => (await cache.create(key, bytes)).outcome === "ok",
      read: async (key) => (await cache.read(key)).outcome === "ok",
      close: async () => await cache.flush(),
    };
  }
  const tcp = order.what === "files" ? new Redis({ port: order.redisPort }) : undefined;
  const runScript: RunScript =
    tcp === undefined
      ? (source, keys, args) => rest.run(script(source), keys, args)
      : async (source, keys, args) => await evaluate(tcp, source, keys, args);
  const files = new FileCache(order.dir, runScript);
  return {
    create: async (key, bytes) => (await files.create(key, bytes)) === "ok",
    read: async (key) => Buffer.isBuffer(await files.read(key)),
    close: async () => tcp?.disconnect(),
  };
}

/** Calls a script by its SHA, as such caches do, without the flag that redis-server does not know. */
async function evaluate(
  tcp: Redis,
  source: string,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const text = source.replace(/^#!.*\n/, "");
  const { sha } = script(text);
  try {
    return await tcp.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return await tcp.eval(text, keys.length, ...keys, ...args);
  }
}
