import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundaryData, constant, held } from "../../functions/simulation/boundary.ts";
import { account, type KpiAccount, openAccount, readKpis } from "../../functions/simulation/kpis/kpis.ts";
import type { Samples } from "../../functions/simulation/samples.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { builtIn } from "./support.ts";

const KWH = 2.77778e-7; // per J, as the specification has it

function samples(columns: Record<string, number[]>): Samples {
  return { names: Object.keys(columns), columns: Object.values(columns).map((values) => Float64Array.from(values)) };
}

function rows(all: Samples, from: number, to?: number): Samples {
  return { names: all.names, columns: all.columns.map((values) => values.slice(from, to)) };
}

function point(name: string, signal: (time: number) => number) {
  return { point: name, Unit: "", Description: "", signal };
}

/** Two zones, four kinds of power; 4 m². */
const building: TestCase = {
  ...builtIn("testcase1"),
  area: 4,
  kpiMap: {
    ElectricPower: ["fan", "pump"],
    GasPower: ["boiler"],
    BiomassPower: ["stove"],
    "AirZoneTemperature[a]": ["Ta"],
    "OperativeZoneTemperature[b]": ["Tb"],
    "RadiativeZoneTemperature[a]": ["Trad"],
    "CO2Concentration[a]": ["co2"],
  },
  boundary: boundaryData([
    point("EmissionsElectricPower", constant(0.5)),
    point("EmissionsGasPower", constant(0.2)),
    point("EmissionsBiomassPower", constant(0)),
    point("PriceElectricPowerConstant", constant(0.2)),
    point("PriceElectricPowerDynamic", held(3600, [0.1, 0.3])),
    point("PriceElectricPowerHighlyDynamic", held(3600, [-0.5, 1])),
    point("PriceGasPower", constant(0.07)),
    point("PriceBiomassPower", constant(2)),
    point("LowerSetp[a]", held(3600, [20, 22])),
    point("UpperSetp[a]", constant(25)),
    point("LowerSetp[b]", constant(20)),
    point("UpperSetp[b]", constant(25)),
    point("UpperCO2[a]", constant(900)),
  ]),
};

const zeros = [0, 0, 0];
/** Three samples, 1800 s apart; the last is in the second hour. */
const quiet = {
  time: [0, 1800, 3600],
  fan: zeros,
  pump: zeros,
  boiler: zeros,
  stove: zeros,
  Ta: [23, 23, 23],
  Tb: [23, 23, 23],
  Trad: [23, 23, 23],
  co2: zeros,
};

function kpis(
  columns: Partial<Record<keyof typeof quiet, number[]>>,
  price: "constant" | "dynamic" | "highly_dynamic" = "constant",
) {
  return readKpis(building, openAccount(building, samples({ ...quiet, ...columns })), price);
}

