import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { LocalRedis } from "../../../infra/local/redis/redis-server.ts";
import { RedisRestServer } from "../../../infra/local/redis/rest-server.ts";
import { Watchdog } from "../../../infra/programs/watchdog.ts";

export interface Servers {
  redis: LocalRedis;
  redisRest: RedisRestServer;
}

/** A redis-server and a Redis REST server for the tests of one file. */
export function useRedis(): Servers {
  const servers: Partial<Servers> = {};
  const dir = mkdtempSync(join(tmpdir(), "boptest-redis-"));
  const parts = new AsyncDisposableStack();
  const watchdog = parts.use(new Watchdog(dir));
  beforeAll(async () => {
    const options = { dir, logFile: join(dir, "redis.log"), watchdog, port: 0, appendfsync: "always" } as const;
    servers.redis = parts.adopt(await LocalRedis.start(options), (each) => each.stop());
    servers.redisRest = parts.adopt(await RedisRestServer.start({ redisPort: servers.redis.port }), (each) =>
      each.stop(),
    );
  });
  afterAll(() => parts.disposeAsync());
  return {
    get redis() {
      return running(servers.redis);
    },
    get redisRest() {
      return running(servers.redisRest);
    },
  };
}

function running<T>(server: T | undefined): T {
  if (server === undefined) throw new Error("It runs only within tests");
  return server;
}
