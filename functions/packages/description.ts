/** The parts of a modelDescription.xml that are used here: names of the standard, values as they stand in the file. */
export interface ModelDescription {
  /** The version of FMI by which the file is read. */
  readonly fmi: 2 | 3;
  readonly root: Attributes;
  readonly kinds: Readonly<Record<"CoSimulation" | "ModelExchange", Attributes | undefined>>;
  readonly defaultExperiment: Attributes;
  /** `TypeDefinitions`: attributes of each type's only element, by the type's name. */
  readonly types: ReadonlyMap<string, Attributes>;
  /** Inputs and outputs only, in the file's order. */
  readonly variables: readonly ScalarVariable[];
  /** Derivatives in `ModelStructure`, in the order of the continuous states. */
  readonly derivatives: readonly Derivative[];
  /** How many `ModelStructure` names; undefined of FMI 2.0, which has their number among the attributes of `root`. */
  readonly eventIndicators: number | undefined;
}

/** A state's derivative. Variables are named by their places in the file, from 1; of FMI 3.0 by their value references. */
export interface Derivative {
  /** The state; undefined if the file does not say. */
  readonly state: number | undefined;
  /** What it depends on; undefined if the file does not say, and it may be everything. */
  readonly dependencies: readonly number[] | undefined;
  readonly isArray?: boolean;
  /** Value references of the state and of the derivative; undefined if the file does not say both. */
  readonly references: { readonly state: number; readonly derivative: number } | undefined;
}

/** An element's attributes. */
export type Attributes = Readonly<Record<string, string | undefined>>;

export interface ScalarVariable {
  readonly attributes: Attributes;
  readonly causality: "input" | "output";
  /**
   * `Real`, `Integer`, `Boolean`, `String` or `Enumeration`, and the attributes of this element; '' if it is missing. Of FMI 3.0
   * the variable's own element, such as `Float64`.
   */
  readonly type: string;
  readonly typeAttributes: Attributes;
  readonly isArray?: boolean;
}

/** Collects the used parts of a file while elements open and close. A path holds the names of the parents, the root's first. */
export interface Collector {
  open(path: readonly string[], name: string, attributes: Attributes): void;
  close(path: readonly string[]): void;
  description(): ModelDescription;
}
