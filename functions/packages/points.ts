import type { PointInfo } from "../simulation/testcase.ts";
import type { Attributes, ModelDescription, ScalarVariable } from "./description.ts";
import type { PackageLimits } from "./limits.ts";
import type { ModelInput, ModelVariable, VariableType } from "./model.ts";
import { quoted, type Reasons } from "./reasons.ts";

/** An FMU's points: the variables that are set and read, and their descriptions for clients. */
export interface Points {
  readonly modelInputs: readonly ModelInput[];
  readonly modelOutputs: readonly ModelVariable[];
  readonly inputs: Readonly<Record<string, PointInfo>>;
  readonly measurements: Readonly<Record<string, PointInfo>>;
}

const VALUE = "_u";
const ACTIVATE = "_activate";
const PARTNERS = [
  [VALUE, ACTIVATE],
  [ACTIVATE, VALUE],
] as const;
/** An output with this ending tells the value in force of the input that has the same name with `_u`. */
const READING = "_y";

/** Longer texts are cut: people read them. */
const MAX_TEXT = 1000;

/** Types whose values are numbers, by the version of FMI, and how they are read. */
const TYPES: Readonly<Record<ModelDescription["fmi"], Readonly<Record<string, VariableType>>>> = {
  2: { Real: "Real", Integer: "Integer", Enumeration: "Integer", Boolean: "Boolean" },
  3: {
    ...(Object.fromEntries(
      ["Float64", "Float32", "Int8", "UInt8", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Boolean"].map(
        (type) => [type, type],
      ),
    ) as Record<string, VariableType>),
    Enumeration: "Int64",
  },
};

/**
 * Reads the points of an FMU. Inputs of a BOPTEST test case come in pairs, `<name>_u` and `<name>_activate`; those of a plain FMU
 * need no partner and are always in force then. Measurements are all outputs except those that repeat an input, `<name>_y`.
 */
export function readPoints(
  description: ModelDescription,
  { isPlain, limits }: { readonly isPlain: boolean; readonly limits: PackageLimits },
  reasons: Reasons,
): Points {
  const { types } = description;
  const readAs = TYPES[description.fmi];
  // A plain FMU may have texts among its inputs and outputs. They are left out.
  const variables = description.variables.filter(({ type }) => !isPlain || readAs[type] !== undefined);
  const names = new Set<string>();
  const modelled = new Map<string, ModelVariable>();
  const infos = new Map<string, PointInfo>();
  for (const variable of variables) {
    const { name = "" } = variable.attributes;
    const problem = problemOf(variable, readAs) ?? (names.has(name) ? "is there more than once" : undefined);
    names.add(name);
    if (problem !== undefined) reasons.add(`The ${variable.causality} ${quoted(name)} ${problem}.`);
    modelled.set(name, modelVariable(variable, readAs));
    infos.set(name, pointInfo(variable, types));
  }
  const named = (causality: ScalarVariable["causality"]) =>
    variables.filter((variable) => variable.causality === causality).map(({ attributes }) => attributes.name ?? "");
  const inputs = named("input");
  const outputs = named("output");
  const outputNames = new Set(outputs);
  if (!isPlain) checkPairs(inputs, reasons);
  const inputNames = new Set(inputs);
  const starts = new Map(
    variables.flatMap(({ attributes: { name = "" }, typeAttributes }) =>
      inputNames.has(name) && !isPaired(name, inputNames) ? [[name, startOf(typeAttributes.start)] as const] : [],
    ),
  );
  const repeated = new Map(
    inputs.filter((name) => name.endsWith(VALUE)).map((name) => [name.slice(0, -VALUE.length) + READING, name]),
  );
  const measurements = outputs.filter((name) => !repeated.has(name));
  const count = inputs.length + measurements.length;
  if (count > limits.points) {
    reasons.add(
      `The model has ${count} inputs and measurements. At most ${limits.points} are allowed: make fewer variables inputs and outputs.`,
    );
  }
  if (measurements.length === 0)
    reasons.add(
      'The model has no output that could be measured. Give it outputs (causality "output") beside those that only repeat an input.',
    );

  const variable = (name: string) => modelled.get(name) as ModelVariable;
  const reading = (name: string) => (name.endsWith(VALUE) ? name.slice(0, -VALUE.length) + READING : "");
  const known = (list: readonly string[]) =>
    Object.fromEntries(list.map((name) => [name, infos.get(name) as PointInfo]));
  return {
    modelInputs: inputs.map((name) => ({
      ...variable(name),
      inForce: outputNames.has(reading(name)) ? variable(reading(name)) : null,
      ...(starts.has(name) ? { start: starts.get(name) ?? 0 } : {}),
    })),
    modelOutputs: measurements.map(variable),
    inputs: known(inputs),
    measurements: known(measurements),
  };
}

