import { readdirSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Model, ModelVariable, VariableType } from "../packages/model.ts";
import type { Grid } from "../simulation/emulator.ts";
import { jacobianOf } from "./colouring.ts";
import { findDependencies } from "./dependencies.ts";
import { cvodeLibrary } from "./native.ts";

/** Where a model's files are. */
export interface ModelFiles {
  /** Absolute path of the shared library. */
  readonly library: string;
  /** Absolute path of the folder `resources`, which may not be there. */
  readonly resources: string;
}

/** What the intervals of a grid are simulated with. */
export interface Stretch {
  readonly grid: Grid;
  /** In the order of the model's inputs. */
  readonly inputs: readonly number[];
  readonly from: number;
  readonly to: number;
  /** The interval where the course that this goes on with rested last; null to begin anew, with an event. */
  readonly restedAt: number | null;
}

/** What an order answers with, besides doing it. */
export interface Wanted {
  readonly samples: boolean;
  /** The model's state, where it rested last: null for none; what the model serializes, or an image of its memory. */
  readonly capture: "serialized" | "image" | null;
}

const PACKAGE = "/proc/self/fd/5";
const [LOAD, INITIALIZE, RESTORE, SIMULATE, RESTORE_IMAGE] = [1, 2, 3, 4, 5];
/** Of orders that simulate. */
const [SAMPLES, CAPTURES, IMAGES] = [1, 2, 4];
/** As infra/native/host/host.h has them. */
const TYPES: readonly (readonly VariableType[])[] = [
  ["Float64", "Real"],
  ["Int32", "Integer"],
  ["Boolean"],
  ...(["Float32", "Int8", "UInt8", "Int16", "UInt16", "UInt32", "Int64", "UInt64"] as const).map((type) => [type]),
];

/*
 * Orders to a model's process (infra/native/host): u32 4, u32 length of what follows the kind; u32 kind; then numbers (u32, f64),
 * texts and lists (u32 length, content), all little endian.
 */
function encode(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([words(4, length, kind), ...parts]);
}

/** The variables that are set, and those that are sampled, in the order of the samples' columns after `time`. */
export function sampledOf(model: Model): readonly ModelVariable[] {
  return [...model.inputs.map((input) => input.inForce ?? input), ...model.outputs];
}

/** Loads a model and makes an instance of it. @throws EmulatorError if a library is missing that it needs */
export function encodeLoad(model: Model, files: ModelFiles): Buffer {
  const { groups, rows, directional } = jacobianOf(model);
  const dependencies = findDependencies(files.library);
  return encode(
    LOAD,
    words(model.fmi ?? 2, model.kind === "ModelExchange" ? 1 : 0),
    doubles(model.tolerance ?? Number.NaN),
    words(model.states, model.eventIndicators),
    selection(model.inputs),
    selection(sampledOf(model)),
    list(groups.length === 0 ? [] : starts(groups)),
    list(groups.flat()),
    list(starts(rows)),
    list(rows.flat()),
    list(directional === undefined ? [] : groups.flat().map((column) => directional.states[column] ?? 0)),
    list(directional?.derivatives ?? []),
    text(cvodeLibrary()),
    text(inPackage(files, files.library)),
    text(model.identifier),
    text(model.guid),
    text(resourcesOf(model, files)),
    words(dependencies.length),
    ...dependencies.map((path) => text(inPackage(files, path))),
  );
}

/** FMI 2.0 has a URI; FMI 3.0 a path that ends with "/", and nothing where that is empty. */
function resourcesOf({ fmi }: Model, files: ModelFiles): string {
  const { resources } = files;
  if (fmi !== 3) return pathToFileURL(inPackage(files, resources)).href;
  return readdirSync(resources).length > 0 ? `${inPackage(files, resources)}/` : "";
}

/**
 * The path by which a model's process knows a file of its package: the same in every process (infra/native/host/confine.c), for a
 * model may keep it in its memory.
 */
function inPackage({ resources }: ModelFiles, path: string): string {
  const within = relative(dirname(resources), path);
  return within.startsWith("..") ? path : resolve(PACKAGE, within);
}

/** @param isBase images of its memory will be taken, or it will be put to one */
export function encodeInitialize(time: number, wanted: Wanted, isBase: boolean): Buffer {
  return encode(INITIALIZE, doubles(time), words((flags(wanted) & ~IMAGES) + (isBase ? IMAGES : 0)));
}

/** @param state what the model's process captured */
export function encodeRestore(state: Uint8Array, kind: "serialized" | "image"): Buffer {
  return encode(kind === "image" ? RESTORE_IMAGE : RESTORE, state);
}

/** @param budgetMs it leaves off after so long, but not before one interval is done */
export function encodeSimulate(
  { grid, inputs, from, to, restedAt }: Stretch,
  wanted: Wanted,
  budgetMs: number,
): Buffer {
  const numbers = [grid.start, grid.length, grid.intervals, from, to, restedAt ?? -1, budgetMs];
  return encode(SIMULATE, doubles(...numbers), words(flags(wanted)), doubles(...inputs));
}

function flags({ samples, capture }: Wanted): number {
  return (samples ? SAMPLES : 0) + (capture === null ? 0 : CAPTURES) + (capture === "image" ? IMAGES : 0);
}

/** Variables by type: their references, and their places among all. */
function selection(variables: readonly ModelVariable[]): Buffer {
  const lists = TYPES.flatMap((types) => {
    const places = variables.flatMap((variable, i) => (types.includes(variable.type) ? [i] : []));
    return [list(places.map((i) => variables[i]?.valueReference ?? 0)), list(places)];
  });
  return Buffer.concat(lists);
}

/** Where each list begins when all are laid end to end, and where the last ends. */
function starts(lists: readonly (readonly number[])[]): number[] {
  let length = 0;
  return [0, ...lists.map((each) => (length += each.length))];
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([words(bytes.length), bytes]);
}

function list(values: readonly number[]): Buffer {
  return words(values.length, ...values);
}

function words(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

function doubles(...values: readonly number[]): Buffer {
  return Buffer.from(Float64Array.from(values).buffer);
}
