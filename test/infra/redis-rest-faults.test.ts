import { Redis } from "@upstash/redis";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CUT } from "../../infra/local/http/cut.ts";
import { growth } from "../support/cloud.ts";
import { useRedis } from "./toy/redis-server.ts";

const servers = useRedis();
let redis: Redis;

beforeAll(() => {
  redis = new Redis({
    url: servers.redisRest.url,
    token: servers.redisRest.token,
    enableAutoPipelining: false,
    retry: { retries: 0 },
  });
});

beforeEach(async () => {
  await expect.poll(() => redis.flushall().catch(() => "down")).toBe("OK");
});

afterEach(() => {
  servers.redisRest.intercept = undefined;
  servers.redisRest.delayMs = 0;
});

describe("what a test can do to a call on its way", () => {
  it("drops it before it takes effect", async () => {
    servers.redisRest.intercept = async () => CUT;
    await expect(redis.set("k", "v")).rejects.toThrow();
    servers.redisRest.intercept = undefined;
    expect(await redis.get("k")).toBeNull();
  });

  it("drops the answer after it took effect", async () => {
    servers.redisRest.intercept = async ({ forward }) => {
      await forward();
      return CUT;
    };
    await expect(redis.set("k", "v")).rejects.toThrow();
    servers.redisRest.intercept = undefined;
    expect(await redis.get("k")).toBe("v");
  });

  it("answers in its place", async () => {
    servers.redisRest.intercept = async () => ({
      status: 200,
      body: { result: Buffer.from("mine").toString("base64") },
    });
    expect(await redis.get("k")).toBe("mine");
  });

  it("sees the commands, and the text of a script that is called by its SHA", async () => {
    const seen: unknown[] = [];
    const script = "#!lua flags=allow-key-locking\n-- Adds.\nreturn redis.call('INCR', KEYS[1])";
    const sha = await redis.scriptLoad(script);
    servers.redisRest.intercept = async ({ kind, commands, scripts, forward }) => {
      seen.push({ kind, names: commands.map(([name]) => name), scripts });
      return await forward();
    };
    await redis.evalsha(sha, ["n"], []);
    await redis.multi().get("a").get("b").exec();
    expect(seen).toEqual([
      { kind: "command", names: ["evalsha"], scripts: [script] },
      { kind: "transaction", names: ["get", "get"], scripts: [undefined, undefined] },
    ]);
  });

  it("makes every round trip longer", async () => {
    servers.redisRest.delayMs = 60;
    const startedAt = performance.now();
    await redis.get("k");
    expect(performance.now() - startedAt).toBeGreaterThan(55);
  });
});

describe("counting", () => {
  it("counts requests and the commands in them", async () => {
    const before = servers.redisRest.counts();
    await redis.get("k");
    await redis.pipeline().get("a").get("b").get("c").exec();
    const after = servers.redisRest.counts();
    expect(after.requests - before.requests).toBe(2);
    expect(after.commands - before.commands).toBe(4);
  });

  it("counts on the server what scripts call, and nothing of its own", async () => {
    const before = await servers.redis.commandstats();
    await redis.eval("redis.call('SET', KEYS[1], 1) return redis.call('GET', KEYS[1])", ["k"], []);
    const after = await servers.redis.commandstats();
    expect(growth(before, after)).toEqual({ eval: 1, set: 1, get: 1 });
  });
});

describe("while redis-server is down", () => {
  it("fails within a moment, works again by itself, and what was acknowledged is still there", async () => {
    await redis.set("k", "v");
    await servers.redis.kill();
    const startedAt = performance.now();
    const answer = await fetch(servers.redisRest.url, {
      method: "POST",
      headers: { authorization: `Bearer ${servers.redisRest.token}` },
      body: JSON.stringify(["GET", "k"]),
    });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ error: expect.stringContaining("not available") });
    expect(performance.now() - startedAt).toBeLessThan(3000);
    await servers.redis.restart();
    await expect.poll(() => redis.get("k").catch(() => "down"), { timeout: 10_000 }).toBe("v");
  });

  it("answers a call that was under way, and does not run it a second time", async () => {
    await redis.set("n", 0);
    // The server is stopped, so that the call is sent and its answer does not come.
    process.kill(servers.redis.pid, "SIGSTOP");
    const sent = Promise.withResolvers<void>();
    servers.redisRest.intercept = async ({ forward }) => {
      const reply = forward();
      sent.resolve();
      return await reply;
    };
    const failed = expect(redis.incr("n")).rejects.toThrow("not available");
    await sent.promise;
    await Promise.all([failed, servers.redis.restart()]);
    await expect.poll(() => redis.get("n").catch(() => "down"), { timeout: 10_000 }).toBe(0);
  });
});
