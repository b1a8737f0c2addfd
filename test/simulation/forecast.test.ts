import { describe, expect, it } from "vitest";
import { boundaryData, constant, interpolated } from "../../functions/simulation/boundary.ts";
import { forecast, type Uncertainty } from "../../functions/simulation/forecast/forecast.ts";
import { readForecastRequest } from "../../functions/simulation/forecast/request.ts";
import { uncertainIrradiation } from "../../functions/simulation/forecast/uncertainty.ts";
import type { UncertaintyLevel } from "../../functions/simulation/scenario.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { builtIn, fixture } from "./support.ts";

const HOUR = 3600;
const testcase1 = builtIn("testcase1");

const light = { Unit: "W/m2", Description: "" };
/** 900 W/m² at noon, nothing before 6:00 and after 18:00. */
const day = Array.from({ length: 24 }, (_, hour) =>
  hour > 6 && hour < 18 ? 900 * Math.sin(((hour - 6) * Math.PI) / 12) : 0,
);
const outdoor = {
  point: "TDryBul",
  Unit: "K",
  Description: "",
  signal: (t: number) => testcase1.boundary.values("TDryBul", [t])[0] ?? 0,
};
const withSun: TestCase = {
  ...testcase1,
  boundary: boundaryData([outdoor, { point: "HGloHor", ...light, signal: interpolated(HOUR, day) }]),
};
const withDusk: TestCase = {
  ...testcase1,
  boundary: boundaryData([{ point: "HGloHor", ...light, signal: constant(60) }]),
};

const certain: Uncertainty = { temperature: null, solar: null, seedBase: 0, drawnAt: 0 };

