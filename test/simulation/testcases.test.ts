import { describe, expect, it } from "vitest";
import { type Kpis, readKpis } from "../../functions/simulation/kpis/kpis.ts";
import { findTestCase, testCaseIds } from "../../functions/simulation/testcases/index.ts";
import { advance, builtIn, columnOf, initialize } from "./support.ts";

/** Every figure that is given agrees within 0.1 %; null is null. */
function expectFigures(kpis: Kpis, figures: Partial<Kpis>): void {
  for (const [name, figure] of Object.entries(figures)) {
    const actual = kpis[name as keyof Kpis];
    if (figure === null) expect(actual, name).toBeNull();
    else expect(Math.abs((actual ?? Number.NaN) / figure - 1), `${name} ${actual}`).toBeLessThan(1e-3);
  }
}

describe("the built-in test cases", () => {
  it("are found by id", () => {
    expect(testCaseIds).toEqual(["testcase1", "testcase3"]);
    expect(findTestCase("testcase3")?.id).toBe("testcase3");
    for (const id of ["testcase2", "", "__proto__", "constructor"]) expect(findTestCase(id)).toBeUndefined();
  });

  it.each([
    ["testcase1", 10],
    ["testcase3", 20],
  ])("%s has an area of %d m², and defaults", (id, area) => {
    expect(builtIn(id)).toMatchObject({
      area,
      defaults: { startTime: 0, warmupPeriod: 0, step: 60 },
      days: { test_day: 20 },
    });
  });

  it.each(testCaseIds)("%s samples its points: time, inputs, measurements", async (id) => {
    const testcase = builtIn(id);
    const { samples, snapshot } = await initialize(testcase);
    const names = ["time", ...Object.keys(testcase.inputs), ...Object.keys(testcase.measurements)];
    expect(samples.names).toEqual(names);
    const next = await advance(testcase, snapshot, 60);
    expect(next.samples.names).toEqual(names);
    expect(next.samples.columns.map((values) => values.length)).toEqual(names.map(() => 2));
    expect(Object.keys(next.points)).toEqual(names);
  });

  it("describes the points of testcase1", () => {
    const { inputs, measurements } = builtIn("testcase1");
    expect(inputs).toEqual({
      oveAct_u: { Unit: "W", Description: "Heater/Cooler thermal power", Minimum: -10000, Maximum: 10000 },
      oveAct_activate: {
        Unit: null,
        Description: "Activation for Heater/Cooler thermal power",
        Minimum: null,
        Maximum: null,
      },
    });
    expect(measurements).toEqual({
      TRooAir_y: { Unit: "K", Description: "Zone air temperature", Minimum: null, Maximum: null },
      PHeaCoo_y: { Unit: "W", Description: "Heater/Cooler power", Minimum: null, Maximum: null },
      CO2RooAir_y: { Unit: "ppm", Description: "Zone air CO2 concentration", Minimum: null, Maximum: null },
    });
  });

  it("describes the points of testcase3", () => {
    const { inputs, measurements } = builtIn("testcase3");
    expect(Object.entries(inputs).map(([name, { Description }]) => [name, Description])).toEqual([
      ["oveActSou_u", "Heater thermal power of south zone"],
      ["oveActSou_activate", "Activation for Heater thermal power of south zone"],
      ["oveActNor_u", "Heater thermal power of north zone"],
      ["oveActNor_activate", "Activation for Heater thermal power of north zone"],
    ]);
    expect(Object.entries(measurements).map(([name, { Unit, Description }]) => [name, Unit, Description])).toEqual([
      ["TRooAirSou_y", "K", "Operative zone temperature of south zone"],
      ["PHeaCooSou_y", "W", "Heater / Cooler power of south zone"],
      ["CO2RooAirSou_y", "ppm", "Zone air CO2 concentration of south zone"],
      ["TRooAirNor_y", "K", "Zone air temperature of north zone"],
      ["PHeaCooNor_y", "W", "Heater / Cooler power of north zone"],
      ["CO2RooAirNor_y", "ppm", "Zone air CO2 concentration of north zone"],
    ]);
  });
});

