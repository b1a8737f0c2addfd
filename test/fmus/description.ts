import type { Model, ModelInput, ModelVariable } from "../../functions/packages/model.ts";
import { ZONES } from "./resources.ts";

/** What tells one build of the two-zone building from another. */
export interface Variant {
  readonly kind: Model["kind"];
  /** What modelDescription.xml says; what the library can do is told by the compiler's flags. */
  readonly isSerializable: boolean;
  /** Gives directional derivatives, and tells how often it was asked for what, see src/fmu.c. */
  readonly isDirectional?: boolean;
  /** The version of FMI, if it is 3.0. */
  readonly fmi?: 3;
}

export interface Variable {
  readonly name: string;
  readonly reference: number;
  readonly type: ModelVariable["type"];
  readonly causality: "local" | "input" | "output";
  readonly description: string;
  /** Attributes of the type's element. */
  readonly attributes: string;
  readonly derivativeOf?: number;
}

export const IDENTIFIER = "twozone";
export const TOLERANCE = 1e-7;

const FULL = { Sou: "south", Nor: "north" } as const;
const KELVIN = 'quantity="ThermodynamicTemperature" unit="K" displayUnit="degC"';

/** Every variable; value references as in src/variables.h. */
export function variables(): Variable[] {
  const each = (make: (zone: (typeof ZONES)[number], index: number) => Variable) => ZONES.map(make);
  const local = { type: "Real", causality: "local" } as const;
  const output = { type: "Real", causality: "output" } as const;
  const states = [
    ...each((zone, i) => ({
      ...local,
      name: `TAir${zone}`,
      reference: i,
      description: `Air, ${FULL[zone]}`,
      attributes: KELVIN,
    })),
    ...each((zone, i) => ({
      ...local,
      name: `TWal${zone}`,
      reference: 2 + i,
      description: `Wall, ${FULL[zone]}`,
      attributes: KELVIN,
    })),
    ...each((zone, i) => ({
      ...local,
      name: `C${zone}`,
      reference: 4 + i,
      description: `CO2, ${FULL[zone]}`,
      attributes: 'unit="ppm"',
    })),
  ];
  const derivatives = states.map(
    ({ name }, i): Variable => ({
      ...local,
      name: `der(${name})`,
      reference: 10 + i,
      description: "Derivative",
      attributes: "",
      derivativeOf: i + 1,
    }),
  );
  const overwrites = [
    ...each((zone, i) => ({
      ...local,
      name: `oveTSet${zone}`,
      reference: i,
      description: `Set-point of the ${FULL[zone]} zone's thermostat`,
      attributes: `${KELVIN} min="278.15" max="308.15"`,
    })),
    ...each((zone, i) => ({
      ...local,
      name: `oveHea${zone}`,
      reference: 2 + i,
      description: `Signal of the ${FULL[zone]} zone's heater`,
      attributes: 'unit="1" min="0" max="1"',
    })),
  ];
  const inputs = overwrites.flatMap(({ name, reference, description, attributes }, i): Variable[] => [
    {
      type: "Real",
      causality: "input",
      name: `${name}_u`,
      reference: 20 + reference,
      description,
      attributes: `${attributes} start="${i < 2 ? 294.15 : 0}"`,
    },
    {
      type: "Boolean",
      causality: "input",
      name: `${name}_activate`,
      reference: 30 + reference,
      description: `Activation for ${name}_u`,
      attributes: 'start="false"',
    },
  ]);
  const inForce = overwrites.map(
    (input): Variable => ({ ...input, ...output, name: `${input.name}_y`, reference: 40 + input.reference }),
  );
  return [
    ...states,
    ...derivatives,
    ...inputs,
    ...inForce,
    ...each((zone, i) => ({
      ...output,
      name: `TRooAir${zone}_y`,
      reference: 50 + i,
      description: `Air temperature of the ${FULL[zone]} zone`,
      attributes: KELVIN,
    })),
    ...each((zone, i) => ({
      ...output,
      name: `PHea${zone}_y`,
      reference: 52 + i,
      description: `Electric power of the ${FULL[zone]} zone's heat pump`,
      attributes: 'quantity="Power" unit="W" min="0"',
    })),
    ...each((zone, i) => ({
      ...output,
      name: `CO2RooAir${zone}_y`,
      reference: 54 + i,
      description: `CO2 in the ${FULL[zone]} zone's air, "by volume" &c. < 5000`,
      attributes: 'unit="ppm"',
    })),
    { ...output, name: "PFan_y", reference: 56, description: "Electric power of the fan", attributes: 'unit="W"' },
    { ...output, name: "TOut_y", reference: 57, description: "Outdoor temperature", attributes: KELVIN },
    {
      ...output,
      name: "tSwi_y",
      reference: 58,
      description: "When a thermostat switched last",
      attributes: 'quantity="Time" unit="s"',
    },
    {
      ...output,
      type: "Integer",
      name: "nSwi_y",
      reference: 59,
      description: "Switchings of the thermostats",
      attributes: "",
    },
  ];
}

/** For each derivative, the states that it depends on: both zones' air, walls, and CO2, as the equations in README.md have them. */
export const DEPENDENCIES = [[0, 1, 2], [0, 1, 3], [0, 2], [1, 3], [4], [5]];

