import { beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { keys } from "../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import { clientOf } from "../support/client.ts";
import { untilQuiet, useCloud } from "../support/cloud.ts";
import { costOf as countCost } from "../support/cost.ts";
import { bellOf, passRunTime, toldRun } from "../support/run-test.ts";

const cloud = useCloud({ workers: 2 });
const client = clientOf(cloud);
let redis: Redis;
/** A client that does not wait, so that its command goes through the queue. */
const QUEUED = { prefer: "respond-async, wait=20" };

beforeAll(() => {
  redis = createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
});

const costOf = (work: () => Promise<unknown>) => countCost(cloud(), work);

/** Two commands, so that all scripts are known to Redis and no first time is measured. */
async function warmTest(): Promise<string> {
  const testid = await client.selectTest();
  await client.call("PUT", `/step/${testid}`, { body: { step: 3600 } });
  await client.call("POST", `/advance/${testid}`, { body: {} });
  return testid;
}

/** The same, but a worker has changed it since: no api process remembers it as it is. */
async function coldTest(): Promise<string> {
  const testid = await warmTest();
  await advance(testid, QUEUED);
  return testid;
}

const advance = (testid: string, headers: Record<string, string> = {}) =>
  client.call("POST", `/advance/${testid}`, { body: { oveAct_u: 500, oveAct_activate: 1 }, headers });

describe("what an operation costs", () => {
  it("advance of a test that the process remembers: 1 round trip, 9 commands, no message, no poll, no object", async () => {
    const testid = await warmTest();
    const cost = await costOf(() => advance(testid));
    expect(cost).toMatchObject({ roundTrips: 1, commands: 9, messages: 0, polls: 0, objects: 0 });
  });

  it("the same under an Idempotency-Key: 3 commands more", async () => {
    const testid = await warmTest();
    const cost = await costOf(() => advance(testid, { "idempotency-key": "k1" }));
    expect(cost).toMatchObject({ roundTrips: 1, commands: 12, messages: 0, polls: 0, objects: 0 });
  });

  it("advance of any other test, carried out inline: 2 round trips, 18 commands, no message, no poll, no object", async () => {
    const testid = await coldTest();
    const cost = await costOf(() => advance(testid));
    expect(cost).toMatchObject({ roundTrips: 2, commands: 18, messages: 0, polls: 0, objects: 0 });
  });

  it("the same under an Idempotency-Key: 3 commands more", async () => {
    const testid = await coldTest();
    const cost = await costOf(() => advance(testid, { "idempotency-key": "k1" }));
    expect(cost).toMatchObject({ roundTrips: 2, commands: 21, messages: 0, polls: 0, objects: 0 });
  });

  it("advance by a worker: 3 round trips, 24 commands, 1 message, no object", async () => {
    const testid = await warmTest();
    await advance(testid, QUEUED);
    const cost = await costOf(() => advance(testid, QUEUED));
    expect(cost).toMatchObject({ roundTrips: 3, commands: 24, messages: 1, objects: 0 });
    // The agreed budget.
    expect(cost.roundTrips).toBeLessThanOrEqual(4);
    expect(cost.commands).toBeLessThanOrEqual(24);
  });

  it("the same under an Idempotency-Key: 3 commands more", async () => {
    const testid = await warmTest();
    const cost = await costOf(() => advance(testid, { ...QUEUED, "idempotency-key": "k1" }));
    expect(cost).toMatchObject({ roundTrips: 3, commands: 27, messages: 1 });
  });

  it("select: at most 5 round trips and 48 commands, the worker's included, 1 message, no object", async () => {
    await warmTest();
    const cost = await costOf(() => client.selectTest());
    expect(cost).toMatchObject({ messages: 1, objects: 0 });
    expect(cost.roundTrips).toBeLessThanOrEqual(5);
    expect(cost.commands).toBeLessThanOrEqual(48);
  });

  it("select of many: 3 round trips of the api for all, and what a worker needs for each", async () => {
    await warmTest();
    const cost = await costOf(() => client.call("POST", "/testcases/testcase1/select", { body: { count: 8 } }));
    // Twelve for the first of a worker's tests: a round trip for the share of its holder.
    expect(cost).toMatchObject({ messages: 1, objects: 0 });
    expect(cost.roundTrips).toBeLessThanOrEqual(2 + 4 * 8);
    expect(cost.commands).toBeLessThanOrEqual(48 * 8);
  });

  it("messages over the WebSocket: 1 round trip for a list to tests that are remembered, 9 commands each", async () => {
    const tests = [await warmTest(), await warmTest()];
    const socket = new WebSocket(`${cloud().url.replace("http", "ws")}/ws`);
    await new Promise((resolve) => socket.once("open", resolve));
    const ask = async () => {
      const all = Promise.withResolvers<void>();
      let answered = 0;
      socket.on("message", () => ++answered === tests.length && all.resolve());
      const params = { oveAct_u: 500, oveAct_activate: 1 };
      socket.send(JSON.stringify(tests.map((testid) => ({ requestid: testid, testid, method: "advance", params }))));
      await all.promise;
      socket.removeAllListeners("message");
    };
    expect(await costOf(ask)).toMatchObject({ roundTrips: 1, commands: 18, messages: 0, polls: 0, objects: 0 });
    socket.terminate();
  });

  it("select-async: no more than select, and no poll", async () => {
    await warmTest();
    const cost = await costOf(async () => {
      await client.call("POST", "/testcases/testcase1/select-async");
      await untilQuiet(cloud());
    });
    expect(cost).toMatchObject({ messages: 1, polls: 0, objects: 0 });
    expect(cost.roundTrips).toBeLessThanOrEqual(5);
    expect(cost.commands).toBeLessThanOrEqual(48);
  });

  it("PUT step, carried out inline: 1 round trip and 8 commands where the test is remembered, else 2 and 17", async () => {
    const set = (testid: string) => client.call("PUT", `/step/${testid}`, { body: { step: 60 } });
    const [warm, cold] = [await warmTest(), await coldTest()];
    expect(await costOf(() => set(warm))).toMatchObject({
      roundTrips: 1,
      commands: 8,
      messages: 0,
      polls: 0,
      objects: 0,
    });
    expect(await costOf(() => set(cold))).toMatchObject({ roundTrips: 2, commands: 17, messages: 0, polls: 0 });
  });

  it("PUT scenario with a price: what PUT step costs; with a time period, which a worker begins: 1 message", async () => {
    const set = (testid: string, body: object) => client.call("PUT", `/scenario/${testid}`, { body });
    const price = { electricity_price: "dynamic" };
    const [warm, cold] = [await warmTest(), await coldTest()];
    expect(await costOf(() => set(warm, price))).toMatchObject({
      roundTrips: 1,
      commands: 8,
      messages: 0,
      polls: 0,
      objects: 0,
    });
    expect(await costOf(() => set(cold, price))).toMatchObject({ roundTrips: 2, commands: 17, messages: 0, polls: 0 });
    expect(await costOf(() => set(warm, { time_period: "test_day" }))).toMatchObject({ messages: 1 });
  });

  it("initialize with a short warm-up, carried out inline: 2 round trips, 26 commands, no message, no object", async () => {
    const testid = await warmTest();
    const initialize = (headers = {}) =>
      client.call("PUT", `/initialize/${testid}`, { body: { start_time: 86_400, warmup_period: 86_400 }, headers });
    await initialize();
    const cost = await costOf(() => initialize());
    expect(cost).toMatchObject({ roundTrips: 2, commands: 26, messages: 0, polls: 0, objects: 0 });
    // The process remembers the test as it begins anew.
    expect(await costOf(() => advance(testid))).toMatchObject({ roundTrips: 1, commands: 9 });
  });

  it("initialize by a worker: 3 round trips, 32 commands, 1 message, no object where nothing is warmed up", async () => {
    const testid = await warmTest();
    const initialize = () =>
      client.call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0 }, headers: QUEUED });
    await initialize();
    const cost = await costOf(initialize);
    expect(cost).toMatchObject({ roundTrips: 3, commands: 32, messages: 1, objects: 0 });
  });

  it("GET requests/{testid}/{requestid}: 1 round trip, at most 5 commands, and nobody is woken", async () => {
    const testid = await warmTest();
    const asked = await client.call("POST", `/advance/${testid}`, { headers: { prefer: "respond-async" } });
    const ask = () => client.call("GET", asked.headers.get("location") ?? "");
    await untilQuiet(cloud());
    expect((await ask()).status).toBe(200);
    const cost = await costOf(ask);
    expect(cost).toMatchObject({ roundTrips: 1, messages: 0, objects: 0 });
    expect(cost.commands).toBeLessThanOrEqual(5);
  });

  it.each(["status", "name", "inputs", "measurements", "points", "step", "kpi"])(
    "GET %s: 1 round trip, a script that reads once, and nobody is woken",
    async (query) => {
      const testid = await warmTest();
      const cost = await costOf(() => client.call("GET", `/${query}/${testid}`));
      expect(cost).toMatchObject({ roundTrips: 1, commands: 2, messages: 0, objects: 0 });
    },
  );

  it("results: 1 round trip, the script and its 3 reads", async () => {
    const testid = await warmTest();
    const body = { point_names: ["TRooAir_y"], start_time: 0, final_time: 3600 };
    await client.call("PUT", `/results/${testid}`, { body });
    const cost = await costOf(() => client.call("PUT", `/results/${testid}`, { body }));
    expect(cost).toMatchObject({ roundTrips: 1, commands: 4, messages: 0, objects: 0 });
  });

  it("stop: 2 round trips, at most 16 commands", async () => {
    const testid = await warmTest();
    await client.call("PUT", `/stop/${await warmTest()}`);
    const cost = await costOf(() => client.call("PUT", `/stop/${testid}`));
    expect(cost).toMatchObject({ roundTrips: 2, messages: 0 });
    expect(cost.commands).toBeLessThanOrEqual(16);
  });
});

