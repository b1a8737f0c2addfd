import { beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { fmuEntries } from "../fmus/build.ts";
import { resources } from "../fmus/resources.ts";
import { zip } from "../fmus/zip.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { ALICE, as, callsDuring, ROOT, upload, uploadFmu } from "../support/fmu.ts";
import { redisOf } from "../support/state.ts";

const HOUR = 3600;
const DAY = 86_400;
const lines: string[] = [];
// So that long steps are left off and gone on with.
const cloud = useCloud({
  workers: 2,
  accounts: [ROOT, ALICE],
  environment: { COMPUTE_MS: "100" },
  onLog: (name, line) => {
    if (name === "worker") lines.push(line);
  },
});
const client = clientOf(cloud);
const redis = () => redisOf(cloud());
const { call } = client;

type Values = Record<string, number>;
type Columns = Record<string, number[]>;

beforeAll(async () => {
  await uploadFmu(client, "cs", "/testcases/building");
});

const select = (path: string, who?: typeof ROOT) =>
  call<unknown>("POST", `${path}/select`, who === undefined ? {} : { headers: as(who) });

async function selected(path = "/testcases/building", who?: typeof ROOT): Promise<string> {
  const { status, json, text } = await select(path, who);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return (json as { testid: string }).testid;
}

/** A column of one of the CSV files in the FMU, by the hour. */
function csvColumn(file: string, name: string): number[] {
  const entry = resources().find(({ path }) => path === `resources/${file}`);
  const [head = "", ...rows] = String(entry?.content).trim().split("\n").slice(1);
  const column = head.split(",").indexOf(name);
  return rows.map((row) => Number(row.split(",")[column]));
}

describe("an FMU that was uploaded through a post-form", () => {
  it("is listed, and can be selected at once: the select waits until it is checked", async () => {
    await uploadFmu(client, "me", "/users/alice/testcases/mine", ALICE);
    const testid = await selected("/users/alice/testcases/mine", ALICE);
    expect((await call("GET", "/testcases")).json).toContainEqual({ testcaseid: "building", status: "ready" });
    const listed = await call("GET", "/users/alice/testcases", { headers: as(ALICE) });
    expect(listed.json).toEqual([{ testcaseid: "mine", status: "ready" }]);
    expect((await call("GET", `/status/${testid}`)).json).toBe("Running");
    expect((await call("POST", `/advance/${testid}`)).status).toBe(200);
    // This system has Landlock and seccomp. Answers are kept for two seconds.
    const confinement = async () => ((await call("GET", "/healthz")).json as { confinement: unknown }).confinement;
    await expect
      .poll(confinement, { timeout: 10_000 })
      .toMatchObject({ files: true, calls: true, user: true, at: expect.any(String) });
    expect((await select("/users/alice/testcases/mine", ROOT)).status).toBe(401);
  });

  it("says of itself what its description and its resources say", async () => {
    const testid = await selected();
    expect((await call("GET", `/name/${testid}`)).payload).toEqual({ name: "building" });
    expect((await call("GET", `/step/${testid}`)).payload).toBe(HOUR);
    const inputs = (await call<Record<string, object>>("GET", `/inputs/${testid}`)).payload;
    expect(Object.keys(inputs)).toHaveLength(8);
    expect(inputs.oveTSetSou_u).toEqual({
      Unit: "K",
      Description: "Set-point of the south zone's thermostat",
      Minimum: 278.15,
      Maximum: 308.15,
    });
    const measurements = (await call<Record<string, object>>("GET", `/measurements/${testid}`)).payload;
    expect(Object.keys(measurements)).toContain("TRooAirNor_y");
    expect(Object.keys(measurements)).not.toContain("oveTSetSou_y");
    const points = (await call<Record<string, object>>("GET", `/forecast_points/${testid}`)).payload;
    expect(points.TDryBul).toMatchObject({ Unit: "K" });
    expect(Object.keys(points)).toContain("LowerSetp[Nor]");
    const { time } = (await call<Values>("GET", `/points/${testid}`)).payload;
    expect(time).toBe(0);
  });

  it("without BOPTEST's settings is run all the same: its inputs are always in force, from their start values on", async () => {
    // The library knows variables by number, so they may have any names.
    const renamed = (description: string) =>
      description
        .replace('name="oveHeaSou_u"', 'name="signal"')
        .replace('name="oveHeaSou_activate"', 'name="isOn"')
        .replace(/(name="signal".*?start=)"0"/, '$1"0.5"')
        .replace(/(name="isOn".*?start=)"false"/, '$1"true"');
    const entries = (await fmuEntries("cs")).flatMap(({ path, content, ...rest }) => {
      if (path.endsWith(".json")) return [];
      return [{ ...rest, path, content: path === "modelDescription.xml" ? renamed(String(content)) : content }];
    });
    await upload(client, "/users/alice/testcases/plain", ALICE, new Blob([zip(entries)]));
    const testid = await selected("/users/alice/testcases/plain", ALICE);
    const body = (inputs: object) => ({ body: inputs });
    const held = (await call<Values>("POST", `/advance/${testid}`)).payload;
    expect(held).toMatchObject({ signal: 0.5, isOn: 1 });
    const off = (await call<Values>("POST", `/advance/${testid}`, body({ signal: 0 }))).payload;
    expect(off).toMatchObject({ signal: 0, isOn: 1, PHeaSou_y: 0 });
    expect(held.PHeaSou_y).toBeGreaterThan(0);
    // A rollout holds what is in force.
    const tried = await call<{ values: Values[] }>("POST", `/rollout/${testid}`, body({ inputs: [{}, { signal: 1 }] }));
    expect(tried.payload.values.map(({ signal }) => signal)).toEqual([0, 1]);
    const kpis = (await call<Record<string, number | null>>("GET", `/kpi/${testid}`)).payload;
    expect(kpis.tdis_tot).toBeNull();
    const named = await call("GET", `/name/${testid}`);
    expect(named.message).toMatch(/plain FMU/);
    const scenario = await call("PUT", `/scenario/${testid}`, body({ time_period: "peak_heat_day" }));
    expect(scenario.status).toBe(400);
    // Its CSV files are boundary data, as any test case's.
    expect((await call<object>("GET", `/forecast_points/${testid}`)).payload).toHaveProperty("TDryBul");
  });

  it("advances under inputs that are held, and reads back what was in force", async () => {
    const testid = await selected();
    await call("PUT", `/initialize/${testid}`, { body: { start_time: 20 * DAY, warmup_period: DAY } });
    const heated = { oveHeaSou_u: 1, oveHeaSou_activate: 1 };
    const on = (await call<Values>("POST", `/advance/${testid}`, { body: heated })).payload;
    expect(on).toMatchObject({ time: 20 * DAY + HOUR, oveHeaSou_u: 1, oveHeaSou_activate: 1 });
    const off = (await call<Values>("POST", `/advance/${testid}`, { body: { oveHeaSou_u: 0 } })).payload;
    expect(off.PHeaSou_y).toBe(0);
    expect(off.TRooAirSou_y).toBeLessThan(on.TRooAirSou_y ?? 0);
    const free = (await call<Values>("POST", `/advance/${testid}`, { body: { oveHeaSou_activate: 0 } })).payload;
    expect(free.oveHeaSou_activate).toBe(0);
    const none = await call<Values>("POST", `/advance/${testid}`, { body: { nosuch_u: 1 } });
    expect(none.status).toBe(400);
    const body = { point_names: ["PHeaSou_y", "oveHeaSou_u"], start_time: 20 * DAY, final_time: 21 * DAY };
    const { payload } = await call<Columns>("PUT", `/results/${testid}`, { body });
    expect(payload.time).toHaveLength(361);
    expect(payload.time?.slice(0, 3)).toEqual([20 * DAY, 20 * DAY + 30, 20 * DAY + 60]);
    expect(payload.oveHeaSou_u?.slice(1, 121)).toEqual(Array(120).fill(1));
    expect(Math.max(...(payload.PHeaSou_y ?? []).slice(121, 241))).toBe(0);
  });

  it("has KPIs that follow from its samples, under prices that a scenario chooses", async () => {
    const testid = await selected();
    await call("PUT", `/initialize/${testid}`, { body: { start_time: 14 * DAY, warmup_period: 0 } });
    await call("PUT", `/step/${testid}`, { body: { step: DAY } });
    await call("POST", `/advance/${testid}`);
    const kpi = async () => (await call<Values>("GET", `/kpi/${testid}`)).payload;
    const constant = await kpi();
    const names = ["time", "PHeaSou_y", "PHeaNor_y", "PFan_y"];
    const body = { point_names: names, start_time: 14 * DAY, final_time: 15 * DAY };
    const { time = [], ...powers } = (await call<Columns>("PUT", `/results/${testid}`, { body })).payload;
    let energy = 0;
    for (let i = 1; i < time.length; i++) {
      const watts = (at: number) => Object.values(powers).reduce((sum, values) => sum + (values[at] ?? 0), 0);
      energy += ((watts(i - 1) + watts(i)) / 2) * ((time[i] ?? 0) - (time[i - 1] ?? 0));
    }
    // The benchmark's own rounding of 1 / 3.6e6.
    const kwhPerArea = (energy * 2.77778e-7) / 120;
    expect(constant.ener_tot).toBeCloseTo(kwhPerArea, 9);
    expect(constant.cost_tot).toBeCloseTo(0.2 * kwhPerArea, 9);
    expect(constant.emis_tot).toBeCloseTo(0.25 * kwhPerArea, 9);
    expect(constant.pgas_tot).toBeNull();
    expect(constant.idis_tot).toBeGreaterThan(0);
    await call("PUT", `/scenario/${testid}`, { body: { electricity_price: "dynamic" } });
    expect((await kpi()).cost_tot).not.toBeCloseTo(constant.cost_tot ?? 0, 6);
    expect((await kpi()).ener_tot).toBe(constant.ener_tot);
  });

  it("forecasts its own weather and prices, with errors that a scenario asks for and that stay the same", async () => {
    const testid = await selected();
    await call("PUT", `/initialize/${testid}`, { body: { start_time: 10 * DAY, warmup_period: 0 } });
    const forecast = async (body = {}) => {
      const asked = { point_names: ["TDryBul", "PriceElectricPowerDynamic"], horizon: 6 * HOUR, interval: HOUR };
      return (await call<Columns>("PUT", `/forecast/${testid}`, { body: { ...asked, ...body } })).payload;
    };
    const hours = (values: number[]) => values.slice(240, 247);
    const exact = await forecast();
    expect(exact.TDryBul).toEqual(hours(csvColumn("weather.csv", "TDryBul")));
    expect(exact.PriceElectricPowerDynamic).toEqual(hours(csvColumn("prices.csv", "PriceElectricPowerDynamic")));
    const between = await forecast({ interval: HOUR / 2 });
    expect(between.TDryBul?.[1]).toBeCloseTo(((exact.TDryBul?.[0] ?? 0) + (exact.TDryBul?.[1] ?? 0)) / 2, 9);
    await call("PUT", `/scenario/${testid}`, { body: { temperature_uncertainty: "high", seed: 7 } });
    const uncertain = await forecast();
    expect(uncertain.TDryBul).not.toEqual(exact.TDryBul);
    // Later in the same hour the error is the one that was drawn first.
    await call("PUT", `/step/${testid}`, { body: { step: 600 } });
    await call("POST", `/advance/${testid}`);
    const later = await forecast();
    expect(later.time?.[0]).toBe(10 * DAY + 600);
    expect(await forecast()).toEqual(later);
    expect(await redis().command(["HGET", keys.test(testid), "drawn"])).toBe("240 21600=864000");
  });

  it("is taken through a scenario's period to its end, over as many invocations as it takes", async () => {
    const testid = await selected();
    const { payload } = await call<{ time_period: Values }>("PUT", `/scenario/${testid}`, {
      body: { time_period: "peak_heat_day", electricity_price: "highly_dynamic" },
    });
    expect(payload.time_period.time).toBe((17 - 7) * DAY);
    await call("PUT", `/step/${testid}`, { body: { step: 10 * DAY } });
    await call("POST", `/advance/${testid}`);
    const last = await call<Values>("POST", `/advance/${testid}`);
    expect(last.payload.time).toBe((17 + 7) * DAY);
    expect((await call("POST", `/advance/${testid}`)).payload).toEqual({});
    const suspended = lines.filter((line) => line.includes('"drained":"suspended"') && line.includes(testid));
    expect(suspended.length).toBeGreaterThan(2);
    const body = { point_names: ["TRooAirSou_y"], start_time: 0, final_time: 1e9 };
    const { time = [] } = (await call<Columns>("PUT", `/results/${testid}`, { body })).payload;
    expect(time).toEqual(Array.from({ length: 21 * 2880 + 1 }, (_, i) => 3 * DAY + 30 * i));
  });

  it("is warmed up once for all: who selects it later asks no model at all", async () => {
    await selected();
    expect(await callsDuring(cloud(), () => selected())).toEqual([]);
  });
});

describe("what is uploaded", () => {
  it("under a name anew is another version, and a test that runs keeps the one that it began with", async () => {
    await uploadFmu(client, "cs", "/testcases/changing");
    const old = await selected("/testcases/changing");
    const entries = await fmuEntries("cs");
    const changed = entries.map((entry) =>
      entry.path === "resources/config.json"
        ? { ...entry, content: String(entry.content).replace("120", "60") }
        : entry,
    );
    await upload(client, "/testcases/changing", ROOT, new Blob([Uint8Array.from(zip(changed))]));
    const young = await selected("/testcases/changing");
    const version = async (testid: string) => await redis().command(["HGET", keys.test(testid), "version"]);
    expect(await version(young)).not.toBe(await version(old));
    const energy = async (testid: string) => {
      expect((await call("POST", `/advance/${testid}`)).status).toBe(200);
      return (await call<Values>("GET", `/kpi/${testid}`)).payload.ener_tot ?? 0;
    };
    const [before, after] = [await energy(old), await energy(young)];
    expect(before).toBeGreaterThan(0);
    // Of half the area.
    expect(after).toBeCloseTo(2 * before, 9);
  });

  it("and is no test case, is refused with every reason, in the select that waits and in those after it", async () => {
    const entries = await fmuEntries("cs");
    const without = entries.filter(({ path }) => !/config\.json|kpis\.json|\.so$/.test(path));
    await upload(client, "/testcases/bad", ROOT, new Blob([Uint8Array.from(zip(without))]));
    for (let i = 0; i < 2; i++) {
      const { status, json } = await select("/testcases/bad");
      expect(status).toBe(400);
      const { reasons, detail } = json as { reasons: string[]; detail: string };
      for (const what of ["config.json", "kpis.json", "linux64"]) {
        expect(reasons.filter((reason) => reason.includes(what))).toHaveLength(1);
      }
      for (const reason of reasons) expect(detail).toContain(reason);
    }
    await upload(client, "/testcases/bad", ROOT, new Blob(["not even a zip"]));
    expect((await select("/testcases/bad")).status).toBe(400);
    // Corrected, it can be used.
    await uploadFmu(client, "cs", "/testcases/bad");
    expect((await select("/testcases/bad")).status).toBe(200);
  });

  it("is told apart from a test that waits for it: 409 for what nobody knows yet, and its commands wait", async () => {
    await uploadFmu(client, "me", "/testcases/slow");
    const { json } = await call("POST", "/testcases/slow/select-async");
    const { testid } = json as { testid: string };
    const early = await call("GET", `/inputs/${testid}`);
    expect([200, 409]).toContain(early.status);
    const advance = await call<Values>("POST", `/advance/${testid}`);
    expect(advance).toMatchObject({ status: 200, payload: { time: HOUR } });
  });
});
