import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, createRedis, RedisError, RedisRefused, script } from "../../functions/platform/redis.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { type RedisFixture, startRedis } from "../support/redis.ts";

const push = script("#!lua flags=allow-key-locking\nreturn redis.call('RPUSH', KEYS[1], ARGV[1])");
const faulty = script("#!lua flags=allow-key-locking\nreturn KEYS[1] + {}");
const unreadable = script("#!lua flags=allow-key-locking\nreturn (");
const strange = script("#!lua flags=allow-key-locking\nreturn redis.call('NONE', KEYS[1])");
const broken = script("#!lua flags=allow-key-locking\nreturn redis.call('HSET', KEYS[1], nil)");
let fixture: RedisFixture;
let client: Client;

beforeAll(async () => {
  fixture = await startRedis();
  client = new Client({ port: fixture.server.port });
  await fixture.redis.command(["SET", "text", "1"]);
  await fixture.redis.command(["XADD", "stream", "*", "field", "1"]);
  await fixture.redis.command(["XADD", "full", "18446744073709551615-18446744073709551615", "field", "1"]);
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
    ["a command with too few arguments", () => fixture.redis.command(["HSET", "hash"])],
    ["a command that there is not", () => fixture.redis.command(["NONE", "text"])],
    ["the same in a script", () => fixture.redis.run(strange, ["text"], [])],
    ["a script that fails by itself", () => fixture.redis.run(faulty, ["text"], [])],
    ["a script that is none", () => fixture.redis.run(unreadable, ["text"], [])],
    ["no number where one is due", () => fixture.redis.command(["PEXPIRE", "text", "soon"])],
    ["an option that there is not", () => fixture.redis.command(["SET", "text", "1", "OX"])],
    ["a stream without the group", () => fixture.redis.command(["XGROUP", "CREATECONSUMER", "stream", "none", "a"])],
    ["an entry after the last one", () => fixture.redis.command(["XADD", "full", "*", "field", "1"])],
    ["an id that is none", () => fixture.redis.command(["XADD", "stream", "first", "field", "1"])],
  ])("is told as such: %s", async (_what, call) => {
    expect(await failure(call)).toBeInstanceOf(RedisRefused);
  });

  it.each([
    [400, "ERR max single record size exceeded. Limit: 104857600 bytes, Actual: 104857700 bytes"],
    [413, "ERR max request size exceeded. Limit: 10485760 bytes, Actual: 10485761 bytes"],
    [400, "ERR script tried to access undeclared key"],
    [400, "WRONGTYPE Operation against a key holding the wrong kind of value"],
  ])("is told as such, as Upstash tells it, %d %s", async (status, error) => {
    fixture.redisRest.intercept = async () => ({ status, body: { error } });
    expect(await failure(write)).toBeInstanceOf(RedisRefused);
    fixture.redisRest.intercept = undefined;
  });

  it.each([
    [413, "<html><head><title>413 Request Entity Too Large</title></head></html>", true],
    [413, "Payload Too Large", true],
    [502, "<html><head><title>502 Bad Gateway</title></head></html>", false],
  ])("or is not, by a proxy whose answer %d %s is no JSON", async (status, body, isRefused) => {
    const proxy = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const error = await failure(() => createRedis({ url, token: "t" }).command(["GET", "text"]));
    await new Promise((resolve) => proxy.close(resolve));
    expect(error).toBeInstanceOf(RedisError);
    expect(error instanceof RedisRefused).toBe(isRefused);
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
    [400, "ERR max database size exceeded"],
    [400, "ERR max concurrent connections exceeded"],
    [400, "ERR something that nobody here has heard of"],
    [400, "ERR Error running script (call to f_1): @user_script:3: OOM command not allowed"],
    [400, "LOADING Redis is loading the dataset in memory"],
    [500, "Internal Server Error"],
    [503, "Service Unavailable: redis-server is not available"],
  ])("as Upstash tells it, %d %s", async (status, error) => {
    fixture.redisRest.intercept = async () => ({ status, body: { error } });
    await expectNone(write);
    fixture.redisRest.intercept = undefined;
  });

  it("when there is no answer, or one that is cut", async () => {
    fixture.redisRest.intercept = async () => CUT;
    await expectNone(write);
    fixture.redisRest.intercept = undefined;
  });
});
