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
  const watchdog = new Watchdog(dir);
  beforeAll(async () => {
    servers.redis = await LocalRedis.start({
      dir,
      logFile: join(dir, "redis.log"),
      watchdog,
      port: 0,
      appendfsync: "always",
    });
    servers.redisRest = await RedisRestServer.start({ redisPort: servers.redis.port });
  });
  afterAll(async () => {
    await servers.redisRest?.stop();
    await servers.redis?.stop();
    await watchdog.close();
  });
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
