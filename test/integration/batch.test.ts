import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { keys } from "../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { growth, until, useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";

/** One answer of a batch. */
interface Answer {
  readonly responseid: string;
  readonly responsedata: { status: number; message: string; payload: unknown; with?: never; url?: string };
}

const cloud = useCloud({ workers: 2 });
const client = clientOf(cloud);
let redis: Redis;

beforeAll(() => {
  redis = createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
});

const message = (testid: string, method: string, params: unknown = {}, more: object = {}) => ({
  requestid: `${testid} ${method}`,
  testid,
  method,
  params,
  ...more,
});
const send = async (messages: readonly unknown[], headers: Record<string, string> = {}) => {
  const { status, json, text } = await client.call("POST", "/batch", { body: messages, headers });
  if (status !== 200) throw new Error(text);
  return json as Answer[];
};
const dataOf = (answers: readonly Answer[]) => answers.map(({ responsedata }) => responsedata);
const statusesOf = (answers: readonly Answer[]) => dataOf(answers).map(({ status }) => status);
const select = (count: number) => Promise.all(Array.from({ length: count }, () => client.selectTest()));
const revisionOf = async (testid: string) => Number(await redis.command(["HGET", keys.test(testid), "revision"]));
const INPUTS = { oveAct_u: 500, oveAct_activate: 1 };

