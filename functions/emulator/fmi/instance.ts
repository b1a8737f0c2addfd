import { pathToFileURL } from "node:url";
import type { Model, ModelVariable } from "../../packages/model.ts";
import { addressOf } from "./c-library.ts";
import { type FmiFunction, type FmiLibrary, loadLibrary } from "./library.ts";
import type { LogBudget } from "./log-budget.ts";
import { makeLogger } from "./logger.ts";
import { check, ModelError } from "./status.ts";

const [FALSE, TRUE] = [0, 1];

/**
 * fmi2CallbackFunctions: logger, allocateMemory, freeMemory, stepFinished, componentEnvironment. A model holds on to it, so it
 * must neither move nor be collected.
 */
const CALLBACKS = new BigUint64Array(16);

/** Where a model's files are. */
export interface ModelFiles {
  /** Absolute path of the shared library. */
  readonly library: string;
  /** Absolute path of the folder `resources`, which may not be there. */
  readonly resources: string;
}

/** Variables of one type, and where each value belongs in the caller's array. */
interface Group {
  readonly type: ModelVariable["type"];
  readonly references: Uint32Array;
  readonly values: Float64Array | Int32Array;
  readonly indices: readonly number[];
}

/** The variables of a list, by type: one call each. */
export type Selection = readonly Group[];

/**
 * An instance of a model, FMI 2.0: the calls that both kinds have, with plain values, every status checked. All throw
 * `ModelError` or `LoadError`. There is one instance a process, and it ends with it.
 */
export class Instance {
  readonly library: FmiLibrary;
  readonly handle: bigint;
  readonly model: Model;

  constructor(model: Model, files: ModelFiles, log: LogBudget) {
    this.model = model;
    this.library = loadLibrary(files.library);
    CALLBACKS.set([makeLogger(log), addressOf("calloc"), addressOf("free"), 0n, 0n]);
    const kind = model.kind === "ModelExchange" ? 0 : 1;
    const resources = pathToFileURL(files.resources).href;
    // Logging is on: most models say why they fail only then.
    const handle = this.library.instantiate([model.identifier, kind, model.guid, resources, CALLBACKS, FALSE, TRUE]);
    if (!handle) throw new ModelError("fmi2Instantiate returned no instance");
    this.handle = handle;
  }

  /** Calls a function and judges its status. */
  call(name: FmiFunction, ...args: unknown[]): void {
    check(this.library.call(name, this.handle, ...args), name);
  }

  /** From instantiated to initialized at `time` (s), with the start values of all inputs. */
  initialize(time: number): void {
    const { tolerance } = this.model;
    this.call("fmi2SetupExperiment", tolerance === null ? FALSE : TRUE, tolerance ?? 0, time, FALSE, 0);
    this.call("fmi2EnterInitializationMode");
    this.call("fmi2ExitInitializationMode");
  }

  get(selection: Selection, into: Float64Array): void {
    for (const { type, references, values, indices } of selection) {
      this.call(`fmi2Get${type}`, references, references.length, values);
      for (let i = 0; i < values.length; i++) into[indices[i] ?? 0] = values[i] ?? Number.NaN;
    }
  }

  set(selection: Selection, from: ArrayLike<number>): void {
    for (const { type, references, values, indices } of selection) {
      for (const [i, index] of indices.entries()) {
        const value = from[index] ?? Number.NaN;
        values[i] = type === "Boolean" ? Number(value !== 0) : value;
      }
      this.call(`fmi2Set${type}`, references, references.length, values);
    }
  }

  /** All of the model's state as bytes. Only of models that can. */
  serialize(): Uint8Array {
    const [state, size] = [new BigUint64Array(1), new BigUint64Array(1)];
    this.call("fmi2GetFMUstate", state);
    try {
      this.call("fmi2SerializedFMUstateSize", state[0], size);
      const bytes = new Uint8Array(Number(size[0]));
      this.call("fmi2SerializeFMUstate", state[0], bytes, bytes.length);
      return bytes;
    } finally {
      this.call("fmi2FreeFMUstate", state);
    }
  }

  /** Goes back to what `serialize` gave, in this process or another. */
  deserialize(bytes: Uint8Array): void {
    const state = new BigUint64Array(1);
    this.call("fmi2DeSerializeFMUstate", bytes, bytes.length, state);
    try {
      this.call("fmi2SetFMUstate", state[0]);
    } finally {
      this.call("fmi2FreeFMUstate", state);
    }
  }
}

/** Prepares getting or setting variables in this order. */
export function select(variables: readonly ModelVariable[]): Selection {
  const groups: Group[] = [];
  for (const type of ["Real", "Integer", "Boolean"] as const) {
    const indices = variables.flatMap((variable, i) => (variable.type === type ? [i] : []));
    if (indices.length === 0) continue;
    groups.push({
      type,
      indices,
      references: Uint32Array.from(indices, (i) => variables[i]?.valueReference ?? 0),
      values: type === "Real" ? new Float64Array(indices.length) : new Int32Array(indices.length),
    });
  }
  return groups;
}