describe("measurements", () => {
  it("are power over efficiency, whether heating or cooling, and the daily wave of CO₂", async () => {
    const testcase = builtIn("testcase1");
    const { snapshot } = await initialize(testcase, 21_600);
    const heating = await advance(testcase, snapshot, 0, { oveAct_u: 990, oveAct_activate: 1 });
    expect(heating.points).toMatchObject({ PHeaCoo_y: 1000, CO2RooAir_y: 1000, TRooAir_y: 293.15, time: 21_600 });
    const cooling = await advance(testcase, snapshot, 43_200, { oveAct_u: -990, oveAct_activate: 1 });
    expect(cooling.points).toMatchObject({ oveAct_u: -990, PHeaCoo_y: 1000, CO2RooAir_y: 500 });
  });

  it("come in their zone's column, and zones do not touch, but that they share a solver's steps", async () => {
    const testcase = builtIn("testcase3");
    const { snapshot } = await initialize(testcase, 3600);
    const free = await advance(testcase, snapshot, 600);
    const inputs = { oveActSou_u: 5, oveActSou_activate: 0, oveActNor_u: -10_000, oveActNor_activate: 1 };
    const cold = await advance(testcase, snapshot, 600, inputs);
    expect(cold.points.TRooAirSou_y).toBeCloseTo(free.points.TRooAirSou_y ?? 0, 4);
    expect(cold.points).toMatchObject({ oveActSou_activate: 0, oveActNor_activate: 1, oveActNor_u: -10_000 });
    expect(cold.points.oveActSou_u).toBeCloseTo(free.points.oveActSou_u ?? 0, 6);
    expect(cold.points.TRooAirNor_y).toBeLessThan((free.points.TRooAirNor_y ?? 0) - 5);
  });

  it("show a saturated heater after a long overwrite with cold is released", async () => {
    const testcase = builtIn("testcase1");
    let { snapshot } = await initialize(testcase);
    ({ snapshot } = await advance(testcase, snapshot, 43_200, { oveAct_u: -10_000, oveAct_activate: 1 }));
    const { samples, points } = await advance(testcase, snapshot, 3600, { oveAct_u: -10_000, oveAct_activate: 0 });
    const heat = columnOf(samples, "oveAct_u");
    const temperature = columnOf(samples, "TRooAir_y");
    expect(temperature[0]).toBeLessThan(243.15);
    expect([...heat.subarray(0, 10)]).toEqual(Array(10).fill(100_000));
    // from the saturation's end, 243.15 K, the controller is proportional; the zone is back within minutes
    const firstProportional = heat.findIndex((value) => value < 100_000);
    expect(temperature[firstProportional - 1]).toBeLessThan(243.15);
    expect(temperature[firstProportional]).toBeGreaterThan(243.15);
    expect(points.TRooAir_y).toBeGreaterThan(292.5);
    heat.forEach((value, i) => {
      const expected = Math.min(100_000, Math.max(0, 2000 * (293.15 - (temperature[i] ?? 0))));
      expect(Math.abs(value - expected)).toBeLessThan(1e-6);
    });
  });
});

describe("published figures", () => {
  it("agree for testcase1 under its own control", async () => {
    const testcase = builtIn("testcase1");
    const { snapshot } = await initialize(testcase, 43_200, 43_200);
    const { snapshot: end } = await advance(testcase, snapshot, 86_400);
    expectFigures(readKpis(testcase, end.kpis, "constant"), {
      tdis_tot: 39.255,
      idis_tot: 508.47,
      ener_tot: 0.72282,
      cost_tot: 0.050597,
      emis_tot: 0.14456,
      pele_tot: null,
      pgas_tot: 0.1844,
      pdih_tot: null,
    });
  });

  it("agree for testcase3 under its own control", async () => {
    const testcase = builtIn("testcase3");
    const { snapshot } = await initialize(testcase, 43_200, 43_200);
    const { snapshot: end } = await advance(testcase, snapshot, 86_400);
    expectFigures(readKpis(testcase, end.kpis, "constant"), { ener_tot: 0.788, pgas_tot: 0.18921, pele_tot: null });
  });
});