describe("POST /batch", () => {
  it.each([1, 16])(
    "advances %d tests in 2 round trips, or 1 where the process remembers them, without a message",
    async (count) => {
      const tests = await select(count);
      await send(await select(1).then(([testid = ""]) => [message(testid, "advance", INPUTS)]));
      for (const [roundTrips, commands] of [
        [2, 18 * count],
        [1, 9 * count],
      ]) {
        let answers: Answer[] = [];
        const cost = await costOf(cloud(), async () => {
          answers = await send(tests.map((testid) => message(testid, "advance", INPUTS)));
        });
        expect(statusesOf(answers)).toEqual(tests.map(() => 200));
        expect(answers.map(({ responseid }) => responseid)).toEqual(tests.map((testid) => `${testid} advance`));
        expect(cost).toMatchObject({ roundTrips, commands, messages: 0, polls: 0, objects: 0 });
      }
    },
  );

  it("asks any number of tests in 1 round trip", async () => {
    const tests = await select(4);
    const ask = () => send(tests.flatMap((testid) => [message(testid, "get_kpis")]));
    await ask();
    expect(await costOf(cloud(), ask)).toMatchObject({ roundTrips: 1, messages: 0 });
  });

  it("answers each method as the endpoint of its name does", async () => {
    const [testid = ""] = await select(1);
    const asked = [
      ["get_name", "GET", "/name"],
      ["get_inputs", "GET", "/inputs"],
      ["get_measurements", "GET", "/measurements"],
      ["get_forecast_points", "GET", "/forecast_points"],
      ["get_step", "GET", "/step"],
      ["get_scenario", "GET", "/scenario"],
      ["get_points", "GET", "/points"],
      ["get_checkpoints", "GET", "/checkpoints"],
      ["get_kpis", "GET", "/kpi"],
      ["get_forecast", "PUT", "/forecast", { point_names: ["TDryBul"], horizon: 3600, interval: 3600 }],
      ["get_results", "PUT", "/results", { point_names: ["TRooAir_y"], start_time: 0, final_time: 3600 }],
      ["rollout", "POST", "/rollout", { inputs: [INPUTS] }],
    ] as const;
    const answers = dataOf(await send(asked.map(([method, , , params]) => message(testid, method, params ?? {}))));
    for (const [i, [method, verb, path, body]] of asked.entries()) {
      const alone = await client.call(verb, `${path}/${testid}`, body === undefined ? {} : { body });
      expect([method, answers[i]]).toEqual([method, alone.json]);
    }
  });

  it("keeps the order of one test's messages, whoever carries them out, and lets each take effect once", async () => {
    const [one = "", other = ""] = await select(2);
    const answers = dataOf(
      await send([
        message(one, "set_step", { step: 3600 }),
        message(other, "initialize", { start_time: 86_400, warmup_period: 0 }),
        message(one, "advance", INPUTS),
        message(other, "advance", {}),
        message(one, "get_step"),
        message(other, "get_points"),
        message(other, "checkpoint", { name: "c" }),
        message(other, "advance", {}),
        message(other, "restore", { checkpoint: "c" }),
        message(other, "fork", { count: 1 }),
        message(one, "stop"),
        message(one, "get_kpis"),
      ]),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 400]);
    const times = answers.map(({ payload }) => (payload as { time?: number } | null)?.time);
    expect(times.slice(1, 4)).toEqual([86_400, 3600, 86_460]);
    expect(times.slice(5, 9)).toEqual([86_460, 86_460, 86_520, 86_460]);
    expect(answers[4]?.payload).toBe(3600);
    expect(answers[11]).toEqual({
      status: 400,
      message: "Bad Request",
      payload: `Testid '${one}' is not a valid test`,
    });
    // The start, and five commands.
    expect(await revisionOf(other)).toBe(6);
  });

  it("refuses alone what is wrong with one message", async () => {
    const [testid = ""] = await select(1);
    const nobody = randomUUID();
    const answers = await send([
      message(testid, "advance", { nope_u: 1 }),
      message(nobody, "advance", { nope_u: [] }),
      message("no uuid", "get_step"),
      message(testid, "explode"),
      { requestid: "r", testid, method: "advance" },
      7,
      message(testid, "get_kpis", {}, { with: ["kpi"] }),
      message(testid, "advance", {}, { with: ["cost"] }),
      message(testid, "advance", {}),
    ]);
    expect(statusesOf(answers)).toEqual([400, 400, 400, 400, 400, 400, 400, 400, 200]);
    const payloads = dataOf(answers).map(({ payload }) => payload);
    expect(payloads[1]).toBe(`Testid '${nobody}' is not a valid test`);
    expect(payloads[3]).toMatch(/There is no method "explode".*get_kpis/);
    expect(payloads.slice(4, 6)).toEqual(["Missing required attributes", "Missing required attributes"]);
    expect(answers[4]?.responseid).toBe("r");
    // The start, a refused advance, and an advance.
    expect(await revisionOf(testid)).toBe(3);
  });

  it.each(["before", "after"])("takes effect once when a pipeline of it is lost %s it took effect", async (when) => {
    for (const lost of [0, 1, 2]) {
      const [one = "", other = ""] = await select(2);
      const messages = [message(one, "advance", INPUTS), message(one, "set_step", { step: 600 })];
      messages.push(message(other, "advance", INPUTS), message(one, "advance", {}));
      const headers = { "idempotency-key": randomUUID() };
      let calls = 0;
      cloud().redisRest.intercept = async (call) => {
        if (calls++ !== lost) return await call.forward();
        if (when === "after") await call.forward();
        return CUT;
      };
      await client.call("POST", "/batch", { body: messages, headers });
      cloud().redisRest.intercept = undefined;
      expect(calls).toBeGreaterThan(lost);
      const answers = dataOf(await send(messages, headers));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(answers[3]?.payload).toMatchObject({ time: 660 });
      // The start, and each command once.
      expect(await Promise.all([one, other].map(revisionOf))).toEqual([4, 2]);
    }
  });

  it("rings for its tests ten at a time", async () => {
    const tests = await select(12);
    const slow = tests.map((testid) => message(testid, "initialize", { start_time: 604_800, warmup_period: 0 }));
    const before = cloud().storage.counts();
    expect(new Set(statusesOf(await send(slow)))).toEqual(new Set([200]));
    const { SendMessage = 0, SendMessageBatch } = growth(before, cloud().storage.counts());
    expect({ SendMessage, SendMessageBatch }).toEqual({ SendMessage: 0, SendMessageBatch: 2 });
  });

  it("is refused as a whole where it is no list, or too long a one, and an empty one is answered by an empty one", async () => {
    expect((await client.call("POST", "/batch", { body: {} })).status).toBe(400);
    const long = Array.from({ length: 257 }, () => message("x", "get_step"));
    expect((await client.call("POST", "/batch", { body: long })).status).toBe(413);
    expect(await send([])).toEqual([]);
  });

  it("takes effect once under an Idempotency-Key, however often it is sent", async () => {
    const tests = await select(2);
    const messages = tests.map((testid) => message(testid, "advance", INPUTS));
    const headers = { "idempotency-key": randomUUID() };
    const first = await send(messages, headers);
    expect(await send(messages, headers)).toEqual(first);
    expect(await Promise.all(tests.map(revisionOf))).toEqual([2, 2]);
    const [changed] = dataOf(await send([message(tests[0] ?? "", "advance", {})], headers));
    expect(changed?.status).toBe(422);
  });

  it("sends a client on that does not wait, and goes on with what could not be sent yet", async () => {
    const [testid = ""] = await select(1);
    const messages = [
      message(testid, "initialize", { start_time: 86_400, warmup_period: 0 }),
      message(testid, "get_points"),
      message(testid, "advance", {}),
    ];
    const begun = await client.call("POST", "/batch", { body: messages, headers: { prefer: "respond-async" } });
    expect(begun.status).toBe(202);
    const place = begun.headers.get("location") ?? "";
    // Two at a time: both go on with it, and the advance takes effect once.
    const both = await Promise.all([1, 2].map(() => client.call("GET", `${place}?wait=25`)));
    for (const { status, json } of both) {
      expect(status).toBe(200);
      expect(dataOf(json as Answer[]).map(({ payload }) => (payload as { time: number }).time)).toEqual([
        86_400, 86_400, 86_460,
      ]);
    }
    expect(await revisionOf(testid)).toBe(3);
    expect((await client.call("GET", `/batches/${randomUUID()}`)).status).toBe(404);
  });
});

