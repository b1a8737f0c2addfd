import { describe, expect, it } from "vitest";
import { boundaryData, constant, held, interpolated } from "../../functions/simulation/boundary.ts";
import { builtIn } from "./support.ts";

const HOUR = 3600;
const YEAR = 31_536_000;

describe("boundary data", () => {
  const hours = Array.from({ length: 8760 }, (_, i) => i);
  const data = boundaryData([
    { point: "Price", Unit: "$", Description: "p", signal: held(HOUR, hours) },
    { point: "T", Unit: "K", Description: "t", signal: interpolated(HOUR, hours) },
    { point: "One", Unit: "1", Description: "o", signal: constant(1) },
  ]);

  it("hold a value until the next", () => {
    expect([...data.values("Price", [0, 1, 3599.999, 3600, 5400, 7200])]).toEqual([0, 0, 0, 1, 1, 2]);
  });

  it("interpolate weather", () => {
    expect([...data.values("T", [0, 900, 3600, 5400, YEAR - HOUR])]).toEqual([0, 0.25, 1, 1.5, 8759]);
  });

  it("wrap at the end of the year", () => {
    expect([...data.values("Price", [YEAR - 1, YEAR, YEAR + HOUR, 5 * YEAR + 2 * HOUR])]).toEqual([8759, 0, 1, 2]);
    // from the last hour's value back to the first's
    expect([...data.values("T", [YEAR - HOUR / 2, YEAR, YEAR + HOUR / 2, 99 * YEAR + HOUR])]).toEqual([
      4379.5, 0, 0.5, 1,
    ]);
  });

  it("have a year's last row at its end, for who looks at it from before", () => {
    const rows = [...hours, 8760];
    const table = boundaryData([
      { point: "Price", Unit: "$", Description: "p", signal: held(HOUR, rows) },
      { point: "T", Unit: "K", Description: "t", signal: interpolated(HOUR, rows) },
    ]);
    for (const point of ["Price", "T"]) {
      expect([...table.values(point, [YEAR - HOUR, YEAR, YEAR + HOUR, 2 * YEAR], 0)]).toEqual([8759, 8760, 1, 8760]);
      expect([...table.values(point, [YEAR, 2 * YEAR], YEAR)]).toEqual([0, 8760]);
    }
  });

  it("give signals the time of the year", () => {
    const clock = boundaryData([{ point: "t", Unit: "s", Description: "", signal: (time) => time }]);
    expect([...clock.values("t", [0, YEAR - 1, YEAR, YEAR + 7, 100 * YEAR + 7.5])]).toEqual([0, YEAR - 1, 0, 7, 7.5]);
  });

  it("have a value per time and refuse unknown points", () => {
    expect(data.values("One", Float64Array.of(1, 2, 3))).toEqual(Float64Array.of(1, 1, 1));
    expect(data.values("One", [])).toEqual(Float64Array.of());
    for (const point of ["Two", "__proto__", "constructor", ""])
      expect(() => data.values(point, [0])).toThrow(JSON.stringify(point));
  });
});

