import { beforeEach, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { stateOf } from "../support/state.ts";

const cloud = useCloud();
const { call, selectTest } = clientOf(cloud);

const DAY = 86_400;
const FRESH = {
  electricity_price: "constant",
  time_period: null,
  temperature_uncertainty: null,
  solar_uncertainty: null,
  seed: null,
};

type Points = Record<string, number>;

let testid: string;
beforeEach(async () => {
  testid = await selectTest();
});

const get = async () => (await call("GET", `/scenario/${testid}`)).payload;
const put = (body: object) => call<Record<string, unknown>>("PUT", `/scenario/${testid}`, { body });
const advance = (body: object = {}) => call<Points>("POST", `/advance/${testid}`, { body });
const step = (seconds: number) => call("PUT", `/step/${testid}`, { body: { step: seconds } });
const kpi = async () => (await call<Record<string, number | null>>("GET", `/kpi/${testid}`)).payload;

describe("a scenario", () => {
  it("is that of a fresh test until it is set", async () => {
    expect(await get()).toEqual(FRESH);
  });

  it("answers what was set, and null for the rest", async () => {
    const { status, payload } = await put({ electricity_price: "dynamic", temperature_uncertainty: "low", seed: "7" });
    expect(status).toBe(200);
    expect(payload).toEqual({ ...FRESH, electricity_price: "dynamic", temperature_uncertainty: "low", seed: 7 });
    expect(await get()).toEqual({ ...FRESH, electricity_price: "dynamic", temperature_uncertainty: "low", seed: 7 });
  });

  it("keeps price and time period where they are left out; uncertainties and seed go back to null", async () => {
    await put({
      electricity_price: "highly_dynamic",
      time_period: "test_day",
      temperature_uncertainty: "high",
      seed: 3,
    });
    const { payload } = await put({});
    expect(payload).toEqual({ ...FRESH, electricity_price: null });
    expect(await get()).toEqual({ ...FRESH, electricity_price: "highly_dynamic", time_period: "test_day" });
  });

  it("takes null as left out, and none as no uncertainty", async () => {
    await put({ electricity_price: "dynamic", temperature_uncertainty: "medium" });
    const { status, payload } = await put({
      electricity_price: null,
      time_period: null,
      temperature_uncertainty: "none",
      solar_uncertainty: "none",
      seed: null,
    });
    expect([status, payload]).toEqual([200, { ...FRESH, electricity_price: null }]);
    expect(await get()).toEqual({ ...FRESH, electricity_price: "dynamic" });
  });

  it("may come form-encoded", async () => {
    const { payload } = await call("PUT", `/scenario/${testid}`, {
      form: { electricity_price: "dynamic", seed: "12", temperature_uncertainty: "low" },
    });
    expect(payload).toEqual({ ...FRESH, electricity_price: "dynamic", temperature_uncertainty: "low", seed: 12 });
  });

  it.each([
    [{ electricity_price: "cheap" }, /electricity_price.*"constant", "dynamic", "highly_dynamic"/],
    [{ electricity_price: 5 }, /electricity_price/],
    [{ electricity_price: "" }, /electricity_price/],
    [{ electricity_price: ["constant"] }, /electricity_price/],
    [{ time_period: "peak_heat_day" }, /time_period.*"test_day"/],
    [{ time_period: "__proto__" }, /time_period/],
    [{ time_period: true }, /time_period/],
    [{ temperature_uncertainty: "huge" }, /temperature_uncertainty.*"none", "low", "medium", "high"/],
    [{ temperature_uncertainty: 1 }, /temperature_uncertainty/],
    [{ solar_uncertainty: "low" }, /solar_uncertainty.*HGloHor/],
    [{ solar_uncertainty: "nope" }, /solar_uncertainty/],
    [{ seed: -1 }, /-1 for seed/],
    [{ seed: 1.5 }, /1.5 for seed/],
    [{ seed: "five" }, /"five" for seed/],
    [{ seed: true }, /seed/],
    [{ seed: {} }, /seed/],
    [{ seed: 1e300 }, /seed/],
  ])("refuses %j, and nothing of the call takes effect", async (bad, message) => {
    const before = await stateOf(cloud(), testid);
    const answer = await put({ electricity_price: "dynamic", time_period: "test_day", seed: 4, ...bad });
    expect(answer.status).toBe(400);
    expect(answer.message).toMatch(message);
    expect(answer.json).toMatchObject({ status: 400, payload: null });
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  it("belongs to its test alone", async () => {
    const other = await selectTest("testcase3");
    await put({ electricity_price: "dynamic" });
    expect((await call("GET", `/scenario/${other}`)).payload).toEqual(FRESH);
  });
});

describe("a time period", () => {
  it("initializes to a week before its day, after a week of warm-up", async () => {
    const { payload } = await put({ time_period: "test_day" });
    const points = payload.time_period as Points;
    expect(points.time).toBe(13 * DAY);
    expect(Object.keys(points)).toContain("TRooAir_y");
    expect((await call("GET", `/points/${testid}`)).payload).toEqual(points);
    const { payload: results } = await call<{ time: number[] }>("PUT", `/results/${testid}`, {
      body: { point_names: [], start_time: "-inf", final_time: "inf" },
    });
    expect([results.time[0], results.time.at(-1)]).toEqual([6 * DAY, 13 * DAY]);
    expect((await kpi()).ener_tot).toBe(0);
  });

  it("is what initialize to the same time gives", async () => {
    const other = await selectTest();
    const { payload } = await put({ time_period: "test_day" });
    const initialized = await call("PUT", `/initialize/${other}`, {
      body: { start_time: 13 * DAY, warmup_period: 7 * DAY },
    });
    expect(payload.time_period).toEqual(initialized.payload);
  });

  it("ends after two weeks: a last step is cut short, and {} comes from then on", async () => {
    await put({ time_period: "test_day" });
    await step(10 * DAY);
    expect((await advance()).payload.time).toBe(23 * DAY);
    expect((await advance()).payload.time).toBe(27 * DAY);
    const before = await stateOf(cloud(), testid);
    for (const body of [{}, { oveAct_u: 5, oveAct_activate: 1 }]) {
      const { status, payload, message } = await advance(body);
      expect([status, payload]).toEqual([200, {}]);
      expect(message).toContain(String(27 * DAY));
    }
    expect(await stateOf(cloud(), testid)).toEqual(before);
    expect((await advance({ unknown_u: 1 })).status).toBe(400);
  });

  it("forgets results, KPIs and inputs, and begins time_rat anew", async () => {
    await advance({ oveAct_u: 5000, oveAct_activate: 1 });
    await advance();
    const { payload } = await put({ time_period: "test_day" });
    expect(payload.time_period).toMatchObject({ oveAct_activate: 0 });
    expect(await kpi()).toMatchObject({ ener_tot: 0, tdis_tot: 0, time_rat: null });
  });

  it("set again begins again", async () => {
    const first = await put({ time_period: "test_day" });
    await advance({ oveAct_u: 5000, oveAct_activate: 1 });
    expect((await put({ time_period: "test_day" })).payload).toEqual(first.payload);
  });

  it("has no end any more after initialize", async () => {
    await put({ time_period: "test_day" });
    await call("PUT", `/initialize/${testid}`, { body: { start_time: 26 * DAY, warmup_period: 0 } });
    await step(2 * DAY);
    expect((await advance()).payload.time).toBe(28 * DAY);
    expect(await get()).toMatchObject({ time_period: "test_day" });
  });

  it("keeps the step", async () => {
    await step(900);
    await put({ time_period: "test_day" });
    expect((await advance()).payload.time).toBe(13 * DAY + 900);
  });
});

describe("the electricity price", () => {
  it("accounts for the whole test from its start, whenever it is set; a heater on gas costs the same under all", async () => {
    await step(DAY);
    await advance();
    const constant = await kpi();
    await put({ electricity_price: "dynamic" });
    const dynamic = await kpi();
    expect(dynamic).toEqual(constant);
    expect(constant.cost_tot).toBeGreaterThan(0);
    await put({ electricity_price: "constant" });
    expect(await kpi()).toEqual(constant);
  });
});

describe("on a Queued test", () => {
  it("GET answers, and PUT queues up", async () => {
    cloud().doorbells.hold();
    try {
      const queued = ((await call("POST", "/testcases/testcase1/select-async")).json as { testid: string }).testid;
      expect((await call("GET", `/scenario/${queued}`)).payload).toEqual(FRESH);
      const waiting = call("PUT", `/scenario/${queued}`, { body: { seed: 1 } });
      cloud().doorbells.release();
      expect((await waiting).payload).toMatchObject({ seed: 1 });
    } finally {
      cloud().doorbells.release();
    }
  });
});
