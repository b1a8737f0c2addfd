import type { Attributes, Derivative, ModelDescription } from "./description.ts";
import type { Keeping, Model } from "./model.ts";
import { quoted, type Reasons } from "./reasons.ts";

/** How the model is run, and what it can do: all of `Model` except its points and what is verified later. */
export type Kind = Omit<Model, "inputs" | "outputs" | "keeps">;

/** How a model's state is kept before its claims are verified: no process is restored to the states of two tests. */
export function claimedKeeping({ canGetAndSetState, canSerializeState }: Kind): Keeping {
  return canGetAndSetState && canSerializeState ? "serialized" : "replayed";
}

/** The identifier names a file and functions in C, so it must be a name in C. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;

/**
 * Decides as which of its two kinds an FMU is run: as Co-Simulation if possible, because it brings the solver that it was made
 * with. Undefined, with reasons, if neither is possible.
 */
export function readKind(description: ModelDescription, reasons: Reasons): Kind | undefined {
  const { root, kinds, defaultExperiment } = description;
  const { fmiVersion = "" } = root;
  if (!/^[23]\.0(\.\d+)?$/.test(fmiVersion)) {
    reasons.add(
      `The FMU is of FMI version ${quoted(fmiVersion)}. Only versions 2.0 and 3.0 are supported: export it as one of them.`,
    );
  }
  const isThree = description.fmi === 3;
  const token = isThree ? "instantiationToken" : "guid";
  const guid = root[token];
  if (!guid)
    reasons.add(
      `modelDescription.xml names no ${token}, which FMI ${description.fmi}.0 requires. Export the FMU anew.`,
    );
  const { CoSimulation, ModelExchange } = kinds;
  if (CoSimulation === undefined && ModelExchange === undefined) {
    reasons.add("The FMU is neither for CoSimulation nor for ModelExchange. Export it for one of them.");
    return undefined;
  }
  const problems: string[] = [];
  for (const [kind, attributes] of [
    ["CoSimulation", CoSimulation],
    ["ModelExchange", ModelExchange],
  ] as const) {
    if (attributes === undefined) continue;
    const problem = problemOf(kind, attributes, description);
    if (problem !== undefined) {
      problems.push(`The FMU cannot be run for ${kind}: ${problem}.`);
      continue;
    }
    const isModelExchange = kind === "ModelExchange";
    const [gets, serializes] = isThree
      ? [attributes.canGetAndSetFMUState, attributes.canSerializeFMUState]
      : [attributes.canGetAndSetFMUstate, attributes.canSerializeFMUstate];
    const provides = isThree ? attributes.providesDirectionalDerivatives : attributes.providesDirectionalDerivative;
    return {
      ...(isThree ? { fmi: 3 } : {}),
      kind,
      identifier: attributes.modelIdentifier ?? "",
      guid: guid ?? "",
      canGetAndSetState: isTrue(gets),
      canSerializeState: isTrue(serializes),
      onlyOncePerProcess: isTrue(attributes.canBeInstantiatedOnlyOncePerProcess),
      states: isModelExchange ? description.derivatives.length : 0,
      eventIndicators: isModelExchange
        ? (description.eventIndicators ?? countOf(root.numberOfEventIndicators, reasons))
        : 0,
      dependencies: isModelExchange ? dependenciesOf(description.derivatives) : null,
      ...(isModelExchange && isTrue(provides) ? directionalOf(description.derivatives) : {}),
      tolerance: toleranceOf(defaultExperiment.tolerance),
    };
  }
  for (const problem of problems) reasons.add(problem);
  return undefined;
}

/** Why an FMU cannot be run as this kind, as the end of a sentence. */
function problemOf(kind: Model["kind"], attributes: Attributes, { derivatives }: ModelDescription): string | undefined {
  const { modelIdentifier = "", needsExecutionTool, canHandleVariableCommunicationStepSize } = attributes;
  if (!IDENTIFIER.test(modelIdentifier)) return `its modelIdentifier ${quoted(modelIdentifier)} is no name in C`;
  if (isTrue(needsExecutionTool)) return "it needs the tool that it was made with (needsExecutionTool)";
  // The sampling interval follows from a test's step, which can change at any time.
  if (kind === "CoSimulation" && !isTrue(canHandleVariableCommunicationStepSize)) {
    return "it can take steps of one size only (canHandleVariableCommunicationStepSize is not true)";
  }
  if (kind === "ModelExchange" && derivatives.some(({ isArray }) => isArray)) {
    return "a continuous state of it is an array, and only scalars are supported";
  }
  return undefined;
}

/** What directional derivatives are asked for by; nothing where the file does not say it of every state. */
function directionalOf(derivatives: readonly Derivative[]): Pick<Model, "directional"> {
  const references = derivatives.flatMap(({ references: own }) => own ?? []);
  const all = references.flatMap(({ state, derivative }) => [state, derivative]);
  if (derivatives.length === 0 || references.length < derivatives.length || !all.every(isReference)) return {};
  return {
    directional: {
      states: references.map(({ state }) => state),
      derivatives: references.map(({ derivative }) => derivative),
    },
  };
}

const isReference = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 32;

/** More than this is no sparse system: a model of a thousand states with so many is solved as a dense one. */
const MAX_DEPENDENCIES = 100_000;

/** For each derivative, the states that it depends on, by their places; null where one is not said, or names no state. */
function dependenciesOf(derivatives: readonly Derivative[]): number[][] | null {
  const places = new Map<number, number>();
  for (const [place, { state }] of derivatives.entries()) {
    if (state !== undefined) places.set(state, place);
  }
  if (derivatives.length === 0 || places.size < derivatives.length) return null;
  const all: number[][] = [];
  let count = 0;
  for (const { dependencies } of derivatives) {
    if (dependencies === undefined) return null;
    // Inputs and other variables are among them, too.
    const states = new Set(dependencies.flatMap((index) => places.get(index) ?? []));
    all.push([...states].toSorted((one, other) => one - other));
    count += states.size;
  }
  return count > MAX_DEPENDENCIES ? null : all;
}

function isTrue(text: string | undefined): boolean {
  return text === "true" || text === "1";
}

function countOf(text: string | undefined, reasons: Reasons): number {
  const count = Number(text ?? 0);
  if (Number.isInteger(count) && count >= 0 && count < 1e6) return count;
  reasons.add(`numberOfEventIndicators is ${quoted(text ?? "")}, which is no count.`);
  return 0;
}

function toleranceOf(text: string | undefined): number | null {
  const tolerance = Number(text);
  return text !== undefined && tolerance > 0 && tolerance < 1 ? tolerance : null;
}
