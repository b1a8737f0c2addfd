import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { redisOf, stateOf } from "../support/state.ts";

/** A dashboard that does as it is told. */
const received: { method: string | undefined; url: string | undefined; body: string }[] = [];
let reply: (request: IncomingMessage, response: ServerResponse) => void = () => {};
const dashboard = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on("end", () => {
    received.push({ method: request.method, url: request.url, body });
    reply(request, response);
  });
});
await new Promise<void>((resolve) => dashboard.listen(0, "127.0.0.1", resolve));
const { port } = dashboard.address() as AddressInfo;
afterAll(() => {
  dashboard.closeAllConnections();
  dashboard.close();
});

const cloud = useCloud({ environment: { BOPTEST_DASHBOARD_SERVER: `http://127.0.0.1:${port}/` } });
const { call, selectTest } = clientOf(cloud);

const DAY = 86_400;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let finished: string;
beforeAll(async () => {
  finished = await selectTest();
  await call("PUT", `/scenario/${finished}`, {
    body: { electricity_price: "dynamic", time_period: "test_day", temperature_uncertainty: "low", seed: 3 },
  });
  await call("PUT", `/step/${finished}`, { body: { step: 7 * DAY } });
  for (let i = 0; i < 2; i++) await call("POST", `/advance/${finished}`);
});
beforeEach(() => {
  received.length = 0;
  reply = (_request, response) => response.writeHead(200).end("{}");
});

const submit = (testid: string, body: object) => call<Record<string, unknown>>("POST", `/submit/${testid}`, { body });

describe("submit", () => {
  it("reports a test that has gone through its time period, and answers the report's identifier", async () => {
    const before = await stateOf(cloud(), finished);
    const { status, payload } = await submit(finished, {
      api_key: "secret",
      tag1: "mpc",
      tag2: "v2",
      unit_test: "False",
    });
    expect([status, Object.keys(payload)]).toEqual([200, ["identifier"]]);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: "POST", url: "//api/results" });
    const kpis = (await call("GET", `/kpi/${finished}`)).payload;
    expect(JSON.parse(received[0]?.body ?? "")).toEqual({
      results: [
        {
          uid: payload.identifier,
          dateRun: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/),
          isShared: true,
          account: { apiKey: "secret" },
          tags: ["mpc", "v2"],
          boptestVersion: "1.0.0-dev\n",
          controlStep: "604800.0",
          kpis,
          scenario: {
            timePeriod: "test_day",
            electricityPrice: "dynamic",
            temperatureUncertainty: "low",
            solarUncertainty: "none",
            seed: 3,
          },
          buildingType: { uid: "testcase1" },
        },
      ],
    });
    expect(payload.identifier).toMatch(UUID);
    expect(await stateOf(cloud(), finished)).toEqual(before);
  });

  it.each(["True", true, "true"])(
    "with unit_test %j tells what it would send, and sends nothing",
    async (unit_test) => {
      const { status, payload } = await submit(finished, { api_key: "k", unit_test });
      expect(status).toBe(200);
      expect(payload).toMatchObject({
        dash_url: `http://127.0.0.1:${port}//api/results`,
        payload: { results: [{ account: { apiKey: "k" }, tags: [], buildingType: { uid: "testcase1" } }] },
      });
      expect(received).toEqual([]);
    },
  );

  it("takes the tags in the order in which they come, ten at most", async () => {
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`tag${10 - i}`, `t${i}`]));
    const { payload } = await submit(finished, { ...tags, api_key: "k", unit_test: "True" });
    expect(payload).toMatchObject({ payload: { results: [{ tags: Object.values(tags) }] } });
    const { status, message } = await submit(finished, { ...tags, tag11: "one more", api_key: "k" });
    expect([status, message]).toEqual([400, expect.stringMatching(/11 tags.*10/)]);
  });

  it("may come as a form", async () => {
    const form = { api_key: "k", tag1: "a b", unit_test: "True" };
    const { payload } = await call("POST", `/submit/${finished}`, { form });
    expect(payload).toMatchObject({ payload: { results: [{ tags: ["a b"] }] } });
  });

  it.each([
    [{}, /api_key/],
    [{ api_key: 5 }, /api_key.*5/],
    [{ api_key: null }, /api_key.*null/],
    [{ api_key: "k", tag1: 5 }, /tag1.*5/],
    [{ api_key: "k", mytag: ["x"] }, /mytag/],
    [{ api_key: "k", tag3: null }, /tag3/],
  ])("refuses %j", async (body, message) => {
    const answer = await submit(finished, body);
    expect(answer.status).toBe(400);
    expect(answer.message).toMatch(message);
    expect(received).toEqual([]);
  });

  it("of a test that is not at the end of a time period is 500", async () => {
    const testid = await selectTest();
    const refused = async () => {
      const { status, message, json } = await submit(testid, { api_key: "k" });
      expect([status, message]).toEqual([500, expect.stringContaining("time_period")]);
      expect(json).toMatchObject({ payload: null });
    };
    await refused();
    await call("PUT", `/scenario/${testid}`, { body: { time_period: "test_day" } });
    await refused();
    // An end of one's own is not the end of the period.
    await call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0, final_time: 60 } });
    await call("POST", `/advance/${testid}`);
    await refused();
    expect(received).toEqual([]);
  });

  it("is sent once under one Idempotency-Key", async () => {
    const options = { body: { api_key: "k" }, headers: { "idempotency-key": "once" } };
    const first = await call("POST", `/submit/${finished}`, options);
    const second = await call("POST", `/submit/${finished}`, options);
    expect(second.text).toBe(first.text);
    expect(received).toHaveLength(1);
  });
});

