import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keys } from "../../../functions/platform/keys.ts";
import { CUT } from "../../../infra/local/http/cut.ts";
import { growth } from "../../support/cloud.ts";
import { costOf } from "../../support/cost.ts";
import { ALICE, as } from "../../support/fmu.ts";
import { type Answer, dataOf, INPUTS, message, type Scene, statusesOf } from "./scene.ts";

/** Many messages in one call. */
export function batch({ cloud, client, redis, send, select, revisionOf }: Scene): void {
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

    it("keeps no account's key: a message that has one, and must wait, is refused when its batch is put by", async () => {
      const testid = await client.selectTest("testcase1", as(ALICE));
      const messages = [
        message(testid, "initialize", { start_time: 604_800, warmup_period: 0 }),
        message(testid, "fork", {}, { authorization: ALICE.key }),
      ];
      const headers = { prefer: "respond-async" };
      const begun = await client.call("POST", "/batch", { body: messages, headers });
      const place = begun.headers.get("location") ?? "";
      const stored = String(await redis().command(["GET", keys.batch(place.split("/").at(-1) ?? "")]));
      expect([begun.status, stored.includes("initialize"), stored.includes(ALICE.key)]).toEqual([202, true, false]);
      const { json } = await client.call("GET", `${place}?wait=25`);
      expect(statusesOf(json as Answer[])).toEqual([200, 409]);
    });

    it("rings for its tests ten at a time", async () => {
      const tests = await select(12);
      const slow = tests.map((testid) =>
        message(testid, "initialize", { start_time: 172_800, warmup_period: 172_800 }),
      );
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
}
