import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { until } from "../../support/cloud.ts";
import { ALICE, as } from "../../support/fmu.ts";
import { type Answer, INPUTS, message, type Scene } from "./scene.ts";

/** The same messages over a WebSocket. */
export function socket({ cloud, client, send, select, revisionOf }: Scene): void {
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
      expect(alone).toMatchObject({
        responseid: `${one} advance`,
        responsedata: { status: 200, payload: { time: 60 } },
      });
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

    it("takes a message once under its own Idempotency-Key, over whatever connection it comes again", async () => {
      const [testid = ""] = await select(1);
      const keyed = message(testid, "advance", INPUTS, { idempotency_key: randomUUID() });
      const [first] = await ask(await connect(), keyed);
      expect(first?.responsedata).toMatchObject({ status: 200, payload: { time: 60 } });
      expect(await ask(await connect(), [keyed, keyed], 2)).toEqual([first, first]);
      expect(await send([keyed], { "idempotency-key": randomUUID() })).toEqual([first]);
      const [changed] = await ask(await connect(), { ...keyed, params: {} });
      expect(changed?.responsedata.status).toBe(422);
      const [wrong] = await ask(await connect(), { ...keyed, idempotency_key: 7 });
      expect(wrong?.responsedata).toMatchObject({ status: 400, payload: expect.stringContaining("idempotency_key") });
      expect(await revisionOf(testid)).toBe(2);
    });

    it("gives the rights that HTTP gives, by a key within the message: to fork a test of an account", async () => {
      const testid = await client.selectTest("testcase1", as(ALICE));
      const socket = await connect();
      const fork = async (more: object) => {
        const [answer] = await ask(socket, message(testid, "fork", {}, more));
        return answer?.responsedata;
      };
      expect(await fork({})).toMatchObject({ status: 401 });
      expect(await fork({ authorization: "nobody's" })).toMatchObject({ status: 401 });
      const forked = await fork({ authorization: ALICE.key });
      expect(forked?.status).toBe(200);
      const { testids } = (forked?.payload ?? {}) as { testids: string[] };
      const own = await client.call("GET", `/users/${ALICE.name}/tests`, { headers: as(ALICE) });
      expect(own.json).toEqual(expect.arrayContaining([testid, ...testids]));
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
}
