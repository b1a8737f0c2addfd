import { describe, expect, it } from "vitest";
import { decodeDoubles } from "../../functions/packages/boundary-columns.ts";
import { readCsv } from "../../functions/packages/csv.ts";
import { decodeManifest, encodeManifest } from "../../functions/packages/encode.ts";
import { PACKAGE_LIMITS } from "../../functions/packages/limits.ts";
import type { Manifest } from "../../functions/packages/manifest.ts";
import { remarkOf } from "../../functions/packages/remark.ts";
import { testCaseOf } from "../../functions/packages/testcase.ts";
import type { Emulator } from "../../functions/simulation/emulator.ts";
import { CONFIG, manifestOf, reasonsOf, YEAR } from "./support.ts";

const emulator: Emulator = {
  cost: 1,
  initialize: () => Promise.reject(new Error("unused")),
  advance: () => Promise.reject(new Error("unused")),
};

/** The boundary data of a package with this file besides. */
const boundaryWith = async (csv: string) =>
  testCaseOf(await manifestOf({ "resources/more.csv": csv }), "room", emulator).boundary;

describe("boundary data", () => {
  it("of weather are interpolated, all others held", async () => {
    const { boundary } = testCaseOf(await manifestOf(), "room", emulator);
    // TDryBul: 270 at 0, 280 in the middle of the year, 270 at its end. LowerSetp[1]: 293, 294, 293.
    const times = [0, YEAR / 4, YEAR / 2 - 1, YEAR / 2, (3 * YEAR) / 4, YEAR, YEAR + YEAR / 4];
    const weather = boundary.values("TDryBul", times);
    [270, 275, 280, 280, 275, 270, 275].forEach((value, i) => {
      expect(weather[i]).toBeCloseTo(value, 5);
    });
    expect([...boundary.values("LowerSetp[1]", times)]).toEqual([293, 293, 293, 294, 294, 293, 293]);
  });

  it("end a year with their last row, for a forecast that began before", async () => {
    const boundary = await boundaryWith(`time,TWetBul,Occupancy[1]\n0,1,2\n${YEAR - 3600},3,4\n${YEAR},5,6`);
    expect([...boundary.values("TWetBul", [YEAR - 1800, YEAR, YEAR + 1], 0)]).toEqual([4, 5, expect.closeTo(1)]);
    expect([...boundary.values("Occupancy[1]", [YEAR - 1, YEAR, YEAR + 1], 0)]).toEqual([4, 6, 2]);
  });

  it("are found whatever the order in which one asks, and on any grid", async () => {
    const rows = Array.from({ length: 366 }, (_, day) => `${86_400 * day},${day}`);
    const boundary = await boundaryWith(`time,TWetBul\n${rows.join("\n")}`);
    const days = [364.5, 0, 17.25, 16.75, 300, 1.5];
    const values = boundary.values(
      "TWetBul",
      days.map((day) => 86_400 * day),
    );
    expect([...values]).toEqual(days);
  });

  it("go on behind the last row with the first of the next year", async () => {
    const last = YEAR - 7200;
    const boundary = await boundaryWith(`time,winSpe,Occupancy[1]\n-3600,9,9\n0,1,5\n3600,2,6\n${last},3,7\n`);
    expect([...boundary.values("winSpe", [last, last + 3600, YEAR - 0.5, 1800])]).toEqual([
      3,
      2,
      expect.closeTo(1, 3),
      1.5,
    ]);
    expect([...boundary.values("Occupancy[1]", [last + 3600, 0, 1800])]).toEqual([7, 5, 5]);
  });

  it("that have no row at the year's beginning go on towards what they are then", async () => {
    const last = YEAR - 7200;
    const boundary = await boundaryWith(`time,winSpe,Occupancy[1]\n-3600,0,9\n3600,2,6\n${last},3,7\n`);
    const values = [...boundary.values("winSpe", [0, last, last + 3600, YEAR - 0.5, YEAR])];
    expect(values).toEqual([1, 3, 2, expect.closeTo(1, 3), 1]);
    expect([...boundary.values("Occupancy[1]", [0, YEAR - 1])]).toEqual([9, 7]);
  });

  it("have the units and descriptions of BOPTEST's data keys, in its order, zone by zone", async () => {
    const keys = [
      "winDir",
      "UpperCO2[b]",
      "LowerSetp[b]",
      "Occupancy[a]",
      "InternalGainsLat[b]",
      "InternalGainsRad[a]",
    ];
    const boundary = await boundaryWith(`time,${keys.join(",")}\n0,1,1,1,1,1,1\n${YEAR},1,1,1,1,1,1\n`);
    expect(Object.keys(boundary.points)).toEqual([
      "EmissionsElectricPower",
      "InternalGainsLat[b]",
      "InternalGainsRad[a]",
      "Occupancy[a]",
      "PriceElectricPowerConstant",
      "PriceElectricPowerDynamic",
      "PriceElectricPowerHighlyDynamic",
      "LowerSetp[1]",
      "UpperSetp[1]",
      "LowerSetp[b]",
      "UpperCO2[b]",
      "TDryBul",
      "winDir",
    ]);
    expect(boundary.points["LowerSetp[b]"]).toEqual({
      Unit: "K",
      Description: "Lower temperature set point for thermal comfort of zone",
    });
    expect(boundary.points.winDir).toEqual({ Unit: "rad", Description: "Wind direction" });
    expect(boundary.points.EmissionsElectricPower?.Unit).toBe("kgCO2/kWh");
  });

  it("of names that are no data keys are passed over, and so are files without times", async () => {
    const boundary = await boundaryWith(`time,TDryBul[1],LowerSetp,whatever\n0,1,a,b\n`);
    expect(Object.keys(boundary.points)).toHaveLength(7);
    expect((await manifestOf({ "resources/fan.csv": "speed,TDryBul\n1,a" })).boundary).toHaveLength(7);
  });

  it("may lie in folders, but not in files that config.json excludes", async () => {
    const bad = "time,TDryBul\n5,0\n";
    const excluded = (...names: string[]) => ({
      "resources/old/bad.csv": bad,
      "resources/config.json": JSON.stringify({ ...CONFIG, resource_file_exclusion: names }),
    });
    for (const name of ["bad.csv", "old/bad.csv", "resources/old/bad.csv"]) {
      expect((await manifestOf(excluded(name))).boundary).toHaveLength(7);
    }
    expect(await reasonsOf(excluded("ad.csv", "other.csv"))).toHaveLength(1);
  });

  it.each<[string, string, RegExp]>([
    ["times that stand still", `time,lat\n0,1\n0,1\n${YEAR},1`, /times that do not rise: 0, 0/],
    ["a year that begins late", `time,lat\n1,1\n${YEAR},1`, /begins at 1 s\. Boundary data must cover a year/],
    ["a year that ends early", `time,lat\n0,1\n${YEAR - 86_401},1`, /ends at 31449599 s/],
    ["no rows", "time,lat\n", /has no rows/],
    ["a missing time", `time,lat\n0,1\n,2\n${YEAR},1`, /has no time in line 3\. Every row needs its time/],
    ["rows of empty cells between others", `time,lat\n0,1\n,\n,\n${YEAR},1`, /has no time in line 3/],
    ["a text", `# weather\ntime,lat\n0,high`, /has "high" for lat in line 3/],
    ["an infinite value", `time,lat\n0,Infinity`, /has "Infinity" for lat/],
    ["a row that is too long", `time,lat\n0,1,2`, /has 3 values in line 2, and 2 columns/],
    ["a column twice", `time,lat,lat\n0,1,1`, /has more than one column "lat"/],
    [
      "a column of another file",
      `time,TDryBul\n0,1\n${YEAR},1`,
      /"TDryBul" is a column of both "resources\/weather\.csv" and/,
    ],
  ])("are refused for %s", async (_what, csv, reason) => {
    expect(await reasonsOf({ "resources/z.csv": csv })).toEqual([expect.stringMatching(reason)]);
  });

  it("are refused where there are too many of them", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => `${i * 31_536},1`).join("\n");
    const few = { ...PACKAGE_LIMITS, boundaryValues: 1500 };
    expect((await reasonsOf({ "resources/z.csv": `time,lat\n${rows}` }, { limits: few }))[0]).toMatch(
      /makes more than \d+ values of boundary data/,
    );
    const small = { ...PACKAGE_LIMITS, csvBytes: 1000 };
    expect((await reasonsOf({ "resources/z.csv": `time,lat\n${rows}` }, { limits: small }))[0]).toMatch(
      /^The CSV files in resources\/ and beside the FMU have .* At most 1000 bytes are allowed/,
    );
  });
});

