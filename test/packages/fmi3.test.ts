import { describe, expect, it } from "vitest";
import { CO_SIMULATION, LIBRARY, library, manifestOf, reasonsOf } from "./support.ts";

const LIBRARY_3 = "binaries/x86_64-linux/room.so";
const CO_SIMULATION_3 = CO_SIMULATION.replace(
  "canGetAndSetFMUstate",
  'canSerializeFMUState="true" canGetAndSetFMUState',
);
const variable = (type: string, name: string, causality: string, reference: number, more = "", inside = "") =>
  `<${type} name="${name}" valueReference="${reference}" causality="${causality}" ${more}>${inside}</${type}>`;
const VARIABLES = [
  variable("Float64", "time", "independent", 0),
  variable("Float64", "hea_u", "input", 1, 'unit="W" min="0" max="5000" start="0"'),
  variable("Boolean", "hea_activate", "input", 2, 'start="false"'),
  variable("Float64", "hea_y", "output", 3),
  variable("Float64", "TRoo_y", "output", 4, 'declaredType="Temperature"', '<Alias name="also"/>'),
  variable("Float64", "PHea_y", "output", 5, 'description="Power"'),
  // Whatever is no point may be of any kind.
  variable("Float64", "A", "parameter", 6, 'start="1 0"', '<Dimension start="2"/>'),
  variable("String", "title", "local", 7, "", '<Start value="x"/>'),
  variable("Clock", "tick", "local", 8, 'intervalVariability="triggered"'),
];

interface Parts {
  readonly root?: string;
  readonly kinds?: string;
  readonly variables?: readonly string[];
  readonly structure?: string;
}

const description = ({
  root = 'fmiVersion="3.0" instantiationToken="{3}" modelName="Room"',
  kinds = CO_SIMULATION_3,
  variables = VARIABLES,
  structure = "",
}: Parts = {}) => `<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription ${root}>${kinds}
  <TypeDefinitions>
    <Float64Type name="Temperature" unit="K" min="0"/>
    <EnumerationType name="Mode"><Item name="off" value="1"/></EnumerationType>
  </TypeDefinitions>
  <DefaultExperiment tolerance="1e-6"/>
  <ModelVariables>${variables.join("")}</ModelVariables>
  <ModelStructure>${structure}</ModelStructure>
</fmiModelDescription>`;

const files = (parts: Parts = {}) => ({
  "modelDescription.xml": description(parts),
  [LIBRARY]: null,
  [LIBRARY_3]: library(),
});
const plus = (...texts: readonly string[]): Parts => ({ variables: [...VARIABLES, ...texts] });

describe("an FMU of FMI 3.0", () => {
  it("is described by its own elements and flags", async () => {
    const enumeration = variable("Enumeration", "mode_y", "output", 9, 'declaredType="Mode"');
    const { model, inputs, measurements } = await manifestOf(
      files(plus(enumeration, variable("UInt8", "n_y", "output", 10))),
    );
    expect(model).toMatchObject({ fmi: 3, kind: "CoSimulation", guid: "{3}", tolerance: 1e-6, keeps: "serialized" });
    expect(model.inputs).toEqual([
      {
        ...{ name: "hea_u", valueReference: 1, type: "Float64" },
        inForce: { name: "hea_y", valueReference: 3, type: "Float64" },
      },
      { name: "hea_activate", valueReference: 2, type: "Boolean", inForce: null },
    ]);
    expect(model.outputs.map(({ name, type }) => [name, type])).toEqual([
      ["TRoo_y", "Float64"],
      ["PHea_y", "Float64"],
      ["mode_y", "Int64"],
      ["n_y", "UInt8"],
    ]);
    expect(inputs.hea_u).toEqual({ Unit: "W", Description: null, Minimum: 0, Maximum: 5000 });
    expect(measurements.TRoo_y).toEqual({ Unit: "K", Description: null, Minimum: 0, Maximum: null });
  });

  it("tells its states, indicators and what derivatives depend on by value references", async () => {
    const states = [
      variable("Float64", "x", "local", 20),
      variable("Float64", "y", "local", 30),
      variable("Float64", "der(x)", "local", 21, 'derivative="20"'),
      variable("Float64", "der(y)", "local", 31, 'derivative="30"'),
    ];
    const structure = `<Output valueReference="4"/><ContinuousStateDerivative valueReference="31" dependencies="30 20 1"/>
      <ContinuousStateDerivative valueReference="21" dependencies=""/><EventIndicator valueReference="20"/>`;
    const kinds = '<ModelExchange modelIdentifier="room"/>';
    const { model } = await manifestOf(files({ ...plus(...states), kinds, structure }));
    expect(model).toMatchObject({ states: 2, eventIndicators: 1, dependencies: [[0, 1], []] });
  });

  it.each<[string, Parts, RegExp]>([
    [
      "without a token",
      { root: 'fmiVersion="3.0" guid="{1}"' },
      /names no instantiationToken, which FMI 3\.0 requires/,
    ],
    [
      "for another kind of run",
      { kinds: '<ScheduledExecution modelIdentifier="room"/>' },
      /neither for CoSimulation nor/,
    ],
    ["that needs its tool", { kinds: CO_SIMULATION_3.replace("/>", ' needsExecutionTool="1"/>') }, /needs the tool/],
    ["of FMI 2.0's types", plus(variable("Real", "a_y", "output", 9)), /"a_y" is of type "Real"/],
    ["with a text as an output", plus(variable("String", "a_y", "output", 9)), /"a_y" is of type "String"/],
    ["with a clock as an output", plus(variable("Clock", "a_y", "output", 9)), /"a_y" is of type "Clock"/],
    ["with a clocked output", plus(variable("Int32", "a_y", "output", 9, 'clocks="8"')), /"a_y" belongs to a clock/],
    [
      "with an array as an output",
      plus(variable("Float64", "a_y", "output", 9, "", '<Dimension start="3"/>')),
      /The output "a_y" is an array: only scalars can be points/,
    ],
    [
      "whose states are an array",
      {
        ...plus(variable("Float64", "dx", "local", 9, 'derivative="6"', '<Dimension start="2"/>')),
        kinds: '<ModelExchange modelIdentifier="room"/>',
        structure: '<ContinuousStateDerivative valueReference="9"/>',
      },
      /cannot be run for ModelExchange: a continuous state of it is an array/,
    ],
  ])("is refused %s", async (_what, parts, reason) => {
    expect(await reasonsOf(files(parts))).toEqual([expect.stringMatching(reason)]);
  });

  it("is refused with its library where FMI 2.0 has it, or under another name", async () => {
    const moved = { "modelDescription.xml": description() };
    expect(await reasonsOf(moved)).toEqual([
      expect.stringMatching(/^binaries\/x86_64-linux\/room\.so is missing: .* linux64 and not for x86_64-linux/),
    ]);
    const renamed = { ...files(), [LIBRARY_3]: null, "binaries/x86_64-linux/other.so": library() };
    expect(await reasonsOf(renamed)).toEqual([expect.stringMatching(/there is other\.so\. Rename/)]);
  });
});
