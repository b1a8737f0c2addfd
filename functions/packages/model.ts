/** How an FMU is simulated: it brings a solver with it, or is integrated by ours. */
export type ModelKind = "CoSimulation" | "ModelExchange";

/** A scalar variable of an FMU that we set or read. */
export interface ModelVariable {
  readonly name: string;
  readonly valueReference: number;
  readonly type: "Real" | "Integer" | "Boolean";
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
