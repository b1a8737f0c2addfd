import { describe, expect, it } from "vitest";
import { costOf } from "../../support/cost.ts";
import { dataOf, INPUTS, message, type Scene } from "./scene.ts";

/** More in the answer of an advance. */
export function advanceWith({ cloud, client, send }: Scene): void {
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
        expect(cost).toMatchObject({ roundTrips: 1, commands: 9, messages: 0 });
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
}
