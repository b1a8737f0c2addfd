import { beforeAll, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";

/** What a page needs to show a test, beside BOPTEST's own routes. */

const cloud = useCloud();
const { call, selectTest } = clientOf(cloud);

let testid: string;
beforeAll(async () => {
  testid = await selectTest();
  await call("PUT", `/step/${testid}`, { body: { step: 3600 } });
  await call("POST", `/advance/${testid}`, { body: new Array(24).fill({}) });
});

type Columns = Record<string, (number | null)[]>;
const results = async (body: object) => await call<Columns>("PUT", `/results/${testid}`, { body });
const all = { start_time: 0, final_time: 86_400 };

describe("results for a plot", () => {
  it("have no more rows than asked for, and the extremes of all samples", async () => {
    const point_names = ["TRooAir_y", "PHeaCoo_y"];
    const whole = (await results({ point_names, ...all })).payload;
    expect(whole.time).toHaveLength(2881);
    const { status, payload } = await results({ point_names, ...all, points: 100 });
    expect([status, Object.keys(payload), payload.time?.length]).toEqual([200, ["time", ...point_names], 100]);
    for (const name of point_names) {
      const [few, many] = [payload[name]?.map(Number) ?? [], whole[name]?.map(Number) ?? []];
      expect([Math.min(...few), Math.max(...few)]).toEqual([Math.min(...many), Math.max(...many)]);
    }
  });

  it("are all samples where there are no more than that", async () => {
    const body = { point_names: ["TRooAir_y"], start_time: 0, final_time: 3600 };
    expect((await results({ ...body, points: 121 })).payload).toEqual((await results(body)).payload);
    expect((await results({ ...body, points: null })).payload.time).toHaveLength(121);
  });

  it("tell what the boundary conditions were, too", async () => {
    const point_names = ["TDryBul", "LowerSetp[1]", "PriceElectricPowerDynamic"];
    const { payload } = await results({ point_names, ...all });
    expect(Object.keys(payload)).toEqual(["time", ...point_names]);
    const at = payload.time?.indexOf(43_200) ?? -1;
    // At noon: the tariff of the day, and as warm as in the forecast made at that time.
    expect([payload["LowerSetp[1]"]?.[at], payload.PriceElectricPowerDynamic?.[at]]).toEqual([293.15, 0.3]);
    const twin = await selectTest();
    await call("PUT", `/initialize/${twin}`, { body: { start_time: 43_200, warmup_period: 0 } });
    const forecast = { point_names: ["TDryBul"], horizon: 0, interval: 1 };
    const { payload: then } = await call<Columns>("PUT", `/forecast/${twin}`, { body: forecast });
    expect(payload.TDryBul?.[at]).toBe(then.TDryBul?.[0]);
  });

  it.each([0, 1, 2.5, 10_001, "many", true, [100]])("cannot have %j rows", async (points) => {
    const { status, message } = await results({ point_names: ["TRooAir_y"], ...all, points });
    expect(status).toBe(400);
    expect(message).toMatch(/^The field points is .*\. It must be a whole number of rows from 2 to 10000\.$/);
  });
});

describe("results at intervals", () => {
  it("are one sample for each, as all samples have it, and are read from the few chunks that are wanted", async () => {
    const point_names = ["TRooAir_y", "TDryBul"];
    const whole = (await results({ point_names, ...all })).payload;
    const { payload } = await results({ point_names, ...all, interval: 3600 });
    expect(payload.time).toEqual(Array.from({ length: 25 }, (_, hour) => 3600 * hour));
    for (const name of point_names) {
      expect(payload[name]).toEqual(whole[name]?.filter((_, row) => row % 120 === 0));
    }
    const from = { point_names, start_time: "7200", final_time: "inf", interval: "43200" };
    expect((await results(from)).payload.time).toEqual([7200, 50_400]);
  });

  it("of an hour are read without the chunks of other hours", async () => {
    const twin = await selectTest();
    await call("PUT", `/step/${twin}`, { body: { step: 3600 } });
    // Each step alone leaves a chunk of its own; a list of them leaves one.
    for (let hour = 0; hour < 6; hour++) await call("POST", `/advance/${twin}`, { body: new Array(20).fill({}) });
    const bytesOf = async (final_time: number) => {
      const body = { point_names: ["TRooAir_y"], start_time: 0, final_time, interval: 3600 };
      return (await costOf(cloud(), () => call("PUT", `/results/${twin}`, { body }))).bytes;
    };
    expect(await bytesOf(3600)).toBeLessThan((await bytesOf(1e9)) / 2);
  });

  it.each([0, -60, "often", true, [60], 31_536_001, "inf"])("cannot be %j apart", async (interval) => {
    const { status, message } = await results({ point_names: ["TRooAir_y"], ...all, interval });
    expect(status).toBe(400);
    expect(message).toMatch(/^The field interval is .*\. It must be a number of seconds/);
  });
});

describe("about", () => {
  it("tells of a test case what a test of it then tells", async () => {
    const { status, payload } = await call<Record<string, unknown>>("GET", "/testcases/testcase1/about");
    expect(status).toBe(200);
    expect(payload).toMatchObject({
      testcaseid: "testcase1",
      area: 10,
      defaults: { start_time: 0, warmup_period: 0, step: 60 },
      // The two weeks around day 20.
      time_periods: { test_day: { start_time: 13 * 86_400, final_time: 27 * 86_400 } },
      signals: { "AirZoneTemperature[1]": ["TRooAir_y"] },
    });
    expect((await call("GET", `/about/${testid}`)).payload).toEqual(payload);
    for (const name of ["inputs", "measurements", "forecast_points"]) {
      expect(payload[name], name).toEqual((await call("GET", `/${name}/${testid}`)).payload);
    }
  });

  it("is 404 for a test case that there is not, and BOPTEST's 400 for a test", async () => {
    expect((await call("GET", "/testcases/nope/about")).status).toBe(404);
    expect((await call("GET", "/testcases/somewhere/nope/about")).status).toBe(404);
    expect((await call("GET", "/users/somebody/testcases/nope/about")).status).toBe(401);
    expect((await call("GET", "/about/5b4bd3f5-6ba0-4a3b-8d6c-7a9f0e2f1c11")).status).toBe(400);
  });
});

describe("polling", () => {
  it.each(["points", "kpi", "status"])("%s is answered 304 until there is something new", async (route) => {
    const path = `/${route}/${testid}`;
    const { headers } = await call("GET", path);
    const etag = headers.get("etag") ?? "";
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await call("GET", path, { headers: { "if-none-match": header } });
      expect([again.status, again.text, again.headers.get("etag")], header).toEqual([304, "", etag]);
    }
    expect((await call("GET", path, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  });

  it("points costs one round trip, and sees the next step", async () => {
    const etag = (await call("GET", `/points/${testid}`)).headers.get("etag") ?? "";
    const poll = () => call("GET", `/points/${testid}`, { headers: { "if-none-match": etag } });
    expect(await costOf(cloud(), poll)).toMatchObject({ roundTrips: 1, objects: 0, messages: 0 });
    await call("POST", `/advance/${testid}`, { body: {} });
    expect((await poll()).status).toBe(200);
  });
});
