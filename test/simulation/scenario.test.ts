import { describe, expect, it } from "vitest";
import { boundaryData, constant } from "../../functions/simulation/boundary.ts";
import { changeScenario, FRESH_SCENARIO, readScenario, timePeriod } from "../../functions/simulation/scenario.ts";
import { builtIn } from "./support.ts";

const testcase = builtIn("testcase1");
const withSun = {
  ...testcase,
  boundary: boundaryData([{ point: "HGloHor", Unit: "W/m2", Description: "", signal: constant(1) }]),
};
const nothing = {
  electricity_price: null,
  time_period: null,
  temperature_uncertainty: null,
  solar_uncertainty: null,
  seed: null,
};

describe("a change of scenario", () => {
  it("may set any of the fields, or none", () => {
    expect(readScenario(testcase, {})).toEqual({ ok: true, change: nothing });
    expect(
      readScenario(testcase, {
        electricity_price: "dynamic",
        time_period: "test_day",
        temperature_uncertainty: "high",
        seed: 7,
      }),
    ).toEqual({
      ok: true,
      change: {
        electricity_price: "dynamic",
        time_period: "test_day",
        temperature_uncertainty: "high",
        solar_uncertainty: null,
        seed: 7,
      },
    });
    expect(readScenario(withSun, { solar_uncertainty: "medium" })).toMatchObject({
      change: { solar_uncertainty: "medium" },
    });
  });

  it("takes null for left out, and none for no uncertainty", () => {
    expect(readScenario(testcase, { ...nothing })).toEqual({ ok: true, change: nothing });
    expect(readScenario(testcase, { temperature_uncertainty: "none", solar_uncertainty: "none" })).toEqual({
      ok: true,
      change: nothing,
    });
  });

  it.each([
    [0, 0],
    ["0", 0],
    [12, 12],
    ["1e3", 1000],
    [" 5.0 ", 5],
    ["-0", 0],
  ])("reads the seed %j", (seed, expected) => {
    const read = readScenario(testcase, { seed });
    expect(read).toStrictEqual({ ok: true, change: { ...nothing, seed: expected } });
  });

  it.each([
    ["electricity_price", "cheap", '"constant", "dynamic", "highly_dynamic"'],
    ["electricity_price", "none", '"constant"'],
    ["electricity_price", 1, '"constant"'],
    ["electricity_price", ["dynamic"], '"constant"'],
    ["time_period", "peak_heat_day", '"test_day"'],
    ["time_period", "constructor", '"test_day"'],
    ["time_period", "__proto__", '"test_day"'],
    ["temperature_uncertainty", "huge", '"none", "low", "medium", "high"'],
    ["temperature_uncertainty", "", '"low"'],
    ["solar_uncertainty", false, '"low"'],
    ["solar_uncertainty", "low", "HGloHor"],
    ["seed", -1, "integer from 0"],
    ["seed", 1.5, "integer from 0"],
    ["seed", "abc", "integer from 0"],
    ["seed", "", "integer from 0"],
    ["seed", true, "integer from 0"],
    ["seed", Number.NaN, "integer from 0"],
    ["seed", "inf", "integer from 0"],
    ["seed", 2 ** 53, "integer from 0"],
  ])("is refused for the %s %j, saying what is allowed", (field, value, allowed) => {
    const read = readScenario(testcase, { electricity_price: "dynamic", [field]: value });
    expect(read.ok).toBe(false);
    expect(!read.ok && read.message).toContain(field);
    expect(!read.ok && read.message).toContain(typeof value === "number" ? String(value) : JSON.stringify(value));
    expect(!read.ok && read.message).toContain(allowed);
  });

  it("needs a forecast for its uncertainty", () => {
    expect(readScenario(withSun, { temperature_uncertainty: "low" })).toMatchObject({
      ok: false,
      message: expect.stringContaining("TDryBul"),
    });
    expect(readScenario(testcase, { solar_uncertainty: "none" }).ok).toBe(true);
  });

  it("takes nothing from a prototype", () => {
    expect(readScenario(testcase, Object.create({ seed: 5 }) as Record<string, unknown>)).toEqual({
      ok: true,
      change: nothing,
    });
  });

  it("keeps price and time period where they are left out, and drops the rest", () => {
    const before = {
      electricity_price: "dynamic",
      time_period: "test_day",
      temperature_uncertainty: "low",
      solar_uncertainty: null,
      seed: 5,
    } as const;
    expect(changeScenario(before, nothing)).toEqual({
      electricity_price: "dynamic",
      time_period: "test_day",
      temperature_uncertainty: null,
      solar_uncertainty: null,
      seed: null,
    });
    expect(changeScenario(FRESH_SCENARIO, { ...nothing, seed: 3 })).toEqual({
      electricity_price: "constant",
      time_period: null,
      temperature_uncertainty: null,
      solar_uncertainty: null,
      seed: 3,
    });
  });
});

describe("a time period", () => {
  it("is the two weeks around its day, after a week of warm-up", () => {
    expect(timePeriod(testcase, "test_day")).toEqual({
      startTime: 1_123_200,
      warmupPeriod: 604_800,
      endTime: 2_332_800,
    });
  });

  it("does not begin before the year", () => {
    expect(timePeriod({ ...testcase, days: { new_year: 3 } }, "new_year")).toEqual({
      startTime: 0,
      warmupPeriod: 604_800,
      endTime: 1_209_600,
    });
  });

  it("must be one of the test case's", () => {
    for (const name of ["other", "constructor", "__proto__"]) expect(() => timePeriod(testcase, name)).toThrow(name);
  });
});
