import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, RedisError, RedisRefused, script } from "../../functions/platform/redis.ts";
import { CUT } from "../../infra/local/cut.ts";
import { type RedisFixture, startRedis } from "../support/redis.ts";

const push = script("#!lua flags=allow-key-locking\nreturn redis.call('RPUSH', KEYS[1], ARGV[1])");
const broken = script("#!lua flags=allow-key-locking\nreturn redis.call('HSET', KEYS[1], nil)");
let fixture: RedisFixture;
let client: Client;

beforeAll(async () => {
  fixture = await startRedis();
  client = new Client({ port: fixture.server.port });
  await fixture.redis.command(["SET", "text", "1"]);
});
afterAll(async () => {
  client.disconnect();
  await fixture.stop();
});

const write = () => fixture.redis.command(["RPUSH", "list", "1"]);
const failure = async (call: () => Promise<unknown>) =>
  await call().then(
    () => undefined,
    (error: unknown) => error,
  );

describe("what Redis refuses for what it is given", () => {
  it.each([
    ["a command on a key of another type", () => fixture.redis.command(["RPUSH", "text", "1"])],
    ["the same in a script", () => fixture.redis.run(push, ["text"], ["1"])],
    ["a script with a fault", () => fixture.redis.run(broken, ["text"], [])],
    ["a request that is too large", () => fixture.redis.command(["SET", "large", "x".repeat(11_000_000)])],
    ["a command that there is not", () => fixture.redis.command(["HSET", "hash"])],
  ])("is told as such: %s", async (_what, call) => {
    expect(await failure(call)).toBeInstanceOf(RedisRefused);
  });

  it("is not sent again", async () => {
    let sent = 0;
    const call = () => {
      sent++;
      return fixture.redis.command(["RPUSH", "text", "1"]);
    };
    expect(await failure(() => again(call))).toBeInstanceOf(RedisRefused);
    expect(sent).toBe(1);
  });
});

describe("what may be well the next time is no refusal", () => {
  const expectNone = async (call: () => Promise<unknown>) => {
    const error = await failure(call);
    expect(error).toBeInstanceOf(RedisError);
    expect(error).not.toBeInstanceOf(RedisRefused);
  };

  it("when memory is used up, in a script too", async () => {
    await client.config("SET", "maxmemory", "1");
    await expectNone(write);
    await expectNone(() => fixture.redis.run(push, ["list"], ["1"]));
    await client.config("SET", "maxmemory", "0");
    expect(await write()).toBe(1);
  });

  it("when the server is a replica at the moment", async () => {
    await client.config("SET", "replica-serve-stale-data", "yes");
    await client.replicaof("127.0.0.1", 1);
    await expectNone(write);
    await client.replicaof("NO", "ONE");
  });

  it.each([
    [429, "Too Many Requests"],
    [400, "ERR max daily request limit exceeded. Limit: 10000, Usage: 10001."],
    [400, "ERR DB capacity quota exceeded. Threshold: 1 bytes, Usage: 2."],
    [400, "LOADING Redis is loading the dataset in memory"],
    [500, "Internal Server Error"],
    [503, "Service Unavailable: redis-server is not available"],
  ])("as Upstash tells it, %d %s", async (status, error) => {
    fixture.gateway.intercept = async () => ({ status, body: { error } });
    await expectNone(write);
    fixture.gateway.intercept = undefined;
  });

  it("when there is no answer, or one that is cut", async () => {
    fixture.gateway.intercept = async () => CUT;
    await expectNone(write);
    fixture.gateway.intercept = undefined;
  });
});
