import { describe, expect, it } from "vitest";
import { PACKAGE_LIMITS } from "../../functions/packages/limits.ts";
import { readModelDescription } from "../../functions/packages/model-description.ts";
import { CO_SIMULATION, manifestOf, reasonsOf, VARIABLES, variable, xml } from "./support.ts";

const refusal = (description: Parameters<typeof xml>[0]) => reasonsOf({ "modelDescription.xml": xml(description) });
const withVariable = (text: string) => ({ variables: [...VARIABLES, text] });

describe("modelDescription.xml is refused", () => {
  it.each<[string, Parameters<typeof xml>[0], RegExp]>([
    [
      "of FMI 1.0",
      { root: 'fmiVersion="1.0" guid="{1}"' },
      /FMI version "1\.0"\. Only versions 2\.0 and 3\.0 are supported/,
    ],
    ["of a later FMI", { root: 'fmiVersion="4.0" guid="{1}"' }, /FMI version "4\.0"/],
    ["without a guid", { root: 'fmiVersion="2.0"' }, /names no guid/],
    ["of neither kind", { kinds: "" }, /neither for CoSimulation nor for ModelExchange/],
    [
      "of a kind without a name",
      { kinds: "<ModelExchange/>" },
      /for ModelExchange: its modelIdentifier "" is no name in C/,
    ],
    [
      "whose name leads elsewhere",
      { kinds: CO_SIMULATION.replace("room", "../room") },
      /modelIdentifier "\.\.\/room" is no name in C/,
    ],
    [
      "that needs its tool",
      { kinds: CO_SIMULATION.replace("/>", ' needsExecutionTool="true"/>') },
      /needs the tool that it was made with/,
    ],
    [
      "that takes steps of one size",
      { kinds: '<CoSimulation modelIdentifier="room"/>' },
      /for CoSimulation: it can take steps of one size only/,
    ],
    [
      "with a number of event indicators that is none",
      {
        kinds: '<ModelExchange modelIdentifier="room"/>',
        root: 'fmiVersion="2.0" guid="{1}" numberOfEventIndicators="many"',
      },
      /numberOfEventIndicators is "many"/,
    ],
    ["with an input of another ending", withVariable(variable("speed", "input")), /"speed" ends neither in _u nor/],
    ["with a value that nothing activates", withVariable(variable("fan_u", "input")), /"fan_u" has no "fan_activate"/],
    ["with an activation of nothing", withVariable(variable("fan_activate", "input")), /"fan_activate" has no "fan_u"/],
    ["with an output twice", withVariable(VARIABLES[3] ?? ""), /output "TRoo_y" is there more than once/],
    [
      "with a text as an output",
      withVariable(variable("mode_y", "output", "<String/>")),
      /"mode_y" is of type "String"/,
    ],
    ["with an output of no type", withVariable(variable("mode_y", "output", "")), /"mode_y" is of type ""/],
    ["with an output called time", withVariable(variable("time", "output")), /"time" has the name of the test's clock/],
    ["with an output without a name", withVariable(variable("", "output")), /has no name/],
    [
      "with a value reference that is none",
      withVariable(variable("P_y", "output", "<Real/>", -1)),
      /"P_y" has no valid valueReference/,
    ],
    ["that is cut off", { rest: "<open>" }, /^modelDescription\.xml is not well-formed XML/],
    ["with an attribute twice", { kinds: '<CoSimulation a="1" a="2"/>' }, /is not well-formed XML/],
    ["with an entity of its own", { rest: "&xxe;" }, /is not well-formed XML/],
    [
      "with a document type",
      { head: '<!DOCTYPE fmiModelDescription [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>', rest: "&xxe;" },
      /document type declaration/,
    ],
    ["with elements within elements, too deep", { rest: `${"<a>".repeat(60)}${"</a>".repeat(60)}` }, /50 deep/],
    [
      "with more attributes than an element has",
      { kinds: CO_SIMULATION.replace("/>", `${Array.from({ length: 250 }, (_, i) => ` a${i}="1"`).join("")}/>`) },
      /more than 200 attributes/,
    ],
    ["in UTF-16, as it says", { head: '<?xml version="1.0" encoding="UTF-16"?>' }, /is written in UTF-16/],
  ])("%s", async (_what, description, reason) => {
    expect(await refusal(description)).toEqual([expect.stringMatching(reason)]);
  });

  it("without outputs", async () => {
    const reasons = await reasonsOf({
      "modelDescription.xml": xml({ variables: VARIABLES.slice(0, 3) }),
      "resources/kpis.json": "{}",
    });
    expect(reasons).toEqual([
      expect.stringMatching(/^The model has no output that could be measured\. Give it outputs/),
    ]);
  });

  it("about something else, empty, or in bytes that are no text", async () => {
    for (const text of ["<svg/>", "", Buffer.from([0x3c, 0xff, 0xfe])]) {
      expect(await reasonsOf({ "modelDescription.xml": text })).toEqual([
        expect.stringMatching(/^modelDescription\.xml is /),
      ]);
    }
  });

  it("larger than allowed, and with more points than allowed", async () => {
    const small = { ...PACKAGE_LIMITS, descriptionBytes: 500 };
    expect(await reasonsOf({}, { limits: small })).toEqual([
      expect.stringMatching(/^modelDescription\.xml has more than 500 bytes\./),
    ]);
    expect(await reasonsOf({}, { limits: { ...PACKAGE_LIMITS, points: 3 } })).toEqual([
      expect.stringMatching(/^The model has 4 inputs and measurements\. At most 3 are allowed: /),
    ]);
  });
});

describe("of a variable", () => {
  it("what it says itself comes before what its declared type says", async () => {
    const inside = '<Real declaredType="Temperature" unit="degC" max="50"/>';
    const { measurements } = await manifestOf({
      "modelDescription.xml": xml(withVariable(variable("TOut_y", "output", inside))),
    });
    expect(measurements.TOut_y).toEqual({ Unit: "degC", Description: "About TOut_y", Minimum: 0, Maximum: 50 });
  });

  it("what nobody says is null", async () => {
    const text =
      '<ScalarVariable name="n_y" valueReference="9" causality="output"><Integer min="-INF"/></ScalarVariable>';
    const { measurements, model } = await manifestOf({ "modelDescription.xml": xml(withVariable(text)) });
    expect(measurements.n_y).toEqual({ Unit: null, Description: null, Minimum: null, Maximum: null });
    expect(model.outputs.at(-1)).toEqual({ name: "n_y", valueReference: 9, type: "Integer" });
  });

  it("that activates another, neither unit nor limits are told", async () => {
    const limited = VARIABLES.map((text) => text.replace("<Boolean/>", '<Real unit="1" min="0" max="1"/>'));
    const { inputs } = await manifestOf({ "modelDescription.xml": xml({ variables: limited }) });
    expect(inputs.hea_activate).toMatchObject({ Unit: null, Minimum: null, Maximum: null });
  });

  it("texts are cut where nobody reads on", async () => {
    const long = variable("b_y", "output", `<Real unit="${"u".repeat(2000)}"/>`).replace("About", "x".repeat(2000));
    const { measurements } = await manifestOf({ "modelDescription.xml": xml(withVariable(long)) });
    expect(measurements.b_y?.Unit).toHaveLength(1000);
    expect(measurements.b_y?.Description).toHaveLength(1000);
  });

  it("escapes are undone, and Latin-1 is read where the file says so", () => {
    const text = xml({ variables: [variable("a_y", "output").replace("About a_y", "3 &lt; 4 &amp; &#xB0;C \u00b0")] });
    const bytes = Buffer.from(text.replace("UTF-8", "ISO-8859-1"), "latin1");
    expect(readModelDescription(bytes).variables[0]?.attributes.description).toBe("3 < 4 & \u00b0C \u00b0");
  });
});

it("reads a description of 26,000 variables in a moment", async () => {
  const many = Array.from({ length: 26_000 }, (_, i) =>
    variable(`room.wall[${i}].heatPort.T`, "local", '<Real declaredType="Temperature" start="293.15"/>', 1000 + i),
  );
  const text = xml({ variables: [...many, ...VARIABLES] }).replaceAll("><", ">\n<");
  expect(text.split("\n").length).toBeGreaterThan(50_000);
  const bytes = Buffer.from(text);
  const startedAt = process.cpuUsage();
  expect(readModelDescription(bytes).variables).toHaveLength(5);
  // Measured: 0.2 s. Whatever grows with the square of its size takes minutes.
  expect(process.cpuUsage(startedAt).user / 1e6).toBeLessThan(5);
});