describe("of many commands one has a segment to write: 2 round trips more, 1 object and no worker", () => {
  it("of 250 advances two or three", async () => {
    const testid = await warmTest();
    const cost = await costOf(async () => {
      for (let i = 0; i < 250; i++) await advance(testid);
    });
    const segments = Number(await redis.command(["LLEN", keys.segments(testid)]));
    expect(segments).toBeGreaterThanOrEqual(2);
    expect(cost).toMatchObject({ roundTrips: 250 + 2 * segments, messages: 0, polls: 0, objects: segments });
  });

  it("of 60 lists of a day's steps two or more", async () => {
    const testid = await warmTest();
    const day = Array.from({ length: 24 }, () => ({ oveAct_u: 500, oveAct_activate: 1 }));
    const cost = await costOf(async () => {
      for (let i = 0; i < 60; i++) await client.call("POST", `/advance/${testid}`, { body: day });
    });
    const segments = Number(await redis.command(["LLEN", keys.segments(testid)]));
    expect(segments).toBeGreaterThanOrEqual(2);
    expect(cost).toMatchObject({ roundTrips: 60 + 2 * segments, messages: 0, polls: 0, objects: segments });
  });
});

it("results of windows that lie in one segment: 1 object, and none again", async () => {
  const testid = await warmTest();
  const day = Array.from({ length: 24 }, () => ({ oveAct_u: 500, oveAct_activate: 1 }));
  while ((await redis.command(["LLEN", keys.segments(testid)])) === 0) {
    await client.call("POST", `/advance/${testid}`, { body: day });
  }
  const read = (start: number) =>
    client.call("PUT", `/results/${testid}`, {
      body: { point_names: ["TRooAir_y"], start_time: start, final_time: start + 3600 },
    });
  // The script is known to Redis from then on.
  await read(1e9);
  expect(await costOf(() => read(0))).toMatchObject({ roundTrips: 1, objects: 1 });
  expect(await costOf(() => read(0))).toMatchObject({ roundTrips: 1, objects: 0 });
  expect(await costOf(() => read(43_200))).toMatchObject({ roundTrips: 1, objects: 0 });
});

