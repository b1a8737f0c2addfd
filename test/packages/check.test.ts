import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { checkPackage } from "../../functions/packages/check.ts";
import { PACKAGE_LIMITS } from "../../functions/packages/limits.ts";
import { buildFmu } from "../fmus/build.ts";
import { zip } from "../fmus/zip.ts";
import {
  CO_SIMULATION,
  CONFIG,
  check,
  checkBytes,
  entries,
  LIBRARY,
  library,
  manifestOf,
  reasonsOf,
  xml,
} from "./support.ts";

it("describes a good package", async () => {
  const { hash, fmu, boundary, ...manifest } = await manifestOf();
  expect(manifest).toEqual({
    layout: 2,
    area: 20,
    defaults: { startTime: 0, warmupPeriod: 3600, step: 600 },
    days: { cold_day: 17 },
    inputs: {
      hea_u: { Unit: "W", Description: "About hea_u", Minimum: 0, Maximum: 5000 },
      hea_activate: { Unit: null, Description: "About hea_activate", Minimum: null, Maximum: null },
    },
    measurements: {
      TRoo_y: { Unit: "K", Description: "About TRoo_y", Minimum: 0, Maximum: null },
      PHea_y: { Unit: "W", Description: "About PHea_y", Minimum: null, Maximum: null },
    },
    kpiMap: { ElectricPower: ["PHea_y"], "AirZoneTemperature[1]": ["TRoo_y"] },
    model: {
      kind: "CoSimulation",
      identifier: "room",
      guid: "{1}",
      canGetAndSetState: true,
      canSerializeState: false,
      keeps: "replayed",
      onlyOncePerProcess: false,
      states: 0,
      eventIndicators: 0,
      dependencies: null,
      tolerance: 1e-6,
      inputs: [
        { name: "hea_u", valueReference: 1, type: "Real", inForce: { name: "hea_y", valueReference: 3, type: "Real" } },
        { name: "hea_activate", valueReference: 2, type: "Boolean", inForce: null },
      ],
      outputs: [
        { name: "TRoo_y", valueReference: 4, type: "Real" },
        { name: "PHea_y", valueReference: 5, type: "Real" },
      ],
    },
    verdict: { keeps: "replayed", reason: "It was not tried.", covered: { hours: 0, fresh: 0, shared: 0 } },
  });
  const bytes = zip(entries());
  expect(fmu).toEqual({ hash: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(hash).not.toBe(fmu.hash);
  expect(boundary.map(({ point }) => point)).toEqual([
    "EmissionsElectricPower",
    "PriceElectricPowerConstant",
    "PriceElectricPowerDynamic",
    "PriceElectricPowerHighlyDynamic",
    "LowerSetp[1]",
    "UpperSetp[1]",
    "TDryBul",
  ]);
});

it.each(["cs", "me", "cs-3", "me-3", "me-directional", "me-3-directional"] as const)(
  "describes the model of a compiled FMU (%s) as its sources have it",
  async (name) => {
    const { file, model } = await buildFmu(name);
    const checked = await checkPackage({ fmu: file, beside: new Map() }, { signal: AbortSignal.timeout(30_000) });
    // What the model claims is not made sure of here.
    const keeps = model.canSerializeState ? "serialized" : "replayed";
    expect(checked).toMatchObject({ ok: true, value: { model: { ...model, keeps } } });
    expect(checked.ok && checked.value.fmu.hash).toBe(createHash("sha256").update(readFileSync(file)).digest("hex"));
  },
);

it("lists all that is wrong at once", async () => {
  const reasons = await reasonsOf({
    "modelDescription.xml": xml({ root: 'fmiVersion="1.0" guid="{1}"' }),
    [LIBRARY]: null,
    "resources/config.json": '{"area": -1}',
    "resources/days.json": null,
    "resources/kpis.json": '{"ElectricPower": "PHea_y"}',
    "resources/prices.csv": "time,PriceGasPower\n5,1\n",
  });
  expect(reasons).toHaveLength(9);
  for (const part of [
    "days.json is missing",
    "area",
    "start_time",
    "warmup_period",
    "step",
    '"1.0"',
    "linux64",
    '"ElectricPower"',
    "begins at 5 s",
  ]) {
    expect(
      reasons.some((reason) => reason.includes(part)),
      part,
    ).toBe(true);
  }
});

it.each<[string, Record<string, string | Uint8Array | null>, RegExp]>([
  ["no model description", { "modelDescription.xml": null }, /^modelDescription\.xml is missing/],
  [
    "no library for linux64",
    { [LIBRARY]: null, "binaries/win64/room.dll": "x" },
    /the model is compiled for win64 and not for linux64\. Export the FMU for 64-bit Linux/,
  ],
  [
    "a library of another name",
    { [LIBRARY]: null, "binaries/linux64/other.so": library() },
    /there is other\.so\. Rename/,
  ],
  ["no library at all", { [LIBRARY]: null }, /room\.so is missing: the FMU holds no compiled model\. Export/],
  [
    "a library for Windows under a name for Linux",
    { [LIBRARY]: Buffer.from("MZ".padEnd(64, "\0"), "latin1") },
    /is a library for Windows\. A shared library for x86-64 Linux is needed/,
  ],
  [
    "a library for macOS",
    { [LIBRARY]: Buffer.from("cffaedfe".padEnd(128, "0"), "hex") },
    /is a library for macOS\. A shared library for x86-64 Linux is needed/,
  ],
  ["a library for 32 bits", { [LIBRARY]: library({ machine: 3 }) }, /is compiled for 32-bit x86\./],
  [
    "a library for ARM",
    { [LIBRARY]: library({ machine: 183 }) },
    /is compiled for 64-bit ARM\. A shared library for x86-64 Linux is needed/,
  ],
  [
    "a program instead",
    { [LIBRARY]: library({ type: 2 }) },
    /is an ELF file of another type \(2\) than a shared library/,
  ],
  ["text instead of a library", { [LIBRARY]: "echo this is no library" }, /is no compiled library\. A shared library/],
  [
    "no config",
    { "resources/config.json": null },
    /config\.json is missing\. It can be uploaded beside.*\?file=config\.json/,
  ],
  ["no days", { "resources/days.json": null }, /days\.json is missing.*\?file=days\.json/],
  ["no KPI map", { "resources/kpis.json": null }, /kpis\.json is missing.*\?file=kpis\.json/],
  ["a config that is no JSON", { "resources/config.json": "area: 1" }, /^config\.json is not valid JSON/],
  ["a config that is a list", { "resources/config.json": "[]" }, /^config\.json must hold a JSON object/],
  ["a text for an area", { "resources/config.json": JSON.stringify({ ...CONFIG, area: "20" }) }, /area is "20"\./],
  ["no area", { "resources/config.json": JSON.stringify({ ...CONFIG, area: undefined }) }, /area is missing/],
  ["a step of 0 s", { "resources/config.json": JSON.stringify({ ...CONFIG, step: 0 }) }, /step is 0\./],
  [
    "a start before the year",
    { "resources/config.json": JSON.stringify({ ...CONFIG, start_time: -1 }) },
    /start_time is/,
  ],
  [
    "a warm-up of more than a year",
    { "resources/config.json": JSON.stringify({ ...CONFIG, warmup_period: 31_536_001 }) },
    /warmup_period is/,
  ],
  [
    "exclusions that are no list",
    { "resources/config.json": JSON.stringify({ ...CONFIG, resource_file_exclusion: "a.csv" }) },
    /resource_file_exclusion must be a list/,
  ],
  ["a day that is none", { "resources/days.json": '{"cold_day": "17"}' }, /"cold_day" must be a day of the year/],
  ["a day beyond the year", { "resources/days.json": '{"cold_day": 367}' }, /"cold_day" must be a day of the year/],
])("refuses %s", async (_what, changes, reason) => {
  const reasons = await reasonsOf(changes);
  expect(reasons).toEqual([expect.stringMatching(reason)]);
  // A sentence for whoever uploaded it.
  expect(reasons[0]).toMatch(/\.$/);
});

it("refuses a file that is larger than allowed before it reads it", async () => {
  const limits = { ...PACKAGE_LIMITS, archiveBytes: 1000 };
  expect(await reasonsOf({}, { limits })).toEqual([expect.stringMatching(/^The file has .* At most 1000 bytes/)]);
});

it("refuses settings that are larger than allowed", async () => {
  const large = JSON.stringify({ cold_day: 1, note: " ".repeat(2000) });
  const limits = { ...PACKAGE_LIMITS, jsonBytes: 1000 };
  expect(await reasonsOf({ "resources/days.json": large }, { limits })).toEqual([
    "days.json has more than 1000 bytes. Upload a smaller one: ask for a post-form with ?file=days.json.",
  ]);
});

it("takes settings that were uploaded beside the FMU, in place of the FMU's own", async () => {
  const beside = { "config.json": JSON.stringify({ ...CONFIG, step: 60 }), "days.json": '{"hot_day": 200}' };
  const without = { "resources/config.json": null, "resources/days.json": null };
  const added = await manifestOf(without, { beside });
  expect(added).toMatchObject({ defaults: { step: 60 }, days: { hot_day: 200 } });
  const replaced = await manifestOf({}, { beside });
  expect(replaced).toMatchObject({ defaults: { step: 60 }, days: { hot_day: 200 } });
});

it("names a package by all that was uploaded", async () => {
  const beside = (step: number) => ({ beside: { "config.json": JSON.stringify({ ...CONFIG, step }) } });
  const hashes = await Promise.all([
    manifestOf(),
    manifestOf(),
    manifestOf({}, beside(60)),
    manifestOf({}, beside(61)),
    manifestOf({ "resources/readme.txt": "x" }),
  ]).then((manifests) => manifests.map(({ hash }) => hash));
  expect(hashes[0]).toBe(hashes[1]);
  expect(new Set(hashes).size).toBe(4);
});

it("ends when it is told to", async () => {
  const bytes = zip(entries({ "resources/large.bin": Buffer.alloc(50_000_000, 7) }));
  await expect(checkBytes(bytes, { signal: AbortSignal.abort(new Error("too long")) })).rejects.toThrow("too long");
});

it("prefers Co-Simulation, unless only Model Exchange can be run", async () => {
  const both = (coSimulation: string) =>
    manifestOf({
      "modelDescription.xml": xml({
        kinds: `<ModelExchange modelIdentifier="room" canSerializeFMUstate="1"/>${coSimulation}`,
        rest: '<ModelStructure><Derivatives><Unknown index="6"/></Derivatives></ModelStructure>',
      }),
    });
  expect((await both(CO_SIMULATION)).model).toMatchObject({
    kind: "CoSimulation",
    states: 0,
    canSerializeState: false,
  });
  expect((await both('<CoSimulation modelIdentifier="room"/>')).model).toMatchObject({
    kind: "ModelExchange",
    states: 1,
    eventIndicators: 2,
    canSerializeState: true,
  });
  expect((await both(CO_SIMULATION.replace("/>", ' needsExecutionTool="true"/>'))).model.kind).toBe("ModelExchange");
  expect((await check()).ok).toBe(true);
});
