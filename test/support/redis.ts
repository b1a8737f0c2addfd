import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import { LocalRedis } from "../../infra/local/redis/redis-server.ts";
import { RedisRestServer } from "../../infra/local/redis/rest-server.ts";
import { Watchdog } from "../../infra/programs/watchdog.ts";

/** By `REPLICA_LAG_MS=100 npx vitest …` any suite reads from a replica that is so far behind, as it may at Upstash. */
export const REPLICA_LAG_MS = Number(process.env.REPLICA_LAG_MS ?? 0);

/** A real redis-server behind the Redis REST server, for tests that need no more of the cloud than that. */
export interface RedisFixture extends AsyncDisposable {
  readonly redis: Redis;
  readonly redisRest: RedisRestServer;
  readonly server: LocalRedis;
  /** Commands that Redis executed and REST requests that it took to run `work`, those inside scripts included. */
  count(work: () => Promise<unknown>): Promise<{ requests: number; commands: number }>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<RedisFixture> {
  await using parts = new AsyncDisposableStack();
  const dir = parts.adopt(await mkdtemp(join(tmpdir(), "boptest-redis-")), removeFolder);
  const watchdog = parts.use(new Watchdog(dir));
  const server = parts.adopt(
    await LocalRedis.start({ dir, logFile: join(dir, "redis.log"), watchdog, port: 0, appendfsync: "everysec" }),
    (each) => each.stop(),
  );
  const replica = { dir: join(dir, "replica"), logFile: join(dir, "replica.log"), watchdog, lagMs: REPLICA_LAG_MS };
  const redisRest = parts.adopt(
    await RedisRestServer.start({ redisPort: server.port, ...(REPLICA_LAG_MS > 0 ? { replica } : {}) }),
    (each) => each.stop(),
  );
  const running = parts.move();
  const stop = () => running.disposeAsync();
  return {
    redis: createRedis({ url: redisRest.url, token: redisRest.token }),
    redisRest,
    server,
    count: async (work) => {
      const before = { ...redisRest.counts(), commands: await commandsOf(server) };
      await work();
      const after = { ...redisRest.counts(), commands: await commandsOf(server) };
      return { requests: after.requests - before.requests, commands: after.commands - before.commands };
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export function removeFolder(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

/** All commands that the server has executed, those inside scripts included. */
export async function commandsOf(server: LocalRedis): Promise<number> {
  return Object.values(await server.commandstats()).reduce((sum, calls) => sum + calls, 0);
}