it("a commit of steps of a run: 4 round trips, 29 commands, and 1 message, however many steps; inputs that are set: 1 and 8", async () => {
  const testid = await warmTest();
  const steps = async (count: number) => {
    await passRunTime(cloud(), testid, 60 * count);
    const bell = await bellOf(cloud(), testid);
    return await costOf(async () => {
      await cloud().doorbells.ring(bell);
      await untilQuiet(cloud());
    });
  };
  await client.call("PUT", `/step/${testid}`, { body: { step: 60 } });
  // In real time, so that no step is due before the test says so.
  await client.call("POST", `/tests/${testid}/run`, { body: { speed: 1 } });
  await steps(1);
  const one = await steps(1);
  // The doorbell that the test rings is a message, too.
  expect(one).toMatchObject({ roundTrips: 4, commands: 29, messages: 1 + 1, polls: 0, objects: 0 });
  expect(await steps(10)).toMatchObject({ roundTrips: 4, commands: 29, messages: 1 + 1, polls: 0, objects: 0 });
  expect((await toldRun(client, testid)).steps).toBe(12);
  const set = () => client.call("PUT", `/inputs/${testid}`, { body: { oveAct_u: 500 } });
  await set();
  expect(await costOf(set)).toMatchObject({ roundTrips: 1, commands: 8, messages: 0, polls: 0, objects: 0 });
  await client.call("PUT", `/stop/${testid}`);
});

describe.each([
  { by: "inline", headers: {} },
  { by: "by a worker", headers: QUEUED },
])("the 1,000th advance, carried out $by", ({ headers }) => {
  it("costs what the first did: the same counts, and nothing that grows with the history", async () => {
    const testid = await warmTest();
    const first = await costOf(() => advance(testid, headers));
    const state = async () => String(await redis.command(["HGET", keys.test(testid), "state"])).length;
    const stateBytes = await state();
    for (let i = 0; i < 997; i++) await advance(testid);
    // Not the one with which a chunk of results moves on into S3: that one comes every so often.
    const later = [await costOf(() => advance(testid, headers)), await costOf(() => advance(testid, headers))];
    const ordinary = later.find(({ objects }) => objects === 0) ?? later[0];
    const { polls: _, bytes, ...counts } = first;
    const { polls: __, bytes: laterBytes, ...laterCounts } = ordinary ?? first;
    expect(laterCounts).toEqual(counts);
    // Numbers get a few digits longer, such as the clock's.
    expect(laterBytes).toBeLessThan(bytes * 1.1);
    expect(await state()).toBeLessThan(stateBytes * 1.2);
    expect(await state()).toBeLessThan(4096);
    const tail = (await redis.command(["LRANGE", keys.results(testid), 0, -1])) as string[];
    // One more chunk than the limit, at the most.
    expect(tail.slice(0, -1).join("").length).toBeLessThan(256 * 1024);
  });
});
