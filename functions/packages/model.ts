/** How an FMU is simulated: with the solver that it brings, or with ours. */
export type ModelKind = "CoSimulation" | "ModelExchange";

/** A scalar variable of an FMU that is set or read. */
export interface ModelVariable {
  readonly name: string;
  readonly valueReference: number;
  readonly type: "Real" | "Integer" | "Boolean";
}

/**
 * How a model's state is kept between steps.
 * - `shared`: the model serializes its state, and any process of the package can be restored to any state.
 * - `serialized`: the model serializes its state, and only a fresh process is restored to it.
 * - `replayed`: the inputs since the initialization are kept, and a fresh process simulates them again.
 */
export type Keeping = "shared" | "serialized" | "replayed";

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
  readonly kind: ModelKind;
  /** Names the shared library: `binaries/linux64/{identifier}.so`. */
  readonly identifier: string;
  /** The argument of `fmi2Instantiate`. */
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