describe("a forecast", () => {
  it("has the values from now up to and including the horizon", () => {
    expect(forecast(testcase1, ["PriceElectricPowerDynamic", "UpperCO2[1]"], 25_200, 7200, 1800, null)).toEqual({
      time: [25_200, 27_000, 28_800, 30_600, 32_400],
      PriceElectricPowerDynamic: [0.1, 0.1, 0.3, 0.3, 0.3],
      "UpperCO2[1]": [894, 894, 894, 894, 894],
    });
  });

  it("leaves out what lies beyond the horizon", () => {
    expect(forecast(testcase1, [], 10, 100, 30, null)).toEqual({ time: [10, 40, 70, 100] });
    expect(forecast(testcase1, [], 0, 100, 30, null)).toEqual({ time: [0, 30, 60, 90] });
    expect(forecast(testcase1, [], 5, 0, 30, null)).toEqual({ time: [5] });
    expect(forecast(testcase1, [], 5, 29, 30, null)).toEqual({ time: [5] });
  });

  it("has times cut to integers, and takes the values there", () => {
    expect(forecast(testcase1, ["PriceElectricPowerDynamic"], 28_799.7, 1.2, 0.4, null)).toEqual({
      time: [28_799, 28_800, 28_800, 28_800],
      PriceElectricPowerDynamic: [0.1, 0.3, 0.3, 0.3],
    });
  });

  it("wraps at the end of the year", () => {
    const { TDryBul = [] } = forecast(testcase1, ["TDryBul"], 31_536_000 - HOUR, 2 * HOUR, HOUR, null);
    expect(TDryBul[0]).toBeCloseTo(293.15 - 10 * Math.sin(Math.PI / 12), 4);
    expect(TDryBul[1]).toBeCloseTo(293.15, 4);
    expect(TDryBul[2]).toBeCloseTo(293.15 + 10 * Math.sin(Math.PI / 12), 4);
  });

  it("has no value where the data have none, and its error is drawn as if they had", () => {
    const sun = interpolated(HOUR, day);
    const gap = (time: number) => (time > 34 * HOUR && time < 36 * HOUR ? Number.NaN : sun(time));
    const withGap = { ...withSun, boundary: boundaryData([{ point: "HGloHor", ...light, signal: gap }]) };
    const solar: Uncertainty = { ...certain, solar: "low", seedBase: 7 };
    const hours = (testcase: TestCase, uncertainty: Uncertainty | null) =>
      forecast(testcase, ["HGloHor"], 0, 48 * HOUR, HOUR, uncertainty).HGloHor ?? [];
    expect(hours(withGap, null).flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual([35]);
    const [whole, without] = [hours(withSun, solar), hours(withGap, solar)];
    // The mean of three spreads the gap by an hour to both sides.
    expect(without.flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual([34, 35, 36]);
    expect(without.filter((_, i) => i < 34 || i > 36)).toEqual(whole.filter((_, i) => i < 34 || i > 36));
  });

  it("refuses unknown points", () => {
    expect(() => forecast(testcase1, ["HGloHor"], 0, 0, 1, null)).toThrow("HGloHor");
    expect(() => forecast(testcase1, ["__proto__"], 0, 0, 1, null)).toThrow("__proto__");
  });
});

describe("a forecast under uncertainty", () => {
  interface Case {
    readonly point: string;
    readonly light?: string;
    readonly level: UncertaintyLevel;
    readonly seed: number;
    readonly now: number;
    readonly horizon: number;
    readonly interval: number;
    readonly redrawn?: number;
    readonly time: number[];
    readonly values: number[];
  }

  it.each(fixture<Case[]>("forecast"))("of $point, $level, seed $seed at $now s, is numpy's", (expected) => {
    const { point, level, seed, now, horizon, interval } = expected;
    const testcase = expected.light === "dusk" ? withDusk : withSun;
    const uncertainty: Uncertainty = { temperature: level, solar: level, seedBase: seed, drawnAt: now };
    const actual = forecast(testcase, [point], now, horizon, interval, uncertainty);
    expect(actual.time).toEqual(expected.time);
    const values = actual[point] ?? [];
    values.forEach((value, i) => {
      expect(Math.abs(value - (expected.values[i] ?? Number.NaN))).toBeLessThan(1e-9);
    });
    // the error is there
    const data = testcase.boundary.values(point, expected.time);
    expect(values.some((value, i) => Math.abs(value - (data[i] ?? 0)) > 0.05)).toBe(true);
  });

  it("has redrawn cases among those above: the comparison covers redrawing and giving up", () => {
    const redrawn = fixture<Case[]>("forecast").flatMap((each) => each.redrawn ?? []);
    expect(redrawn.filter((tries) => tries > 0 && tries < 199).length).toBeGreaterThan(0);
    expect(redrawn).toContain(199);
  });

  it("leaves all other points as they are, and these at no uncertainty", () => {
    const points = ["PriceGasPower", "LowerSetp[1]"];
    const uncertain = { temperature: "high", solar: "high", seedBase: 1, drawnAt: 0 } as const;
    expect(forecast(testcase1, points, 0, HOUR, 600, uncertain)).toEqual(
      forecast(testcase1, points, 0, HOUR, 600, null),
    );
    expect(forecast(withSun, ["TDryBul", "HGloHor"], 0, HOUR, 600, certain)).toEqual(
      forecast(withSun, ["TDryBul", "HGloHor"], 0, HOUR, 600, null),
    );
    const { TDryBul, HGloHor } = forecast(withSun, ["TDryBul", "HGloHor"], 0, 9 * HOUR, HOUR, {
      ...uncertain,
      solar: null,
    });
    const clean = forecast(withSun, ["TDryBul", "HGloHor"], 0, 9 * HOUR, HOUR, null);
    expect(HGloHor).toEqual(clean.HGloHor);
    expect(TDryBul).not.toEqual(clean.TDryBul);
  });

  it("stays the same for all requests of the hour it was drawn in", () => {
    const uncertainty: Uncertainty = { temperature: "medium", solar: null, seedBase: 9, drawnAt: 7300.5 };
    const atDraw = forecast(testcase1, ["TDryBul"], 7300.5, 6 * HOUR, 100, uncertainty);
    const later = forecast(testcase1, ["TDryBul"], 9000, 6 * HOUR, 100, uncertainty);
    // both are asked at 9000 s, 9100 s, …
    expect(later.TDryBul?.slice(0, 100)).toEqual(atDraw.TDryBul?.slice(17, 117));
    expect(forecast(testcase1, ["TDryBul"], 7300.5, 6 * HOUR, 100, { ...uncertainty, drawnAt: 7300 })).toEqual(atDraw);
    expect(forecast(testcase1, ["TDryBul"], 7300.5, 6 * HOUR, 100, { ...uncertainty, drawnAt: 7301 })).not.toEqual(
      atDraw,
    );
  });

  it("covers the horizon even if that is no full number of hours", () => {
    const uncertainty: Uncertainty = { temperature: "low", solar: null, seedBase: 9, drawnAt: 3599 };
    const longer = forecast(testcase1, ["TDryBul"], 3599, 2 * HOUR, 60, uncertainty);
    const shorter = forecast(testcase1, ["TDryBul"], 3599, 1.5 * HOUR, 60, uncertainty);
    expect(shorter.TDryBul).toEqual(longer.TDryBul?.slice(0, 91));
  });

  it("keeps irradiation within a fifth and twice the data, and nights dark", () => {
    for (let seed = 0; seed < 50; seed++) {
      const data = Float64Array.from([...day, ...day]);
      uncertainIrradiation(data, "high", seed).forEach((value, hour) => {
        const actual = data[hour] ?? Number.NaN;
        expect(value).toBeGreaterThanOrEqual(0.2 * actual);
        expect(value).toBeLessThanOrEqual(2 * actual);
      });
    }
  });
});

describe("a request of a forecast", () => {
  const calm = { temperature_uncertainty: null, solar_uncertainty: null };
  const body = { point_names: ["TDryBul", "PriceGasPower"], horizon: 3600, interval: 300 };
  const read = (changes: Record<string, unknown>, scenario: Parameters<typeof readForecastRequest>[1] = calm) =>
    readForecastRequest(testcase1, scenario, { ...body, ...changes });

  it("is read, numbers as strings too", () => {
    const request = { ok: true, pointNames: ["TDryBul", "PriceGasPower"], horizon: 3600, interval: 300 };
    expect(read({})).toEqual(request);
    expect(read({ horizon: "3600", interval: " 3e2 " })).toEqual(request);
    expect(read({ horizon: 0 })).toMatchObject({ ok: true, horizon: 0 });
    expect(read({ point_names: [] })).toMatchObject({ ok: true });
  });

  it.each([
    ["horizon", -1],
    ["horizon", "-1"],
    ["horizon", "abc"],
    ["horizon", null],
    ["horizon", Number.NaN],
    ["horizon", "inf"],
    ["horizon", true],
    ["interval", 0],
    ["interval", -5],
    ["interval", "5*60"],
    ["interval", null],
    ["interval", Number.POSITIVE_INFINITY],
    ["interval", 1e-9],
    ["point_names", "TDryBul"],
    ["point_names", { "0": "TDryBul" }],
    ["point_names", [1]],
    ["point_names", null],
  ])("is refused for the %s %j", (field, value) => {
    expect(read({ [field]: value })).toMatchObject({ ok: false, message: expect.stringContaining(field) });
  });

  it("is refused where a field is missing", () => {
    for (const field of ["point_names", "horizon", "interval"]) {
      const { [field as keyof typeof body]: _, ...rest } = body;
      expect(readForecastRequest(testcase1, calm, rest)).toMatchObject({
        ok: false,
        message: expect.stringContaining(`${field} is missing`),
      });
    }
  });

  it("names the unknown points, all of them", () => {
    const unknown = ["__proto__", ...Array.from({ length: 30 }, (_, i) => `no${i}`)];
    const result = read({ point_names: ["TDryBul", ...unknown] });
    expect(result.ok).toBe(false);
    for (const name of unknown) expect(!result.ok && result.message).toContain(`"${name}"`);
  });

  it("under uncertainty has a horizon of 48 h at most, if it names what is uncertain", () => {
    const uncertain = { temperature_uncertainty: "low", solar_uncertainty: null } as const;
    expect(read({ horizon: 48 * HOUR }, uncertain).ok).toBe(true);
    expect(read({ horizon: 48 * HOUR + 1 }, uncertain)).toMatchObject({
      ok: false,
      message: expect.stringContaining("172800"),
    });
    expect(read({ horizon: 48 * HOUR + 1 }).ok).toBe(true);
    expect(read({ horizon: 49 * HOUR, point_names: ["PriceGasPower"] }, uncertain).ok).toBe(true);
  });
});