describe("KPIs", () => {
  it("are zero where nothing happens, and null where there is no such signal", () => {
    expect(kpis({})).toStrictEqual({
      ener_tot: 0,
      cost_tot: 0,
      emis_tot: 0,
      tdis_tot: 0,
      idis_tot: 0,
      pele_tot: 0,
      pgas_tot: 0,
      pdih_tot: null,
    });
    const bare = { ...building, kpiMap: {} };
    expect(readKpis(bare, openAccount(bare, samples(quiet)), "constant")).toStrictEqual({
      ener_tot: 0,
      cost_tot: 0,
      emis_tot: 0,
      tdis_tot: null,
      idis_tot: null,
      pele_tot: null,
      pgas_tot: null,
      pdih_tot: null,
    });
  });

  it("sum the energy of all powers, by trapezoids, per area", () => {
    // 1800 s · (500 + 1000) W for the fan, 3600 s · 100 W for the stove
    expect(kpis({ fan: [0, 1000, 1000], stove: [100, 100, 100] }).ener_tot).toBeCloseTo(
      ((2_700_000 + 360_000) * KWH) / 4,
      12,
    );
  });

  it("weigh emissions by the kind of power", () => {
    expect(kpis({ pump: [100, 100, 100], boiler: [100, 100, 100], stove: [1e6, 1e6, 1e6] }).emis_tot).toBeCloseTo(
      ((360_000 * 0.5 + 360_000 * 0.2) * KWH) / 4,
      12,
    );
  });

  it.each([
    // the price at the sample of 3600 s is the second hour's
    ["constant", 0.2 * 3600],
    ["dynamic", 0.1 * 1800 + 0.2 * 1800],
    ["highly_dynamic", -0.5 * 1800 + 0.25 * 1800],
  ] as const)("cost electricity by the scenario %s", (price, weight) => {
    const power = [100, 100, 100];
    expect(kpis({ fan: power }, price).cost_tot).toBeCloseTo((100 * weight * KWH) / 4, 12);
    // what is no electricity has one price
    expect(kpis({ boiler: power }, price).cost_tot).toBeCloseTo((100 * 3600 * 0.07 * KWH) / 4, 12);
    expect(kpis({ stove: power }, price).cost_tot).toBeCloseTo((100 * 3600 * 2 * KWH) / 4, 12);
  });

  it("count discomfort below and above the limits, in K·h per zone", () => {
    expect(kpis({ Ta: [18, 18, 22] }).tdis_tot).toBeCloseTo((2 * 1800 + 1 * 1800) / 3600 / 2, 12);
    expect(kpis({ Tb: [26, 26, 26] }).tdis_tot).toBeCloseTo(1 / 2, 12);
    // the lower limit rises by 2 K at 3600 s, and holds before
    expect(kpis({ Ta: [21, 21, 21] }).tdis_tot).toBeCloseTo((0.5 * 1800) / 3600 / 2, 12);
    expect(kpis({ Ta: [18, 20, 22], Tb: [25, 27, 25] }).tdis_tot).toBeCloseTo((1 * 1800 + 2 * 1800) / 3600 / 2, 12);
    // BOPTEST counts no radiative temperature: neither its discomfort nor its entry among those of the mean.
    expect(kpis({ Tb: [26, 26, 26], Trad: [10, 40, 10] }).tdis_tot).toBeCloseTo(1 / 2, 12);
  });

  it("count CO₂ above its limit, in ppm·h per zone", () => {
    expect(kpis({ co2: [1000, 900, 800] }).idis_tot).toBeCloseTo((50 * 1800) / 3600, 12);
  });

  it("do not hide a measurement that is no number", () => {
    expect(() => kpis({ Ta: [23, Number.NaN, 23] })).toThrow("thermalDiscomfort is not finite");
    expect(() => kpis({ fan: [0, Number.POSITIVE_INFINITY, 0] })).toThrow("energy is not finite");
  });

  it("are null once the boundary data had a gap, and the others go on", () => {
    const gap = (time: number) => (time >= 1000 && time < 2000 ? Number.NaN : 25);
    const known = building.boundary;
    const gaps: TestCase["boundary"] = {
      points: known.points,
      values: (name, times) =>
        ["UpperSetp[a]", "PriceElectricPowerDynamic"].includes(name)
          ? Float64Array.from(times, gap)
          : known.values(name, times),
    };
    const testcase = { ...building, boundary: gaps };
    const all = samples({ ...quiet, fan: [100, 100, 100] });
    const first = openAccount(testcase, rows(all, 0, 1));
    expect(readKpis(testcase, first, "dynamic")).toMatchObject({ tdis_tot: 0, cost_tot: 0 });
    for (const cut of [1, 2]) {
      // Through JSON, which holds no NaN, as every test's state goes.
      const before = JSON.parse(JSON.stringify(openAccount(testcase, rows(all, 0, cut)))) as KpiAccount;
      const after = account(testcase, before, rows(all, cut));
      const { ener_tot, emis_tot, idis_tot } = kpis({ fan: [100, 100, 100] });
      const rest = { ener_tot, emis_tot, idis_tot, tdis_tot: null };
      expect(readKpis(testcase, after, "dynamic")).toMatchObject({ ...rest, cost_tot: null });
      expect(readKpis(testcase, after, "constant")).toMatchObject({ ...rest, cost_tot: expect.any(Number) });
    }
    // A test that begins in the gap counts nothing yet, as in BOPTEST, and is unknown from its first step on.
    const within = samples({ ...quiet, time: [1500, 1800, 3600] });
    expect(readKpis(testcase, openAccount(testcase, rows(within, 0, 1)), "constant").tdis_tot).toBe(0);
    expect(readKpis(testcase, openAccount(testcase, within), "constant").tdis_tot).toBeNull();
    // A model's own NaN is an error all the same.
    expect(() => openAccount(testcase, samples({ ...quiet, Ta: [23, Number.NaN, 23] }))).toThrow("is not finite");
  });

  it("need every point of the KPI map", () => {
    const { fan: _, ...others } = quiet;
    expect(() => openAccount(building, samples(others))).toThrow('"fan"');
    expect(() => openAccount(building, rows(samples(quiet), 0, 0))).toThrow("opens with a sample");
    const strange = { ...building, kpiMap: { "Humidity[1]": ["Ta"] } };
    expect(() => openAccount(strange, samples(quiet))).toThrow('"Humidity[1]"');
  });
});