describe("/ws", () => {
  const open: WebSocket[] = [];
  afterAll(() => {
    for (const socket of open) socket.terminate();
  });
  const connect = async () => {
    const socket = new WebSocket(`${cloud().url.replace("http", "ws")}/ws`);
    open.push(socket);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return socket;
  };
  /** Sends a text, and returns so many answers. */
  const ask = async (socket: WebSocket, text: unknown, count = 1) => {
    const answers: Answer[] = [];
    const all = Promise.withResolvers<void>();
    const take = (data: WebSocket.RawData) => {
      if (answers.push(JSON.parse(String(data))) === count) all.resolve();
    };
    socket.on("message", take);
    socket.send(typeof text === "string" ? text : JSON.stringify(text));
    await all.promise;
    socket.off("message", take);
    return answers;
  };

  it("answers a message, and each of a list by itself, as a batch does", async () => {
    const [one = "", other = ""] = await select(2);
    const socket = await connect();
    const [alone] = await ask(socket, message(one, "advance", INPUTS));
    expect(alone).toMatchObject({ responseid: `${one} advance`, responsedata: { status: 200, payload: { time: 60 } } });
    const nobody = randomUUID();
    const list = [
      message(other, "initialize", { start_time: 86_400, warmup_period: 0 }),
      message(other, "advance", {}),
      message(one, "get_step"),
      message(one, "explode"),
      message(nobody, "get_step"),
      { requestid: "r", testid: one, method: "advance" },
    ];
    const answers = await ask(socket, list, list.length);
    const statuses = Object.fromEntries(
      answers.map(({ responseid, responsedata }) => [responseid, responsedata.status]),
    );
    expect(statuses).toEqual({
      [`${other} initialize`]: 200,
      [`${other} advance`]: 200,
      [`${one} get_step`]: 200,
      [`${one} explode`]: 400,
      [`${nobody} get_step`]: 400,
      r: 400,
    });
    expect(answers.find(({ responseid }) => responseid === "r")?.responsedata.payload).toBe(
      "Missing required attributes",
    );
    const advanced = answers.find(({ responseid }) => responseid === `${other} advance`);
    expect(advanced?.responsedata.payload).toMatchObject({ time: 86_460 });
  });

  it("answers once, without a responseid, what is no JSON or too much", async () => {
    const socket = await connect();
    for (const [text, status] of [
      ["{", 400],
      ["[1,", 400],
      ['"text"', 400],
      [JSON.stringify(Array(257).fill({})), 413],
    ] as const) {
      const [answer] = await ask(socket, text);
      expect(Object.keys(answer ?? {})).toEqual(["responsedata"]);
      expect(answer?.responsedata.status).toBe(status);
    }
    const [long] = await ask(socket, { ...message("x", "get_step"), requestid: "x".repeat(2000) });
    expect(long).toMatchObject({ responseid: null, responsedata: { status: 400 } });
  });

  it("gives a large answer by its URL", async () => {
    const [testid = ""] = await select(1);
    const socket = await connect();
    await ask(socket, message(testid, "initialize", { start_time: 604_800, warmup_period: 604_800 }));
    const wanted = { point_names: ["TRooAir_y"], start_time: 0, final_time: 604_800 };
    const [answer] = await ask(socket, message(testid, "get_results", wanted));
    expect(answer).toMatchObject({ responseid: `${testid} get_results`, responsedata: { status: 303 } });
    const { json } = await client.call("GET", answer?.responsedata.url ?? "");
    expect(json).toEqual((await client.call("PUT", `/results/${testid}`, { body: wanted })).json);
  });

  it("gives each of two clients its own answers", async () => {
    const tests = await select(2);
    const sockets = [await connect(), await connect()];
    const asked = tests.map((testid, i) =>
      ask(sockets[i] as WebSocket, Array(5).fill(message(testid, "advance", {})), 5),
    );
    for (const [i, answers] of (await Promise.all(asked)).entries()) {
      expect(new Set(answers.map(({ responseid }) => responseid))).toEqual(new Set([`${tests[i]} advance`]));
      const times = answers.map(({ responsedata }) => (responsedata.payload as { time: number }).time);
      expect(times.sort((a, b) => a - b)).toEqual([60, 120, 180, 240, 300]);
    }
  });

  it("carries out once what a client asked for that has gone away", async () => {
    const [testid = ""] = await select(1);
    const socket = await connect();
    await ask(socket, message(testid, "get_step"));
    // The function gets to run only when the client is gone.
    const [pid = 0, another = 0] = cloud().host.pids("api");
    for (const each of [pid, another]) if (each > 0) cloud().host.pause(each);
    socket.send(
      JSON.stringify([
        message(testid, "initialize", { start_time: 0, warmup_period: 0 }),
        message(testid, "advance", {}),
      ]),
    );
    await until("the message to have come", () => cloud().host.busy("api")[0]);
    socket.terminate();
    for (const each of [pid, another]) if (each > 0) cloud().host.resume(each);
    await until("both to take effect", async () => ((await revisionOf(testid)) === 3 ? true : undefined));
    await until("nobody to be told", () =>
      cloud()
        .logs.recent("api")
        .find((line) => line.includes("socket_gone")),
    );
    expect(await revisionOf(testid)).toBe(3);
  });
});

