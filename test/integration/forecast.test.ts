import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { stateOf } from "../support/state.ts";

const cloud = useCloud();
const { call, selectTest } = clientOf(cloud);

type Columns = Record<string, number[]>;

let testid: string;
beforeEach(async () => {
  testid = await selectTest();
});

const forecast = (body: object) => call<Columns>("PUT", `/forecast/${testid}`, { body });
const scenario = (body: object) => call("PUT", `/scenario/${testid}`, { body });
const initialize = (start: number) =>
  call("PUT", `/initialize/${testid}`, { body: { start_time: start, warmup_period: 0 } });
const advanceBy = async (seconds: number) => {
  await call("PUT", `/step/${testid}`, { body: { step: seconds } });
  await call("POST", `/advance/${testid}`);
};
/** What an uncertain forecast differs by from the certain one, hour by hour. */
const errors = async (horizon: number, interval = 3600) => {
  const body = { point_names: ["TDryBul"], horizon, interval };
  const { payload } = await forecast(body);
  return payload.TDryBul?.map((value, i) => value - outdoors(payload.time?.[i] ?? Number.NaN));
};
const outdoors = (time: number) => 293.15 + 10 * Math.sin((2 * Math.PI * time) / 86_400);
/** The data are exact to 1e-4 K, an error is some tenths of a kelvin. */
const same = (one: number[] | undefined, other: number[] | undefined) =>
  one?.length === other?.length && one?.every((value, i) => Math.abs(value - (other?.[i] ?? Number.NaN)) < 1e-3);

/** Made with numpy: see ../simulation/fixtures/make.py. */
interface Case {
  readonly point: string;
  readonly level: string;
  readonly seed: number;
  readonly now: number;
  readonly horizon: number;
  readonly interval: number;
  readonly time: number[];
  readonly values: number[];
}
const fixture = new URL("../simulation/fixtures/forecast.json", import.meta.url);
const numpy = (JSON.parse(readFileSync(fixture, "utf8")) as Case[]).filter(({ point }) => point === "TDryBul");

describe("forecast_points", () => {
  it("lists points in order, with unit and description", async () => {
    const { payload } = await call<Record<string, object>>("GET", `/forecast_points/${testid}`);
    const names = Object.keys(payload);
    expect([names[0], names.at(-1)]).toEqual(["EmissionsElectricPower", "TDryBul"]);
    expect(payload.TDryBul).toEqual({ Unit: "K", Description: "Dry bulb temperature at ground level" });
    expect(payload["LowerSetp[1]"]).toEqual({
      Unit: "K",
      Description: "Lower temperature set point for thermal comfort of zone",
    });
    expect(payload.PriceElectricPowerDynamic).toEqual({
      Unit: "($/Euro)/kWh",
      Description: "Electricity price for a day/night tariff",
    });
  });
});

