import { createHash } from "node:crypto";
import { Redis } from "@upstash/redis";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RedisRestServer } from "../../infra/local/redis/rest-server.ts";
import { useRedis } from "./toy/redis-server.ts";

const servers = useRedis();
let redis: Redis;

function connect(redisRest = servers.redisRest, responseEncoding: "base64" | false = "base64"): Redis {
  return new Redis({
    url: redisRest.url,
    token: redisRest.token,
    responseEncoding,
    enableAutoPipelining: false,
    automaticDeserialization: false,
    retry: { retries: 0 },
  });
}

/** A request as it is on the wire. */
async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(servers.redisRest.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${servers.redisRest.token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

beforeAll(() => {
  redis = connect();
});

beforeEach(async () => {
  await redis.flushall();
  await redis.scriptFlush();
});

describe("the Redis REST server, with the client library as it is", () => {
  it("keeps every byte of a string, encoded or not", async () => {
    const value = 'grün \u0000 \n 🏠 "quoted" 21.50';
    await redis.set("k", value);
    expect(await redis.get("k")).toBe(value);
    expect(await connect(servers.redisRest, false).get("k")).toBe(value);
  });

  it("tells null, numbers and OK apart", async () => {
    expect(await redis.get("nothing")).toBeNull();
    expect(await redis.incrby("n", 41)).toBe(41);
    expect(await redis.set("k", "v")).toBe("OK");
    expect(await redis.set("k", "w", { nx: true })).toBeNull();
  });

  it("returns a stored OK as what it is", async () => {
    await redis.rpush("list", "OK", "no");
    expect(await redis.lrange("list", 0, -1)).toEqual(["OK", "no"]);
  });

  it("hands a hash over as the flat list that the protocol has", async () => {
    await redis.hset("h", { a: "1", b: "2" });
    expect(await redis.exec(["HGETALL", "h"])).toEqual(["a", "1", "b", "2"]);
  });

  it("runs a pipeline in order and gives each command its own error", async () => {
    const answer = await post("/pipeline", [
      ["SET", "k", "v"],
      ["HGET", "k", "f"],
      ["BLPOP", "l", 0],
      ["GET", "k"],
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      { result: "OK" },
      { error: "WRONGTYPE Operation against a key holding the wrong kind of value" },
      { error: "ERR 'BLPOP' is a blocking command: not available over REST" },
      { result: "v" },
    ]);
  });

  it("runs a transaction as a whole", async () => {
    expect(await redis.multi().incr("n").incr("n").exec()).toEqual([1, 2]);
  });

  it("discards a transaction with a bad command, and says so once", async () => {
    const answer = await post("/multi-exec", [
      ["SET", "k", "v"],
      ["SET", "k"],
    ]);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.stringContaining("EXECABORT") });
    expect(await redis.get("k")).toBeNull();
  });

  it("gives an error inside a transaction its place and goes on", async () => {
    const answer = await post("/multi-exec", [
      ["SET", "k", "v"],
      ["HGET", "k", "f"],
      ["INCR", "n"],
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([{ result: "OK" }, { error: expect.stringMatching(/^WRONGTYPE/) }, { result: 1 }]);
  });

  it("rejects what the server rejects, with its words", async () => {
    await redis.set("k", "v");
    await expect(redis.hget("k", "f")).rejects.toThrow("WRONGTYPE");
    expect(await post("/", ["NOSUCHCOMMAND"])).toEqual({
      status: 400,
      body: { error: expect.stringContaining("unknown command") },
    });
  });

  it("keeps the nesting of stream replies", async () => {
    await redis.exec(["XADD", "s", "1-1", "field", "value"]);
    await redis.exec(["XGROUP", "CREATE", "s", "workers", "0"]);
    const read = await redis.exec(["XREADGROUP", "GROUP", "workers", "w", "COUNT", 1, "STREAMS", "s", ">"]);
    expect(read).toEqual([["s", [["1-1", ["field", "value"]]]]]);
    expect(await redis.exec(["XRANGE", "s", "-", "+"])).toEqual([["1-1", ["field", "value"]]]);
  });

  it("lets a stream be called BLOCK", async () => {
    expect(await redis.exec(["XREAD", "STREAMS", "BLOCK", "0"])).toBeNull();
  });
});

describe("scripts", () => {
  const plain = "return { KEYS[1], ARGV[1] }";
  const locking = "#!lua flags=allow-key-locking\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])";
  const shaOf = (text: string) => createHash("sha1").update(text).digest("hex");

  it("runs a plain one", async () => {
    expect(await redis.eval(plain, ["key"], ["argument"])).toEqual(["key", "argument"]);
  });

  it("runs one that asks for key locking, by text and then by the SHA of that text", async () => {
    const sha = shaOf(locking);
    await expect(redis.evalsha(sha, ["n"], ["2"])).rejects.toThrow("NOSCRIPT");
    expect(await redis.eval(locking, ["n"], ["2"])).toBe(2);
    expect(await redis.evalsha(sha, ["n"], ["2"])).toBe(4);
  });

  it("answers NOSCRIPT once the server has lost it, and takes the text again", async () => {
    await redis.eval(locking, ["n"], ["2"]);
    await redis.scriptFlush();
    await expect(redis.evalsha(shaOf(locking), ["n"], ["2"])).rejects.toThrow("NOSCRIPT");
    expect(await redis.eval(locking, ["n"], ["2"])).toBe(4);
  });

  it("loads one under the SHA of the text that was sent", async () => {
    expect(await redis.scriptLoad(locking)).toBe(shaOf(locking));
    expect(await redis.scriptExists(shaOf(locking), shaOf("return 0"))).toEqual([1, 0]);
    expect(await redis.evalsha(shaOf(locking), ["n"], ["5"])).toBe(5);
  });

  it("is found again through a new Redis REST server after one EVAL", async () => {
    await redis.eval(locking, ["n"], ["1"]);
    const other = await RedisRestServer.start({ redisPort: servers.redis.port });
    try {
      const client = connect(other);
      await expect(client.evalsha(shaOf(locking), ["n"], ["1"])).rejects.toThrow("NOSCRIPT");
      expect(await client.eval(locking, ["n"], ["1"])).toBe(2);
      expect(await client.evalsha(shaOf(locking), ["n"], ["1"])).toBe(3);
    } finally {
      await other.stop();
    }
  });

  it("fails one that asks for key locking and touches a key that it does not declare", async () => {
    const script = "#!lua flags=allow-key-locking\nreturn redis.call('SET', KEYS[1] .. ':more', 1)";
    await expect(redis.eval(script, ["k"], [])).rejects.toThrow("undeclared key k:more");
    expect(await redis.exists("k:more")).toBe(0);
  });

  it.each([
    ["redis.call('XADD', KEYS[1], '1-1', 'f', 'v'); redis.call('XGROUP', 'CREATE', KEYS[1], 'g', '0')", 1],
    ["redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', '1', 'STREAMS', KEYS[1], '>')", 1],
    ["redis.call('DEL', KEYS[1], KEYS[2]); redis.call('TIME')", 2],
    ["redis.call('MSET', KEYS[1], 'undeclared', KEYS[2], 'neither')", 2],
  ])("finds the declared keys of %s", async (body, keys) => {
    const names = ["one", "two"].slice(0, keys);
    await redis.exec(["XGROUP", "CREATE", "one", "g", "0", "MKSTREAM"]).catch(() => {});
    if (body.includes("XADD") || body.includes("MSET")) await redis.del("one");
    await expect(redis.eval(`#!lua flags=allow-key-locking\n${body} return 'done'`, names, [])).resolves.toBe("done");
  });

  it("keeps the line numbers of errors", async () => {
    const script = "#!lua flags=allow-key-locking\n\nlocal x = nil + 1";
    await expect(redis.eval(script, [], [])).rejects.toThrow("user_script:3:");
  });
});

describe("as strict as the product", () => {
  it.each([
    ["the wrong token", "Bearer wrong"],
    ["no token", ""],
  ])("answers 401 to %s", async (_what, authorization) => {
    const answer = await post("/", ["PING"], { authorization });
    expect(answer.status).toBe(401);
    expect(answer.body).toHaveProperty("error");
  });

  it.each([
    [["BLPOP", "l", 0]],
    [["blmove", "a", "b", "LEFT", "LEFT", 0]],
    [["XREAD", "BLOCK", 0, "STREAMS", "s", "$"]],
    [["XREADGROUP", "GROUP", "g", "c", "block", 0, "STREAMS", "s", ">"]],
    [["WATCH", "k"]],
    [["MULTI"]],
    [["SELECT", 1]],
    [["AUTH", "x"]],
    [["SUBSCRIBE", "c"]],
    [["MONITOR"]],
    [["CLIENT", "LIST"]],
    [["CONFIG", "GET", "*"]],
    [["SHUTDOWN"]],
  ])("refuses %j", async (command) => {
    const answer = await post("/", command);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.stringMatching(/^ERR .* not available/) });
  });

  it("refuses a whole transaction for one such command", async () => {
    expect(
      (
        await post("/multi-exec", [
          ["SET", "k", "v"],
          ["WATCH", "k"],
        ])
      ).status,
    ).toBe(400);
    expect(await redis.get("k")).toBeNull();
  });

  it.each([
    ["/", "no JSON"],
    ["/", {}],
    ["/", []],
    ["/", [[]]],
    ["/", ["GET", null]],
    ["/", ["GET", { a: 1 }]],
    ["/pipeline", []],
    ["/pipeline", ["GET", "k"]],
    ["/multi-exec", [[]]],
  ])("answers 400 to %s with %j", async (path, body) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.stringMatching(/^ERR /) });
  });

  it("takes 9 MB and refuses more than 10", async () => {
    expect((await post("/", ["SET", "k", "x".repeat(9_000_000)])).body).toEqual({ result: "OK" });
    const answer = await post("/", ["SET", "k", "x".repeat(10_500_000)]);
    expect(answer.status).toBe(413);
    expect(answer.body).toEqual({ error: expect.stringContaining("10 MB") });
    expect(await redis.strlen("k")).toBe(9_000_000);
  });

  it("knows no other path", async () => {
    expect((await post("/get/k", "")).status).toBe(404);
  });
});