describe("advance with", () => {
  const FORECAST = { point_names: ["TDryBul"], horizon: 7200, interval: 3600 };
  const WITH = ["kpi", { forecast: FORECAST }];
  const query = `?with=${encodeURIComponent(JSON.stringify(WITH))}`;

  it.each([null, 7])("answers with what the queries would, at no further round trip, seed %s", async (seed) => {
    const testid = await client.selectTest();
    await client.call("PUT", `/step/${testid}`, { body: { step: 1800 } });
    const scenario = { temperature_uncertainty: "high", ...(seed === null ? {} : { seed }) };
    expect((await client.call("PUT", `/scenario/${testid}`, { body: scenario })).status).toBe(200);
    for (let i = 0; i < 3; i++) {
      let answer = await client.call("GET", `/status/${testid}`);
      const cost = await costOf(cloud(), async () => {
        answer = await client.call("POST", `/advance/${testid}${query}`, { body: INPUTS });
      });
      expect(answer.status).toBe(200);
      // The scenario was set by a worker; then the process remembers what it has committed itself.
      const [roundTrips, commands] = i === 0 ? [2, 18] : [1, 9];
      expect(cost).toMatchObject({ roundTrips, commands, messages: 0 });
      const { with: parts, payload } = answer.json as { with: object; payload: { time: number } };
      expect(payload.time).toBe((i + 1) * 1800);
      const kpi = await client.call("GET", `/kpi/${testid}`);
      const forecast = await client.call("PUT", `/forecast/${testid}`, { body: FORECAST });
      expect(parts).toEqual({ kpi: kpi.payload, forecast: forecast.payload });
    }
    const [inBatch] = dataOf(await send([message(testid, "advance", {}, { with: WITH })]));
    expect(Object.keys(inBatch?.with ?? {})).toEqual(["kpi", "forecast"]);
  });

  it("refuses a wrong one before anything is advanced, and a worker answers the same", async () => {
    const testid = await client.selectTest();
    const bad = [
      ["cost"],
      ["kpi", "kpi"],
      [{ forecast: { point_names: ["nope"], horizon: 0, interval: 1 } }],
      [{ forecast: 7 }],
    ];
    for (const each of bad) {
      const wrong = `?with=${encodeURIComponent(JSON.stringify(each))}`;
      expect((await client.call("POST", `/advance/${testid}${wrong}`, { body: {} })).status).toBe(400);
    }
    expect((await client.call("POST", `/advance/${testid}?with=[`, { body: {} })).status).toBe(400);
    const queued = { headers: { prefer: "respond-async, wait=20" }, body: {} };
    const asked = await client.call("POST", `/advance/${testid}?with=kpi`, queued);
    expect((asked.json as { payload: { time: number } }).payload.time).toBe(60);
    expect(Object.keys((asked.json as { with: object }).with)).toEqual(["kpi"]);
  });
});