describe("a forecast", () => {
  it("goes from now to now + horizon, both included", async () => {
    await initialize(7200);
    const { status, payload } = await forecast({
      point_names: ["PriceElectricPowerDynamic", "TDryBul", "LowerSetp[1]"],
      horizon: 3600,
      interval: 900,
    });
    expect(status).toBe(200);
    expect(Object.keys(payload)).toEqual(["time", "PriceElectricPowerDynamic", "TDryBul", "LowerSetp[1]"]);
    expect(payload.time).toEqual([7200, 8100, 9000, 9900, 10_800]);
    expect(payload["LowerSetp[1]"]).toEqual([293.15, 293.15, 293.15, 293.15, 293.15]);
    payload.TDryBul?.forEach((value, i) => {
      expect(Math.abs(value - outdoors(7200 + 900 * i))).toBeLessThan(1e-4);
    });
  });

  it("holds prices step-wise between full hours", async () => {
    await initialize(7 * 3600);
    const { payload } = await forecast({ point_names: ["PriceElectricPowerDynamic"], horizon: 7200, interval: 1800 });
    expect(payload.PriceElectricPowerDynamic).toEqual([0.1, 0.1, 0.3, 0.3, 0.3]);
  });

  it("wraps at the year's end", async () => {
    await initialize(31_536_000 - 1800);
    const { payload } = await forecast({ point_names: ["TDryBul", "PriceGasPower"], horizon: 3600, interval: 1800 });
    expect(payload.time).toEqual([31_534_200, 31_536_000, 31_537_800]);
    expect(payload.TDryBul?.[2]).toBeCloseTo(outdoors(1800), 4);
    expect(payload.PriceGasPower).toEqual([0.07, 0.07, 0.07]);
  });

  it("has one time for a horizon of 0, and stops before a horizon that its interval does not divide", async () => {
    expect((await forecast({ point_names: [], horizon: 0, interval: 60 })).payload).toEqual({ time: [0] });
    expect((await forecast({ point_names: [], horizon: 100, interval: 60 })).payload).toEqual({ time: [0, 60] });
  });

  it("takes numbers in strings, and forms", async () => {
    const expected = { time: [0, 60], PriceGasPower: [0.07, 0.07] };
    expect((await forecast({ point_names: ["PriceGasPower"], horizon: " 60", interval: "6e1" })).payload).toEqual(
      expected,
    );
    const form = { "point_names[]": "PriceGasPower", horizon: "60", interval: "60" };
    expect((await call("PUT", `/forecast/${testid}`, { form })).payload).toEqual(expected);
  });

  it.each([
    [{}, /point_names is missing/],
    [{ point_names: "nope", horizon: 0, interval: 1 }, /nope/],
    [{ point_names: {}, horizon: 0, interval: 1 }, /point_names/],
    [{ point_names: [1], horizon: 0, interval: 1 }, /point_names/],
    [{ point_names: ["TDryBul", "x", "TRooAir_y"], horizon: 0, interval: 1 }, /"x", "TRooAir_y".*TDryBul/],
    [{ point_names: ["__proto__"], horizon: 0, interval: 1 }, /__proto__/],
    [{ point_names: [], interval: 1 }, /horizon is missing/],
    [{ point_names: [], horizon: -1, interval: 1 }, /-1 for horizon/],
    [{ point_names: [], horizon: "inf", interval: 1 }, /horizon/],
    [{ point_names: [], horizon: "x", interval: 1 }, /"x" for horizon/],
    [{ point_names: [], horizon: true, interval: 1 }, /horizon/],
    [{ point_names: [], horizon: 60 }, /interval is missing/],
    [{ point_names: [], horizon: 60, interval: 0 }, /0 for interval/],
    [{ point_names: [], horizon: 60, interval: -5 }, /-5 for interval/],
    [{ point_names: [], horizon: 60, interval: "nan" }, /interval/],
    [{ point_names: [], horizon: 1e9, interval: 1e-9 }, /interval/],
  ])("refuses %j, and leaves no trace", async (body, message) => {
    await scenario({ temperature_uncertainty: "low", seed: 1 });
    const before = await stateOf(cloud(), testid);
    const answer = await forecast(body);
    expect(answer.status).toBe(400);
    expect(answer.message).toMatch(message);
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  it("names every point that there is not, however many", async () => {
    const names = Array.from({ length: 50 }, (_, i) => `nowhere${i}`);
    const { status, message } = await forecast({ point_names: ["TDryBul", ...names], horizon: 0, interval: 1 });
    expect(status).toBe(400);
    for (const name of names) expect(message).toContain(`"${name}"`);
  });

  it("of a Queued test is 409, its points are told", async () => {
    cloud().doorbells.hold();
    try {
      const queued = ((await call("POST", "/testcases/testcase1/select-async")).json as { testid: string }).testid;
      const body = { point_names: ["TDryBul"], horizon: 0, interval: 1 };
      const { status, headers } = await call("PUT", `/forecast/${queued}`, { body });
      expect([status, headers.get("retry-after")]).toEqual([409, "1"]);
      expect((await call("GET", `/forecast_points/${queued}`)).payload).toHaveProperty("TDryBul");
    } finally {
      cloud().doorbells.release();
    }
  });
});

describe("a forecast under uncertainty, with a seed", () => {
  it.each(numpy)("of level $level, seed $seed, at $now s is numpy's", async ({ level, seed, now, ...expected }) => {
    await initialize(now);
    await scenario({ temperature_uncertainty: level, seed });
    const { payload } = await forecast({
      point_names: ["TDryBul"],
      horizon: expected.horizon,
      interval: expected.interval,
    });
    expect(payload.time).toEqual(expected.time);
    // Within what the data may differ by.
    payload.TDryBul?.forEach((value, i) => {
      expect(Math.abs(value - (expected.values[i] ?? Number.NaN))).toBeLessThan(1e-4);
    });
  });

  it("keeps the error of the hour's first request for that horizon, whenever the later ones come", async () => {
    await initialize(1000);
    await scenario({ temperature_uncertainty: "medium", seed: 5 });
    const first = await errors(7200);
    await advanceBy(3600 - 1000 - 10);
    const later = (await forecast({ point_names: ["TDryBul"], horizon: 7200, interval: 3600 })).payload;
    // Drawn again at this time, it would be another error.
    const other = await selectTest();
    await call("PUT", `/initialize/${other}`, { body: { start_time: 3590, warmup_period: 0 } });
    await call("PUT", `/scenario/${other}`, { body: { temperature_uncertainty: "medium", seed: 5 } });
    const fresh = await call<Columns>("PUT", `/forecast/${other}`, {
      body: { point_names: ["TDryBul"], horizon: 7200, interval: 3600 },
    });
    expect(later.TDryBul).not.toEqual(fresh.payload.TDryBul);
    // At full hours both forecasts of the first draw show the same values: look at one from 3600 s on, interpolated.
    await initialize(1000);
    const dense = await errors(7200, 10);
    expect(dense?.[0]).toBeCloseTo(first?.[0] ?? Number.NaN, 9);
    expect(later.TDryBul?.[0]).toBeCloseTo(outdoors(3590) + (dense?.[259] ?? Number.NaN), 4);
  });

  it("draws again in the next hour, for another horizon, and after a change of scenario", async () => {
    await scenario({ temperature_uncertainty: "low", seed: 1 });
    await advanceBy(600);
    const first = await errors(3600);
    const longer = await errors(7200);
    expect(same(first, longer?.slice(0, 2))).toBe(true);
    await advanceBy(600);
    await scenario({ temperature_uncertainty: "low", seed: 1 });
    await errors(3600);
    const drawn = (await stateOf(cloud(), testid)).fields.drawn;
    expect(drawn).toBe("0 3600=1200");
    await advanceBy(3600);
    await errors(3600);
    expect((await stateOf(cloud(), testid)).fields.drawn).toBe("1 3600=4800");
  });

  it("remembers each horizon of the hour, as many as come, in bounded space", async () => {
    await scenario({ temperature_uncertainty: "low", seed: 1 });
    for (let horizon = 1000; horizon < 1150; horizon++) await errors(horizon);
    expect((await stateOf(cloud(), testid)).fields.drawn?.length).toBeLessThan(1100);
    await advanceBy(60);
    await errors(1149);
    await errors(1000);
    const drawn = (await stateOf(cloud(), testid)).fields.drawn ?? "";
    expect(drawn).toContain(" 1149=0");
    expect(drawn).toContain(" 1000=60");
  });

  it("tells the same to all who ask at once", async () => {
    await scenario({ temperature_uncertainty: "high", seed: 77 });
    const body = { point_names: ["TDryBul"], horizon: 86_400, interval: 3600 };
    const answers = await Promise.all(Array.from({ length: 12 }, () => forecast(body)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it("begins anew with initialize", async () => {
    await scenario({ temperature_uncertainty: "low", seed: 9 });
    const first = await errors(3600);
    await advanceBy(60);
    await initialize(0);
    expect(await errors(3600)).toEqual(first);
  });
});

describe("a forecast under uncertainty, without a seed", () => {
  it("carries an error, the same within the hour for one horizon, in every process that answers", async () => {
    await scenario({ temperature_uncertainty: "high" });
    const first = await errors(7200, 10);
    expect(first?.some((error) => Math.abs(error) > 0.05)).toBe(true);
    for (const pid of cloud().host.pids("api")) await cloud().host.kill(pid);
    await until("another process", () => (cloud().host.pids("api").length === 0 ? true : undefined));
    expect(await errors(7200, 10)).toEqual(first);
    await advanceBy(1800);
    const later = await errors(7200, 10);
    expect(same(later?.slice(0, 541), first?.slice(180))).toBe(true);
    await advanceBy(1800);
    expect(same((await errors(7200, 10))?.slice(0, 361), first?.slice(360))).toBe(false);
  });

  it("is another in another test, and after the test began anew", async () => {
    await scenario({ temperature_uncertainty: "high" });
    const first = await errors(7200);
    await initialize(0);
    const second = await errors(7200);
    testid = await selectTest();
    await scenario({ temperature_uncertainty: "high" });
    const third = await errors(7200);
    expect(same(first, second)).toBe(false);
    expect(same(first, third)).toBe(false);
  });
});

describe("a horizon under uncertainty", () => {
  it("is at most 48 h for the uncertain point, and free for others", async () => {
    await scenario({ temperature_uncertainty: "low", seed: 1 });
    const ask = (point: string, horizon: number) => forecast({ point_names: [point], horizon, interval: 3600 });
    expect((await ask("TDryBul", 172_800)).status).toBe(200);
    const before = await stateOf(cloud(), testid);
    const { status, message } = await ask("TDryBul", 172_801);
    expect([status, message]).toEqual([400, expect.stringMatching(/horizon.*172800.*TDryBul/)]);
    expect(await stateOf(cloud(), testid)).toEqual(before);
    expect((await ask("PriceGasPower", 400_000)).status).toBe(200);
    await scenario({});
    expect((await ask("TDryBul", 400_000)).status).toBe(200);
  });
});
