import { describe, expect, it } from "vitest";
import { remarkOf } from "../../functions/packages/remark.ts";
import { testCaseOf } from "../../functions/packages/testcase.ts";
import { readInputs, releasedInputs } from "../../functions/simulation/inputs.ts";
import { CONFIG, LIBRARY, manifestOf, reasonsOf, variable, xml } from "./support.ts";

const VARIABLES = [
  variable("speed", "input", '<Real unit="1" min="0" max="1" start="0.25"/>', 1),
  variable("isOn", "input", '<Boolean start="true"/>', 2),
  variable("mode", "input", '<Integer start="2"/>', 3),
  variable("hea_u", "input", "<Real/>", 4),
  variable("hea_activate", "input", '<Boolean start="true"/>', 5),
  variable("title", "input", '<String start="x"/>', 6),
  variable("P", "output", '<Real unit="W"/>', 7),
];

/** The changes that make a plain FMU of the good package. */
const plain = (experiment = "") => ({
  "modelDescription.xml": xml({ variables: VARIABLES, rest: experiment }).replace(
    '<DefaultExperiment tolerance="1e-6"/>',
    "",
  ),
  "resources/config.json": null,
  "resources/days.json": null,
  "resources/kpis.json": null,
  "resources/prices.csv": null,
  "resources/weather.csv": null,
});
const experiment = (attributes: string) => plain(`<DefaultExperiment ${attributes}/>`);
const emulator = { cost: 0, initialize: () => Promise.reject(), advance: () => Promise.reject() };

describe("an FMU without BOPTEST's settings", () => {
  it("is a test case with defaults, whose inputs need no partner; texts are left out", async () => {
    const manifest = await manifestOf(plain());
    expect(manifest).toMatchObject({
      isPlain: true,
      area: 1,
      days: {},
      kpiMap: {},
      defaults: { startTime: 0, warmupPeriod: 0, step: 60 },
    });
    expect(Object.keys(manifest.inputs)).toEqual(["speed", "isOn", "mode", "hea_u", "hea_activate"]);
    expect(Object.keys(manifest.measurements)).toEqual(["P"]);
    expect(remarkOf(manifest)).toMatch(/^It is a plain FMU, .* always in force/);
  });

  it("begins with the start values of the inputs that are always in force; a pair is released", async () => {
    const testcase = testCaseOf(await manifestOf(plain()), "plain", emulator);
    const released = releasedInputs(testcase);
    expect(released).toEqual({ speed: 0.25, isOn: 1, mode: 2, hea_u: 0, hea_activate: 0 });
    const read = readInputs(testcase, released, { speed: 3, isOn: false });
    expect(read).toMatchObject({ ok: true, inputs: { speed: 1, isOn: 0, mode: 2 }, warnings: [/clipped to 1/] });
  });

  it.each([
    ['startTime="86400" stepSize="300"', { startTime: 86_400, step: 300 }],
    ['startTime="100" stopTime="3700"', { startTime: 100, step: 36 }],
    ['startTime="-5" stopTime="-5" stepSize="0"', { startTime: 0, step: 60 }],
    ['startTime="x" stopTime="1e400"', { startTime: 0, step: 60 }],
  ])("takes its defaults from the FMU's own experiment: %s", async (attributes, defaults) => {
    expect((await manifestOf(experiment(attributes))).defaults).toMatchObject(defaults);
  });

  it("has the fields of config.json, if there is one, and a KPI map in it", async () => {
    const config = { area: 50, step: 900, kpis: { "AirZoneTemperature[1]": [] } };
    const manifest = await manifestOf({ ...plain(), "resources/config.json": JSON.stringify(config) });
    expect(manifest).toMatchObject({ area: 50, defaults: { startTime: 0, step: 900 }, kpiMap: config.kpis });
  });

  it.each([
    [{ area: -1 }, /config\.json: area is -1/],
    [{ kpis: [] }, /config\.json: kpis must be a JSON object/],
    [{ kpis: { ElectricPower: ["Q"] } }, /config\.json: "ElectricPower" names "Q", which is no measurement/],
  ])("is refused with the reason where config.json is wrong: %j", async (config, reason) => {
    const reasons = await reasonsOf({ ...plain(), "resources/config.json": JSON.stringify(config) });
    expect(reasons).toContainEqual(expect.stringMatching(reason));
  });

  it("is none if one of the other files is there: then each that is missing is told, and inputs need partners", async () => {
    const reasons = await reasonsOf({ ...plain(), "resources/days.json": "{}" });
    for (const part of ["config.json is missing", "kpis.json is missing", '"speed" ends neither']) {
      expect(
        reasons.some((reason) => reason.includes(part)),
        part,
      ).toBe(true);
    }
  });

  it("still needs a library and an output", async () => {
    const variables = VARIABLES.slice(0, 1);
    const reasons = await reasonsOf({ ...plain(), "modelDescription.xml": xml({ variables }), [LIBRARY]: null });
    expect(reasons).toEqual([expect.stringMatching(/room\.so is missing/), expect.stringMatching(/no output/)]);
  });

  it("a package of BOPTEST's has no mark, so that its manifest is as it was", async () => {
    const manifest = await manifestOf({ "resources/config.json": JSON.stringify(CONFIG) });
    expect(Object.keys(manifest)).not.toContain("isPlain");
    expect(manifest.model.inputs.every((input) => !("start" in input))).toBe(true);
  });
});
