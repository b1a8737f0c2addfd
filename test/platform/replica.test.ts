import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRedis, script } from "../../functions/platform/redis.ts";
import { LocalRedis } from "../../infra/local/redis/redis-server.ts";
import { RedisRestServer } from "../../infra/local/redis/rest-server.ts";
import { Watchdog } from "../../infra/programs/watchdog.ts";

/** Far more than a round trip takes here, and less than any time limit. */
const LAG_MS = 1500;

const dir = mkdtempSync(join(tmpdir(), "boptest-replica-"));
const watchdog = new Watchdog(dir);
let server: LocalRedis;
let redisRest: RedisRestServer;

beforeAll(async () => {
  const own = (name: string) => ({ dir: join(dir, name), logFile: join(dir, `${name}.log`), watchdog });
  server = await LocalRedis.start({ ...own("primary"), port: 0, appendfsync: "everysec" });
  redisRest = await RedisRestServer.start({ redisPort: server.port, replica: { ...own("replica"), lagMs: LAG_MS } });
});
afterAll(async () => {
  await redisRest.stop();
  await server.stop();
  await watchdog.close();
});

/** A request as another process would make it: no token but what is given. */
async function post(command: unknown[], token?: string): Promise<{ result: unknown; token: string }> {
  const response = await fetch(redisRest.url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${redisRest.token}`,
      ...(token === undefined ? {} : { "upstash-sync-token": token }),
    },
    body: JSON.stringify(command),
  });
  const { result } = (await response.json()) as { result: unknown };
  return { result, token: response.headers.get("upstash-sync-token") ?? "" };
}

const process = () => createRedis({ url: redisRest.url, token: redisRest.token });
const put = script("#!lua flags=allow-key-locking\nreturn redis.call('HSET', KEYS[1], 'field', ARGV[1])");
const get = "#!lua flags=allow-key-locking\nreturn redis.call('GET', KEYS[1])";

describe("the Redis REST server with a replica, as unkind as Upstash's documentation allows", () => {
  it("serves what is old to a read without a sync token, or with an older one, and what is new later", async () => {
    const { token: before } = await post(["SET", "a", "old"]);
    await post(["GET", "a"], before);
    await post(["SET", "a", "new"]);
    expect((await post(["GET", "a"])).result).toBe("old");
    expect((await post(["GET", "a"], before)).result).toBe("old");
    expect((await post(["EVAL_RO", "return redis.call('GET', KEYS[1])", 1, "a"])).result).toBe("old");
    await expect.poll(async () => (await post(["GET", "a"])).result, { timeout: 5 * LAG_MS }).toBe("new");
  });

  it("serves what is new to who brings the token of the write, when the replica has come to it", async () => {
    const { token } = await post(["SET", "b", "1"]);
    const startedAt = performance.now();
    expect((await post(["GET", "b"], token)).result).toBe("1");
    expect(performance.now() - startedAt).toBeGreaterThan(LAG_MS / 3);
  });

  it("runs scripts that are not declared to read only where writes are made", async () => {
    await post(["SET", "c", "1"]);
    expect((await post(["EVAL", get, 1, "c"])).result).toBe("1");
    expect((await post(["GET", "c"])).result).toBeNull();
  });
});

describe("the functions' client", () => {
  it("reads in one process what another was told that is written, with no token from it", async () => {
    await process().run(put, ["hash"], ["1"]);
    expect(await process().command(["HGET", "hash", "field"])).toBe("1");
    expect(await process().command(["HGETALL", "hash"])).toEqual(["field", "1"]);
    await process().command(["SADD", "set", "member"]);
    expect(await process().command(["SISMEMBER", "set", "member"])).toBe(1);
    await process().command(["SET", "one", "1"]);
    await process().command(["SET", "two", "2"]);
    expect(await process().command(["MGET", "one", "two", "none"])).toEqual(["1", "2", null]);
  });

  it("may be late where it says that it may be, but not about what the process wrote itself", async () => {
    const writer = process();
    await writer.command(["HSET", "late", "field", "1"]);
    expect(await process().command(["HGET", "late", "field"], { mayBeLate: true })).toBeNull();
    expect(await writer.command(["HGET", "late", "field"], { mayBeLate: true })).toBe("1");
  });
});