describe("peak power", () => {
  /** Samples every 450 s from `start`, of the fan only. */
  function peak(start: number, powers: number[], every = 450): number | null {
    const column = powers.map(() => 0);
    const time = powers.map((_, i) => start + i * every);
    const all = samples({
      ...quiet,
      time,
      fan: powers,
      pump: column,
      boiler: column,
      stove: column,
      Ta: column.map(() => 23),
      Tb: column.map(() => 23),
      Trad: column.map(() => 23),
      co2: column,
    });
    return readKpis(building, openAccount(building, all), "constant").pele_tot;
  }

  it("is the highest mean of the samples in a quarter of an hour, per area, in kW", () => {
    expect(peak(0, [1000, 3000, 8000, 0, 3000, 3000])).toBe(1); // means 2000, 4000, 3000 W
  });

  it("has bins that begin with the test and are half open", () => {
    expect(peak(123.5, [0, 4000, 8000, 8000, 0])).toBe(2);
    expect(peak(123.5, [0, 4000, 4000, 0, 0])).toBe(0.5);
  });

  it("counts the last bin, though incomplete", () => {
    expect(peak(0, [0, 0, 0, 0, 4000])).toBe(1);
    expect(peak(0, [4000])).toBe(1);
  });

  it("skips bins without samples", () => {
    expect(peak(0, [4000, 0, 8000], 10_000)).toBe(2);
  });

  it("is of the total of a kind", () => {
    const all = { ...quiet, time: [0, 450, 899], fan: [4000, 0, 0], pump: [0, 4000, 4000], boiler: [800, 0, 0] };
    const read = readKpis(building, openAccount(building, samples(all)), "constant");
    expect(read).toMatchObject({ pele_tot: 1, pdih_tot: null });
    expect(read.pgas_tot).toBeCloseTo(0.8 / 3 / 4, 12);
  });

  it("may be negative", () => {
    expect(peak(0, [-4000, -4000, -8000, -8000])).toBe(-1);
  });

  it.each([
    // what the clock shows after two steps of 900 s, though 2048.2 − 248.2 rounds to less than 1800
    [248.2, 2048.2, 2],
    // the last time before 18.76 + 2700, though their difference rounds to 2700
    [18.75999999999999, 2718.7599999999998, 2],
    [0, 900, 1],
    [0, 899.9999999999999, 0],
  ])("puts a sample of a test that began at %d s, at %d s, into bin %d, without rounding", (start, time, bin) => {
    const two = samples({ ...quiet, time: [start, time, time + 1] });
    expect(openAccount(building, rows(two, 0, 2)).peaks.bin).toBe(bin);
  });
});

describe("the KPI account", () => {
  const count = 300;
  const pseudo = (seed: number) => Array.from({ length: count }, (_, i) => 1000 * Math.sin(seed * (i + 1) ** 2));
  const all = samples({
    time: Array.from({ length: count }, (_, i) => 1234.5 + i * 33.4),
    fan: pseudo(1),
    pump: pseudo(2),
    boiler: pseudo(3),
    stove: pseudo(4),
    Ta: pseudo(5).map((x) => 22 + x / 200),
    Tb: pseudo(6).map((x) => 22 + x / 200),
    Trad: pseudo(6).map((x) => 22 + x / 200),
    co2: pseudo(7),
  });
  const atOnce = openAccount(building, all);

  it("is the same to the last bit however the samples are cut, through JSON too", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: count - 1 }), { maxLength: 20 }), (cuts) => {
        const [first = count, ...others] = [...new Set(cuts), count].sort((a, b) => a - b);
        let folded = openAccount(building, rows(all, 0, first));
        let from = first;
        for (const to of others) {
          folded = account(building, JSON.parse(JSON.stringify(folded)) as KpiAccount, rows(all, from, to));
          from = to;
        }
        expect(folded).toStrictEqual(atOnce);
      }),
    );
  });

  it("stays as it is when nothing is folded in, and when it is folded into", () => {
    const before = structuredClone(atOnce);
    expect(account(building, atOnce, rows(all, count))).toBe(atOnce);
    account(building, atOnce, rows(all, count - 1));
    expect(atOnce).toStrictEqual(before);
  });

  it("is plain JSON, without −0, of constant size", () => {
    const negative = [-0, -0, -0];
    const acc = openAccount(
      building,
      samples({ ...quiet, fan: negative, boiler: negative, Ta: negative.map(() => 23) }),
    );
    expect(JSON.parse(JSON.stringify(acc))).toStrictEqual(acc);
    const sizes = [1, 100, count].map((n) => JSON.stringify(openAccount(building, rows(all, 0, n))).length);
    expect(Math.max(...sizes)).toBeLessThan(1000);
  });

  it("answers for all price scenarios without any history", () => {
    const costs = (["constant", "dynamic", "highly_dynamic"] as const).map(
      (price) => readKpis(building, atOnce, price).cost_tot,
    );
    expect(new Set(costs).size).toBe(3);
  });
});