describe("the dashboard's key", () => {
  const KEY = "a-key-that-nobody-else-may-see";

  /** All that Redis holds, and all that the functions have logged. */
  async function stored(): Promise<string> {
    const redis = redisOf(cloud());
    const read: Record<string, (key: string) => [string, ...string[]]> = {
      string: (key) => ["GET", key],
      hash: (key) => ["HGETALL", key],
      list: (key) => ["LRANGE", key, "0", "-1"],
      set: (key) => ["SMEMBERS", key],
      zset: (key) => ["ZRANGE", key, "0", "-1"],
      stream: (key) => ["XRANGE", key, "-", "+"],
    };
    const all: unknown[] = [];
    for (const key of (await redis.command(["KEYS", "*"])) as string[]) {
      const type = String(await redis.command(["TYPE", key]));
      all.push(key, await redis.command(read[type]?.(key) ?? ["TYPE", key]));
    }
    const logs = join(cloud().dataDir, "logs");
    return JSON.stringify(all) + readdirSync(logs).map((file) => readFileSync(join(logs, file), "utf8"));
  }

  it.each([
    ["sent", {}],
    ["not sent", { unit_test: "True" }],
  ])(
    "is stored nowhere where the report is %s, and a call that is repeated has it all the same",
    async (_how, more) => {
      const options = {
        body: { api_key: KEY, tag1: "a-tag-to-find", ...more },
        headers: { "idempotency-key": `${_how}-1`.replace(" ", "-") },
      };
      // What was stored for a moment was stored.
      const sent: string[] = [];
      cloud().redisRest.intercept = async ({ forward, commands }) => {
        sent.push(JSON.stringify(commands));
        return await forward();
      };
      const first = await call("POST", `/submit/${finished}`, options);
      const again = await call("POST", `/submit/${finished}`, options);
      cloud().redisRest.intercept = undefined;
      expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
      expect(first.text.includes(KEY)).toBe("unit_test" in more);
      expect(sent.join()).toContain("a-tag-to-find");
      expect(sent.join()).not.toContain(KEY);
      expect(await stored()).not.toContain(KEY);
    },
  );

  it("is not stored where the dashboard repeats it", async () => {
    reply = (_request, response) => response.writeHead(403).end(`unknown key ${KEY}!`);
    const { status, message } = await submit(finished, { api_key: KEY });
    expect([status, message]).toEqual([403, expect.stringContaining("unknown key …!")]);
    expect(await stored()).not.toContain(KEY);
  });

  it("is asked for again where the test has something else to do for too long, and nothing is sent", async () => {
    const testid = await selectTest();
    cloud().doorbells.hold();
    try {
      await call("POST", `/advance/${testid}`, { headers: { prefer: "respond-async" } });
      const { status, headers, message } = await submit(testid, { api_key: KEY });
      expect([status, headers.get("retry-after"), message]).toEqual([
        409,
        "2",
        expect.stringContaining("Nothing was sent"),
      ]);
      expect(await stored()).not.toContain(KEY);
    } finally {
      cloud().doorbells.release();
    }
  }, 40_000);
});

describe("a dashboard", () => {
  it.each([401, 404, 422, 500, 503])("that refuses with %d is quoted, with its status", async (status) => {
    reply = (_request, response) => response.writeHead(status).end("your key is unknown");
    const answer = await submit(finished, { api_key: "k" });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ status, payload: null });
    expect(answer.message).toContain("your key is unknown");
  });

  it("that sends on elsewhere is not followed", async () => {
    reply = (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/other` }).end();
    expect((await submit(finished, { api_key: "k" })).status).toBe(502);
    expect(received).toHaveLength(1);
  });

  it("that hangs up is 502", async () => {
    reply = (request) => request.socket.destroy();
    const { status, message } = await submit(finished, { api_key: "k" });
    expect([status, message]).toEqual([502, expect.stringContaining("could not be reached")]);
    expect((await call("GET", `/status/${finished}`)).status).toBe(200);
  });

  it("that does not answer is 504 after 10 s", async () => {
    let hanging: ServerResponse | undefined;
    reply = (_request, response) => {
      hanging = response;
    };
    const startedAt = performance.now();
    const { status, message } = await submit(finished, { api_key: "k" });
    expect([status, message]).toEqual([504, expect.stringContaining("10 s")]);
    expect(performance.now() - startedAt).toBeGreaterThan(9_900);
    hanging?.destroy();
  });
});
