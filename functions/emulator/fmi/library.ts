import koffi from "../native.ts";
import { type Pointer, resetFloatingPoint } from "./c-library.ts";
import { findDependencies } from "./dependencies.ts";
import { LoadError } from "./status.ts";

type Native = (...args: unknown[]) => number;

/** Arguments of the functions of FMI 2.0 that are used here, besides the instance, which comes first in each. */
const FUNCTIONS = {
  fmi2SetupExperiment: ["int", "double", "double", "int", "double"],
  fmi2EnterInitializationMode: [],
  fmi2ExitInitializationMode: [],
  fmi2GetReal: ["void *", "size_t", "void *"],
  fmi2GetInteger: ["void *", "size_t", "void *"],
  fmi2GetBoolean: ["void *", "size_t", "void *"],
  fmi2SetReal: ["void *", "size_t", "void *"],
  fmi2SetInteger: ["void *", "size_t", "void *"],
  fmi2SetBoolean: ["void *", "size_t", "void *"],
  // Only of models that declare them.
  fmi2GetFMUstate: ["void *"],
  fmi2SetFMUstate: ["void *"],
  fmi2FreeFMUstate: ["void *"],
  fmi2SerializedFMUstateSize: ["void *", "void *"],
  fmi2SerializeFMUstate: ["void *", "void *", "size_t"],
  fmi2DeSerializeFMUstate: ["void *", "size_t", "void *"],
  // Co-Simulation
  fmi2DoStep: ["double", "double", "int"],
  fmi2GetStatus: ["int", "void *"],
  fmi2GetRealStatus: ["int", "void *"],
  fmi2GetBooleanStatus: ["int", "void *"],
  // Model Exchange
  fmi2EnterEventMode: [],
  fmi2NewDiscreteStates: ["void *"],
  fmi2EnterContinuousTimeMode: [],
  fmi2CompletedIntegratorStep: ["int", "void *", "void *"],
  fmi2SetTime: ["double"],
  fmi2SetContinuousStates: ["void *", "size_t"],
  fmi2GetContinuousStates: ["void *", "size_t"],
  fmi2GetDerivatives: ["void *", "size_t"],
  fmi2GetEventIndicators: ["void *", "size_t"],
  fmi2GetNominalsOfContinuousStates: ["void *", "size_t"],
} as const satisfies Record<string, readonly string[]>;

export type FmiFunction = keyof typeof FUNCTIONS;

/** The shared library of a model. Functions are looked up when they are first called. */
export interface FmiLibrary {
  /** Calls a function with the instance as first argument; its status, unjudged. Throws `LoadError` if it is missing. */
  call(name: FmiFunction, instance: bigint, ...args: unknown[]): number;
  /** Where a function is, for C code that calls it. Throws `LoadError` if it is missing. */
  address(name: FmiFunction): Pointer;
  /** Null if the model refuses. */
  instantiate(args: readonly unknown[]): bigint | null;
}

/** Loads a model's library. Throws `LoadError` with what the loader says, which names what is missing. */
export function loadLibrary(file: string): FmiLibrary {
  const library = attempt(() => loadWithDependencies(file));
  const found = new Map<FmiFunction, Native>();
  const find = (name: FmiFunction): Native => {
    const known = found.get(name);
    if (known !== undefined) return known;

    const native = attempt(() => library.func(name, "int", ["void *", ...FUNCTIONS[name]])) as Native;
    found.set(name, native);
    return native;
  };
  return {
    address: (name) => attempt(() => library.symbol(name)) as Pointer,
    call(name, instance, ...args) {
      const status = find(name)(instance, ...args);
      // A fresh process that is put to the model's state would not know of it.
      resetFloatingPoint();
      return status;
    },
    instantiate(args) {
      const native = attempt(() =>
        library.func("fmi2Instantiate", "void *", ["str", "int", "str", "str", "void *", "int", "int"]),
      );
      const instance = native(...args) as bigint | null;
      resetFloatingPoint();
      return instance;
    },
  };
}

/**
 * Loads a library, and before it what it needs besides the system's libraries: the loader then takes what is there under the
 * name that is asked for, whatever run paths say.
 */
function loadWithDependencies(file: string): ReturnType<typeof koffi.load> {
  for (const path of findDependencies(file)) koffi.load(path);
  return koffi.load(file);
}

function attempt<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
