/** How an FMU is simulated: it brings a solver with it, or is integrated by ours. */
export type ModelKind = "CoSimulation" | "ModelExchange";

/** A scalar variable of an FMU that we set or read. */
export interface ModelVariable {
  readonly name: string;
  readonly valueReference: number;
  readonly type: "Real" | "Integer" | "Boolean";
}

/**
 * How a model's state is kept between steps.
 * - `shared`: the model serializes it, and any process of the package can be put to any state, whatever it did before.
 * - `serialized`: the model serializes it, and only a fresh process is put to a state.
 * - `replayed`: by what was done with the model since it was initialized, which a fresh process does again.
 */
export type Keeping = "shared" | "serialized" | "replayed";

/** What came of saving and restoring a model's state at intake. */
export interface Verdict {
  readonly keeps: Keeping;
  /** Why its state is not kept in a better way, as a sentence; null if there is nothing to say. */
  readonly reason: string | null;
  /** What was compared: simulated hours, and how often the model was restored, in fresh processes and in one that had been elsewhere. */
  readonly covered: { readonly hours: number; readonly fresh: number; readonly shared: number };
}

/** Of packages from before their models' states were verified, and of models that claim nothing. */
export function unverified(reason: string): Verdict {
  return { keeps: "replayed", reason, covered: { hours: 0, fresh: 0, shared: 0 } };
}

/**
 * What there is to know of an FMU in order to run it: read once from its modelDescription.xml, when it is taken in, so
 * that nobody parses that file (50,000 lines and more) again. Plain data.
 */
export interface Model {
  readonly kind: ModelKind;
  /** Names the shared library: `binaries/linux64/{identifier}.so`. */
  readonly identifier: string;
  /** What `fmi2Instantiate` is to be told. */
  readonly guid: string;
  readonly canGetAndSetState: boolean;
  readonly canSerializeState: boolean;
  /** What intake made sure of. What the two flags above say is only what the model claims. */
  readonly keeps: Keeping;
  readonly onlyOncePerProcess: boolean;
  /** Of Model Exchange; 0 for Co-Simulation. */
  readonly states: number;
  readonly eventIndicators: number;
  /** Of the default experiment; null if it names none. Relative. */
  readonly tolerance: number | null;
  /** Inputs, `…_u` and `…_activate`, in the order of the samples' columns. */
  readonly inputs: readonly ModelInput[];
  /** Measurements, in the order of the samples' columns, after the inputs. */
  readonly outputs: readonly ModelVariable[];
}

/** An input, and the output (of the same name but for the ending) that tells its value in force, if there is one. */
export interface ModelInput extends ModelVariable {
  readonly inForce: ModelVariable | null;
}