describe("the KPI map is refused", () => {
  it.each<[string, string, RegExp]>([
    [
      "a temperature of no zone",
      '{"AirZoneTemperature": ["TRoo_y"]}',
      /"AirZoneTemperature" names no zone.*"AirZoneTemperature\[1\]"/,
    ],
    ["CO2 of a zone without a name", '{"CO2Concentration[]": ["TRoo_y"]}', /"CO2Concentration\[\]" names no zone/],
    ["a point that there is not", '{"ElectricPower": ["PFan_y"]}', /names "PFan_y", which is no measurement/],
    ["an input's reading", '{"ElectricPower": ["hea_y"]}', /names "hea_y", which is no measurement/],
    ["a text for a list", '{"ElectricPower": "PHea_y"}', /"ElectricPower" must be a list/],
    ["limits that there are not", '{"AirZoneTemperature[2]": []}', /^$/],
  ])("for %s", async (_what, kpis, reason) => {
    const reasons = await reasonsOf({ "resources/kpis.json": kpis });
    if (reason.source === "^$") expect(reasons).toEqual([]);
    else expect(reasons).toEqual([expect.stringMatching(reason)]);
  });

  it("but not for entries that no KPI counts, whatever they hold", async () => {
    const kpis = {
      None: ["TRoo_y", "hea_y", "not a point"],
      "ActuatorTravel[valve]": ["hea_u", "not a point"],
      "RelativeHumidity[1]": ["TRoo_y"],
      RelativeHumidity: [],
      FreshWaterFlowRate: ["PHea_y"],
      "GasPower[1]": ["PHea_y"],
      ElectricPower: ["PHea_y"],
      comment: "made by hand",
      WaterUse: null,
    };
    const { kpiMap } = await manifestOf({ "resources/kpis.json": JSON.stringify(kpis) });
    expect(kpiMap).toEqual({ ElectricPower: ["PHea_y"] });
  });

  it("for boundary data that it needs and there are not", async () => {
    const kpis = { GasPower: ["PHea_y"], "OperativeZoneTemperature[2]": ["TRoo_y"], "CO2Concentration[1]": ["TRoo_y"] };
    const reasons = await reasonsOf({ "resources/kpis.json": JSON.stringify(kpis) });
    expect(reasons.map((reason) => /"(.+?)"/.exec(reason)?.[1])).toEqual([
      "PriceGasPower",
      "EmissionsGasPower",
      "LowerSetp[2]",
      "UpperSetp[2]",
      "UpperCO2[1]",
    ]);
  });
});