/** What is wrong with a variable, as the end of a sentence; undefined if nothing is. */
function problemOf(
  { attributes, type, isArray }: ScalarVariable,
  readAs: Readonly<Record<string, VariableType>>,
): string | undefined {
  const { name = "", valueReference = "" } = attributes;
  if (name === "" || name.length > 500) return "has no name, or one of more than 500 characters";
  if (name === "time") return "has the name of the test's clock";
  if (!/^\d{1,10}$/.test(valueReference) || Number(valueReference) > 0xffffffff) return "has no valid valueReference";
  if (readAs[type] === undefined) return `is of type ${quoted(type)}: only numbers and Booleans can be points`;
  if (isArray) return "is an array: only scalars can be points";
  if (attributes.clocks !== undefined) return "belongs to a clock, and this service drives no clocks";
  return undefined;
}

/** Whether an input has its partner: an activation its value, or a value its activation. */
function isPaired(name: string, names: ReadonlySet<string>): boolean {
  return PARTNERS.some(([ending, other]) => name.endsWith(ending) && names.has(name.slice(0, -ending.length) + other));
}

/** A start value as a number: of a Boolean, 0 or 1. 0 if there is none. */
function startOf(text: string | undefined): number {
  if (text?.trim() === "true") return 1;
  return finite(text) ?? 0;
}

/** Checks that inputs come in pairs: a value without an activation is never in force, and an activation needs a value. */
function checkPairs(inputs: readonly string[], reasons: Reasons): void {
  const names = new Set(inputs);
  for (const name of inputs) {
    const [ending, other] = name.endsWith(VALUE) ? [VALUE, ACTIVATE] : [ACTIVATE, VALUE];
    if (!name.endsWith(ending)) {
      reasons.add(
        `The input ${quoted(name)} ends neither in ${VALUE} nor in ${ACTIVATE}, as inputs of a test case do. Rename it and give it its other half, or make it no input.`,
      );
    } else if (!names.has(name.slice(0, -ending.length) + other)) {
      reasons.add(
        `The input ${quoted(name)} has no ${quoted(name.slice(0, -ending.length) + other)} beside it. Add that input, or take this one away.`,
      );
    }
  }
}

function modelVariable(
  { attributes, type }: ScalarVariable,
  readAs: Readonly<Record<string, VariableType>>,
): ModelVariable {
  return {
    name: attributes.name ?? "",
    valueReference: Number(attributes.valueReference),
    type: readAs[type] ?? "Real",
  };
}

/** Describes a variable by its own attributes, else by those of its declared type. An activation has no unit and no limits. */
function pointInfo({ attributes, typeAttributes }: ScalarVariable, types: ReadonlyMap<string, Attributes>): PointInfo {
  const Description = attributes.description?.slice(0, MAX_TEXT) ?? null;
  if (attributes.name?.endsWith(ACTIVATE)) return { Unit: null, Description, Minimum: null, Maximum: null };
  const declared = types.get(typeAttributes.declaredType ?? "") ?? {};
  const of = (name: string) => typeAttributes[name] ?? declared[name];
  return {
    Unit: of("unit")?.slice(0, MAX_TEXT) ?? null,
    Description,
    Minimum: finite(of("min")),
    Maximum: finite(of("max")),
  };
}

function finite(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