describe("the boundary data of testcase1", () => {
  const { boundary } = builtIn("testcase1");
  const at = (point: string, ...times: number[]): number[] => [...boundary.values(point, times)];

  it("list their points in order", () => {
    expect(Object.keys(boundary.points)).toEqual([
      "EmissionsElectricPower",
      "EmissionsDistrictHeatingPower",
      "EmissionsGasPower",
      "EmissionsBiomassPower",
      "EmissionsSolarThermalPower",
      "InternalGainsRad[1]",
      "InternalGainsCon[1]",
      "InternalGainsLat[1]",
      "Occupancy[1]",
      "PriceElectricPowerConstant",
      "PriceElectricPowerDynamic",
      "PriceElectricPowerHighlyDynamic",
      "PriceDistrictHeatingPower",
      "PriceGasPower",
      "PriceBiomassPower",
      "PriceSolarThermalPower",
      "LowerSetp[1]",
      "UpperSetp[1]",
      "UpperCO2[1]",
      "TDryBul",
    ]);
  });

  it("describe them", () => {
    expect(boundary.points.EmissionsGasPower).toEqual({
      Unit: "kgCO2/kWh",
      Description: "Kilograms of carbon dioxide to produce 1 kWh thermal from gas",
    });
    expect(boundary.points["InternalGainsLat[1]"]).toEqual({ Unit: "W", Description: "Latent internal gains of zone" });
    expect(boundary.points.PriceSolarThermalPower).toEqual({
      Unit: "($/Euro)/kWh",
      Description: "Price to produce 1 kWh thermal from solar irradiation",
    });
    expect(boundary.points["UpperSetp[1]"]).toEqual({
      Unit: "K",
      Description: "Upper temperature set point for thermal comfort of zone",
    });
  });

  it("have constant factors, prices and limits", () => {
    const values = Object.keys(boundary.points).map((point) => [point, at(point, 12_345_678)[0]]);
    expect(Object.fromEntries(values)).toMatchObject({
      EmissionsElectricPower: 0.5,
      EmissionsDistrictHeatingPower: 0.1,
      EmissionsGasPower: 0.2,
      EmissionsBiomassPower: 0,
      EmissionsSolarThermalPower: 0,
      "InternalGainsRad[1]": 0,
      "Occupancy[1]": 0,
      PriceElectricPowerConstant: 0.2,
      PriceDistrictHeatingPower: 0.1,
      PriceGasPower: 0.07,
      PriceBiomassPower: 0.2,
      PriceSolarThermalPower: 0,
      "LowerSetp[1]": 293.15,
      "UpperSetp[1]": 296.15,
      "UpperCO2[1]": 894,
    });
  });

  it("price electricity by day and night", () => {
    expect(
      at("PriceElectricPowerDynamic", 0, 8 * HOUR - 0.001, 8 * HOUR, 18 * HOUR - 0.001, 18 * HOUR, YEAR + 9 * HOUR),
    ).toEqual([0.1, 0.1, 0.3, 0.3, 0.1, 0.3]);
  });

  it("hold the spot price over each hour", () => {
    const [first, within, second, noon, evening] = at(
      "PriceElectricPowerHighlyDynamic",
      0,
      3599,
      2 * HOUR + 1,
      12 * HOUR,
      18.5 * HOUR,
    );
    expect([first, within]).toEqual([0, 0]);
    expect(second).toBeCloseTo(0.15, 12); // 0.3 sin 30°
    expect(noon).toBeCloseTo(0, 12);
    expect(evening).toBeCloseTo(-0.3, 12);
  });

  it("follow the outdoor temperature to 1e-4 K, in any year", () => {
    const expected = [293.15, 303.15, 283.15, 298.15, 293.15 + 10 * Math.SQRT1_2];
    for (const year of [0, 1, 50]) {
      const values = at("TDryBul", ...[0, 21_600, 64_800, 7200, 10_800].map((time) => time + year * YEAR));
      values.forEach((value, i) => {
        expect(Math.abs(value - (expected[i] ?? 0))).toBeLessThan(1e-4);
      });
    }
  });
});

describe("the boundary data of testcase3", () => {
  it("know both zones", () => {
    const { boundary } = builtIn("testcase3");
    const zonal = Object.keys(boundary.points).filter((point) => point.endsWith("]"));
    expect(zonal).toEqual([
      "InternalGainsRad[South]",
      "InternalGainsCon[South]",
      "InternalGainsLat[South]",
      "InternalGainsRad[North]",
      "InternalGainsCon[North]",
      "InternalGainsLat[North]",
      "Occupancy[South]",
      "Occupancy[North]",
      "LowerSetp[South]",
      "UpperSetp[South]",
      "UpperCO2[South]",
      "LowerSetp[North]",
      "UpperSetp[North]",
      "UpperCO2[North]",
    ]);
    const limits = zonal.slice(8).map((point) => boundary.values(point, [0])[0]);
    expect(limits).toEqual([293.15, 296.15, 894, 294.15, 297.15, 994]);
  });
});
