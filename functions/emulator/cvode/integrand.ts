import { join } from "node:path";
import type { Pointer } from "../fmi/c-library.ts";
import { check, LoadError } from "../fmi/status.ts";
import { libraryFolders } from "../library-folders.ts";
import koffi from "../native.ts";
import { colour } from "./colouring.ts";

/** infra/native/integrand.c, compiled. */
const FILE = "libboptest-integrand.so";

/** A model's functions, by their addresses: FMI 2.0, section 3.2. */
export interface ModelFunctions {
  readonly fmi2SetTime: Pointer;
  readonly fmi2SetContinuousStates: Pointer;
  readonly fmi2GetDerivatives: Pointer;
  readonly fmi2GetEventIndicators: Pointer;
}

/** x' = f(t, x) of a model, as long as no event indicator z(t, x) changes its sign. */
export interface Equations {
  readonly instance: Pointer;
  readonly functions: ModelFunctions;
  /** May be 0: the integrator then gets one state that never changes. */
  readonly states: number;
  readonly indicators: number;
  /** For each derivative, the states that it depends on; null if that is not known. */
  readonly dependencies: readonly (readonly number[])[] | null;
}

/** What the integrand needs of the integrator, by address. */
export interface Integrator {
  readonly cvode: Pointer;
  /** A vector of the states' length. */
  readonly weights: Pointer;
  readonly N_VGetArrayPointer: Pointer;
  readonly SUNDenseMatrix_Column: Pointer;
  readonly CVodeGetErrWeights: Pointer;
  readonly CVodeGetCurrentStep: Pointer;
}

/** The structure of integrand.c, field by field, of 8 bytes each. */
const FIELDS = [
  "instance",
  ...["setTime", "setStates", "getDerivatives", "getIndicators"],
  ...["valuesOf", "columnOf", "getErrorWeights", "getStep"],
  ...["cvode", "weights", "scratch"],
  ...["states", "indicators"],
  ...["groups", "groupStarts", "groupColumns", "columnStarts", "columnRows"],
  ...["failedCall", "failedStatus", "refusedAt"],
] as const;
const CALLS = ["", "fmi2SetTime", "fmi2SetContinuousStates", "fmi2GetDerivatives", "fmi2GetEventIndicators"];

/** A model's equations as the C functions that CVODE calls, so that no call of a step passes through JavaScript. */
export class Integrand {
  /** Of C functions: the right-hand side; the event indicators, null without any; the Jacobian, null if CVODE finds it itself. */
  readonly derivatives: Pointer;
  readonly indicators: Pointer | null;
  readonly jacobian: Pointer | null;
  /** What these functions are given. */
  readonly data: Pointer;
  /** States, and so many for the integrator. */
  readonly length: number;
  readonly indicatorCount: number;
  readonly #addresses: BigInt64Array;
  readonly #times: Float64Array;
  readonly #allocated: Pointer[] = [];

  constructor({ instance, functions, states, indicators, dependencies }: Equations) {
    const library = load();
    const colouring = dependencies === null ? null : colour(dependencies);
    this.derivatives = library.symbol("boptest_derivatives");
    this.indicators = indicators === 0 ? null : library.symbol("boptest_indicators");
    this.jacobian = colouring === null ? null : library.symbol("boptest_jacobian");
    this.length = Math.max(1, states);
    this.indicatorCount = indicators;
    this.data = this.#allocate("int64", FIELDS.length);
    const fields = koffi.view(this.data, 8 * FIELDS.length);
    this.#addresses = new BigInt64Array(fields);
    this.#times = new Float64Array(fields);
    this.#write({
      instance,
      setTime: functions.fmi2SetTime,
      setStates: functions.fmi2SetContinuousStates,
      getDerivatives: functions.fmi2GetDerivatives,
      getIndicators: functions.fmi2GetEventIndicators,
      scratch: this.#allocate("double", 2 * this.length),
      states: BigInt(states),
      indicators: BigInt(indicators),
    });
    this.#forget();
    if (colouring === null) return;
    this.#write({
      groups: BigInt(colouring.groups.length),
      groupStarts: this.#list(starts(colouring.groups)),
      groupColumns: this.#list(colouring.groups.flat()),
      columnStarts: this.#list(starts(colouring.rows)),
      columnRows: this.#list(colouring.rows.flat()),
    });
  }

  /** Tells the functions who calls them. Before the first call. */
  link(integrator: Integrator): void {
    this.#write({
      cvode: integrator.cvode,
      weights: integrator.weights,
      valuesOf: integrator.N_VGetArrayPointer,
      columnOf: integrator.SUNDenseMatrix_Column,
      getErrorWeights: integrator.CVodeGetErrWeights,
      getStep: integrator.CVodeGetCurrentStep,
    });
  }

  /** Throws the `ModelError` of the first call that has failed since it was asked last, if one has. */
  check(): void {
    const [call, status] = [this.#read("failedCall"), this.#read("failedStatus")];
    this.#write({ failedCall: 0n });
    if (call !== 0n) check(Number(status), CALLS[Number(call)] ?? "a function of the model");
  }

  /** When the model discarded its event indicators since it was asked last, s. */
  takeRefused(): number | undefined {
    const time = this.#times[FIELDS.indexOf("refusedAt")] ?? Number.NaN;
    this.#forget();
    return Number.isNaN(time) ? undefined : time;
  }

  /** Frees what it holds. */
  close(): void {
    for (const address of this.#allocated.splice(0)) koffi.free(address);
  }

  #forget(): void {
    this.#times[FIELDS.indexOf("refusedAt")] = Number.NaN;
  }

  #read(field: (typeof FIELDS)[number]): bigint {
    return this.#addresses[FIELDS.indexOf(field)] ?? 0n;
  }

  #write(values: Partial<Record<(typeof FIELDS)[number], bigint>>): void {
    for (const [field, value] of Object.entries(values)) {
      this.#addresses[FIELDS.indexOf(field as (typeof FIELDS)[number])] = value;
    }
  }

  #list(values: readonly number[]): Pointer {
    const address = this.#allocate("int32", Math.max(1, values.length));
    new Int32Array(koffi.view(address, 4 * Math.max(1, values.length))).set(values);
    return address;
  }

  #allocate(type: "int32" | "int64" | "double", length: number): Pointer {
    const address: Pointer = koffi.alloc(type, length);
    this.#allocated.push(address);
    return address;
  }
}

/** Where each list begins when all are laid end to end, and where the last ends. */
function starts(lists: readonly (readonly number[])[]): number[] {
  let length = 0;
  return [0, ...lists.map((list) => (length += list.length))];
}

let loaded: ReturnType<typeof koffi.load> | undefined;

function load(): ReturnType<typeof koffi.load> {
  if (loaded !== undefined) return loaded;
  for (const folder of libraryFolders()) {
    try {
      loaded = koffi.load(join(folder, FILE));
      return loaded;
    } catch {
      // Not in this folder.
    }
  }
  throw new LoadError(`models for Model Exchange need ${FILE}, which was not found: "npm run layer" makes it`);
}