describe("a refusal names true reasons only", () => {
  const needs = '{"GasPower": ["PHea_y"], "AirZoneTemperature[1]": ["TRoo_y"]}';
  const gas = "time,PriceGasPower,EmissionsGasPower\n";

  it.each<[string, string, RegExp]>([
    ["cannot be read", `${gas}0,high,1\n${YEAR},1,1\n`, /has "high" for PriceGasPower in line 2/],
    ["has bad times", `${gas}0,1,1\n5,1,1\n`, /ends at 5 s/],
  ])("a column of a file that %s is not said to be missing", async (_what, csv, reason) => {
    const reasons = await reasonsOf({ "resources/kpis.json": needs, "resources/gas.csv": csv });
    expect(reasons).toEqual([expect.stringMatching(reason)]);
  });

  it("nor is one of files that are too large to be read, or that an unreadable config.json may exclude", async () => {
    const small = { ...PACKAGE_LIMITS, csvBytes: 10 };
    expect(await reasonsOf({}, { limits: small })).toEqual([expect.stringMatching(/^The CSV files in resources\//)]);
    for (const config of ["{", JSON.stringify({ ...CONFIG, resource_file_exclusion: 1 })]) {
      const bad = { "resources/config.json": config, "resources/bad.csv": "time,lat\n5,x\n" };
      expect(await reasonsOf(bad)).toEqual([expect.stringContaining("config.json")]);
    }
  });
});

/** What pandas reads, and BOPTEST's interpolation makes, of the same file (pandas 3.0, numpy 2.4). */
describe("an empty cell is a missing value", () => {
  const rows = ["0,270,1", "900,,", "1800,272,3", "2700,273,NA", "3600,274", `${YEAR},275,5`, ",,", ""];
  const csv = `time,TWetBul,Occupancy[1]\n${rows.join("\n")}`;
  const times = Array.from({ length: 9 }, (_, i) => 450 * i);
  const nan = Number.NaN;

  it("of weather from the value before it to the one behind it, of others until the next row", async () => {
    const boundary = await boundaryWith(csv);
    expect([...boundary.values("TWetBul", times)]).toEqual([270, nan, nan, nan, 272, 272.5, 273, 273.5, 274]);
    expect([...boundary.values("Occupancy[1]", times)]).toEqual([1, 1, nan, nan, 3, 3, nan, nan, nan]);
  });

  it("that comes back from a manifest as bytes", async () => {
    const manifest = await manifestOf({ "resources/more.csv": csv });
    const back = await decodeManifest(await encodeManifest(manifest));
    const { boundary } = testCaseOf(back as Manifest, "room", emulator);
    expect([...boundary.values("Occupancy[1]", [900, 1800])]).toEqual([nan, 3]);
  });

  it.each(["", " ", "NaN", "nan", "null", "N/A", "None"])("written as %o", async (cell) => {
    const boundary = await boundaryWith(`time,lat\n0,1\n3600,${cell}\n${YEAR},1`);
    expect([...boundary.values("lat", [0, 3600])]).toEqual([1, nan]);
  });
});

describe("a CSV file", () => {
  const read = (text: string) => readCsv(Buffer.from(text), (name) => name !== "skipped", 1000);

  it("may have comments, blank lines, quotes, blanks, a byte order mark, and ends of lines as Windows has them", () => {
    const text = '\ufeff# a, b, c\r\n\r\n"time", "a" ,skipped\r\n 0 , 1e-3,x # y\r\n\r\n10,-2.5,y\r\n#\r\n';
    const table = read(text);
    expect(table?.rows).toBe(2);
    expect([...(table?.columns ?? [])].map(([name, values]) => [name, ...values])).toEqual([
      ["time", 0, 10],
      ["a", 0.001, -2.5],
    ]);
  });

  it("may have commas, comment signs, quotes and ends of lines in quotes", () => {
    const text = 'time,"skipped","a, of the ""south"" zone",a\n0,"x, y # z",1,2\n10,"two\nlines",3,"4"\n';
    const names: string[] = [];
    const table = readCsv(Buffer.from(text), (name) => names.push(name) > 0 && name !== "skipped", 1000);
    expect(names).toEqual(["skipped", 'a, of the "south" zone', "a"]);
    expect([...(table?.columns ?? [])].map(([name, values]) => [name, ...values])).toEqual([
      ["time", 0, 10],
      ['a, of the "south" zone', 1, 3],
      ["a", 2, 4],
    ]);
  });

  it("names the line of what is wrong, though comments and quotes are before it", () => {
    expect(() => read('time,a\n# comment\n\n0,"1"\n10,x\n')).toThrow('has "x" for a in line 5, which is no number');
    expect(() => read("time,a\n0,1,2\n")).toThrow("has 3 values in line 2, and 2 columns");
    expect(() => read("time,a\n0,1\n,2\n")).toThrow("has no time in line 3");
  });

  it("whose quote is never closed is refused, however long it is", () => {
    expect(() => read('time,a\n0,"1\n10,2\n')).toThrow("has a quote that is never closed");
    expect(() => read(`time,a\n0,"${"1,2\n".repeat(300_000)}`)).toThrow("has a line of more than 1000000 characters");
  });

  it("without a column time is none of ours", () => {
    expect(read("a,b\n1,2")).toBeUndefined();
    expect(read("")).toBeUndefined();
  });
});

describe("a manifest as bytes", () => {
  it("comes back as it was, and columns of equal content share it", async () => {
    const manifest = await manifestOf();
    const back = await decodeManifest(await encodeManifest(manifest));
    expect(back).toEqual(manifest);
    expect([...decodeDoubles(back?.boundary.at(-1)?.values ?? "")]).toEqual([270, 280, 270]);
  });

  it("is small where its columns are constant", async () => {
    const rows = Array.from({ length: 8761 }, (_, hour) => `${3600 * hour},1,1,2`).join("\n");
    const manifest = await manifestOf({ "resources/more.csv": `time,relHum,lat,lon\n${rows}` });
    expect((await encodeManifest(manifest)).length).toBeLessThan(50_000);
  });

  it("of another layout is not read", async () => {
    const other = { ...(await manifestOf()), layout: 3 };
    expect(await decodeManifest(await encodeManifest(other))).toBeUndefined();
  });

  it("of the layout before verification is read, and its model is replayed whatever it claims", async () => {
    const { verdict: _, ...rest } = await manifestOf();
    const { keeps: __, ...model } = { ...rest.model, canGetAndSetState: true, canSerializeState: true };
    const older = { ...rest, model, layout: 1 } as unknown as Manifest;
    const read = await decodeManifest(await encodeManifest(older));
    expect(read).toMatchObject({ layout: 1, model: { keeps: "replayed", canSerializeState: true } });
    expect(read && remarkOf(read)).toContain("before this service verified");
  });
});
