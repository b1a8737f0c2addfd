/** How an FMU is simulated: with the solver that it brings, or with ours. */
export type ModelKind = "CoSimulation" | "ModelExchange";

/** The types of variables that can be points: FMI 2.0's, and FMI 3.0's. An enumeration is an Integer, and an Int64. */
export type VariableType = "Real" | "Integer" | "Boolean" | `Float${32 | 64}` | `${"" | "U"}Int${8 | 16 | 32 | 64}`;

/** A scalar variable of an FMU that is set or read. */
export interface ModelVariable {
  readonly name: string;
  readonly valueReference: number;
  readonly type: VariableType;
}

/**
 * How a model's state is kept between steps.
 * - `shared`: the model serializes its state, and any process of the package can be restored to any state.
 * - `serialized`: the model serializes its state, and only a fresh process is restored to it.
 * - `image`: an image of the model's memory is its state, and any process that was initialized at the same time can be put to it.
 * - `replayed`: the inputs since the initialization are kept, and a fresh process simulates them again.
 */
export type Keeping = "shared" | "serialized" | "image" | "replayed";

/** What intake found out about saving and restoring a model's state. */
export interface Verdict {
  readonly keeps: Keeping;
  /** Why the state is not kept in a better way, as a sentence; null if there is no reason to give. */
  readonly reason: string | null;
  /** What was compared: simulated hours, and how often the model was restored, in fresh processes and in one that was at another time. */
  readonly covered: { readonly hours: number; readonly fresh: number; readonly shared: number };
}

/** The verdict on a model that was not verified. */
export function unverified(reason: string): Verdict {
  return { keeps: "replayed", reason, covered: { hours: 0, fresh: 0, shared: 0 } };
}

/**
 * Everything that running an FMU needs. Intake reads it once from modelDescription.xml, so that this file (50,000 lines and more)
 * is never parsed again. Plain data.
 */
export interface Model {
  /** The version of FMI, if it is 3.0. It is missing for 2.0. */
  readonly fmi?: 3;
  readonly kind: ModelKind;
  /** Names the shared library, see `libraryFolder`. */
  readonly identifier: string;
  /** The guid of FMI 2.0, the instantiationToken of FMI 3.0. */
  readonly guid: string;
  readonly canGetAndSetState: boolean;
  readonly canSerializeState: boolean;
  /** Verified by intake. The two flags above are only claims of the model. */
  readonly keeps: Keeping;
  readonly onlyOncePerProcess: boolean;
  /** Numbers for Model Exchange; 0 for Co-Simulation. */
  readonly states: number;
  readonly eventIndicators: number;
  /**
   * Of Model Exchange: for each derivative, the states that it depends on, both by their places in `ModelStructure`. Null if the
   * model does not say; missing in packages from before this was read.
   */
  readonly dependencies?: readonly (readonly number[])[] | null;
  /**
   * Of Model Exchange that provides directional derivatives: value references of the states and of their derivatives, both in the
   * order of `ModelStructure`.
   */
  readonly directional?: { readonly states: readonly number[]; readonly derivatives: readonly number[] };
  /** Relative tolerance of the default experiment; null if it names none. */
  readonly tolerance: number | null;
  /** Inputs in the order of the samples' columns. */
  readonly inputs: readonly ModelInput[];
  /** Measurements, in the order of the samples' columns, after the inputs. */
  readonly outputs: readonly ModelVariable[];
}

/** An input, and the output with its name and another ending that tells the value in force, if there is one. */
export interface ModelInput extends ModelVariable {
  readonly inForce: ModelVariable | null;
  /** Of an input without an activation: its value before a client sets it. */
  readonly start?: number;
}

/** Where an FMU has its library for x86-64 Linux, `{identifier}.so`. */
export function libraryFolder({ fmi }: Pick<Model, "fmi">): string {
  return fmi === 3 ? "binaries/x86_64-linux/" : "binaries/linux64/";
}