/** What functions/packages reads out of the description below. */
export function model({ kind, isSerializable, isDirectional, fmi }: Variant): Model {
  const all = variables();
  const plain = ({ name, reference, type }: Variable): ModelVariable => ({
    name,
    valueReference: reference,
    type: fmi === 3 ? typeIn3(type) : type,
  });
  const inputs = all.filter(({ causality }) => causality === "input");
  const outputs = all.filter(({ causality }) => causality === "output");
  const repeats = (output: Variable) => inputs.some(({ name }) => name === output.name.replace(/_y$/, "_u"));
  return {
    ...(fmi === 3 ? { fmi } : {}),
    kind,
    identifier: IDENTIFIER,
    guid: guid({ kind, isSerializable }),
    canGetAndSetState: isSerializable,
    canSerializeState: isSerializable,
    keeps: isSerializable ? "shared" : "replayed",
    onlyOncePerProcess: true,
    states: kind === "ModelExchange" ? 6 : 0,
    eventIndicators: kind === "ModelExchange" ? 2 : 0,
    dependencies: kind === "ModelExchange" ? DEPENDENCIES : null,
    ...(isDirectional ? { directional: { states: [0, 1, 2, 3, 4, 5], derivatives: [10, 11, 12, 13, 14, 15] } } : {}),
    tolerance: TOLERANCE,
    inputs: inputs.map((input): ModelInput => {
      const inForce = outputs.find(({ name }) => input.name.endsWith("_u") && name === input.name.replace(/_u$/, "_y"));
      return { ...plain(input), inForce: inForce ? plain(inForce) : null };
    }),
    outputs: outputs.filter((output) => !repeats(output)).map(plain),
  };
}

/** What FMI 3.0 calls a type of FMI 2.0. */
export function typeIn3(type: ModelVariable["type"]): ModelVariable["type"] {
  return type === "Real" ? "Float64" : type === "Integer" ? "Int32" : type;
}

export function guid({ kind, isSerializable }: Variant): string {
  return `{twozone-${kind}-${isSerializable ? "serializable" : "plain"}}`;
}

/** The sampling interval follows a test's step. */
const VARIABLE_STEPS = ' canHandleVariableCommunicationStepSize="true"';

/** The modelDescription.xml of FMI 2.0. */
export function modelDescription(variant: Variant): string {
  const all = variables();
  const isExchange = variant.kind === "ModelExchange";
  const flags =
    (variant.isSerializable ? ' canGetAndSetFMUstate="true" canSerializeFMUstate="true"' : "") +
    (variant.isDirectional ? ' providesDirectionalDerivative="true"' : "");
  const escaped = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&apos;");
  const scalar = ({ name, reference, type, causality, description, attributes, derivativeOf }: Variable) => {
    const variability = type === "Real" ? "continuous" : "discrete";
    const derivative = derivativeOf === undefined ? "" : ` derivative="${derivativeOf}"`;
    const element = `<${type}${attributes === "" ? "" : ` ${attributes}`}${derivative}/>`;
    const head = `name="${escaped(name)}" valueReference="${reference}" description="${escaped(description)}"`;
    return `    <ScalarVariable ${head} causality="${causality}" variability="${variability}">${element}</ScalarVariable>`;
  };
  const unknown = (wanted: (variable: Variable) => boolean) =>
    all.flatMap((variable, i) => (wanted(variable) ? [`<Unknown index="${i + 1}"/>`] : [])).join("");
  // The states are the first variables, and an input is in every air's balance.
  const input = all.findIndex(({ causality }) => causality === "input") + 1;
  const derivatives = all.flatMap(({ derivativeOf }, i) => {
    const states = derivativeOf === undefined ? undefined : DEPENDENCIES[derivativeOf - 1];
    return states === undefined
      ? []
      : [`<Unknown index="${i + 1}" dependencies="${[...states.map((state) => state + 1), input].join(" ")}"/>`];
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription fmiVersion="2.0" modelName="TwoZone" guid="${guid(variant)}"
    generationTool="cc" variableNamingConvention="structured" numberOfEventIndicators="2">
  <${variant.kind} modelIdentifier="${IDENTIFIER}" canBeInstantiatedOnlyOncePerProcess="true"${flags}${isExchange ? "" : VARIABLE_STEPS}/>
  <UnitDefinitions>
    <Unit name="K"><BaseUnit K="1"/></Unit>
    <Unit name="W"><BaseUnit kg="1" m="2" s="-3"/></Unit>
    <Unit name="s"><BaseUnit s="1"/></Unit>
    <Unit name="1"/>
    <Unit name="ppm"/>
  </UnitDefinitions>
  <LogCategories><Category name="logAll"/><Category name="logStatusError"/></LogCategories>
  <DefaultExperiment startTime="0" stopTime="86400" tolerance="${TOLERANCE}"/>
  <ModelVariables>
${all.map(scalar).join("\n")}
  </ModelVariables>
  <ModelStructure>
    <Outputs>${unknown(({ causality }) => causality === "output")}</Outputs>
    ${isExchange ? `<Derivatives>${derivatives.join("")}</Derivatives>` : ""}
  </ModelStructure>
</fmiModelDescription>
`;
}
