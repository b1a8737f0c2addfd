import type { Attributes, Collector, ModelDescription, ScalarVariable } from "./description.ts";

/** Reads the description of FMI 3.0, where each variable is an element of its type, and value references name variables. */
export class CollectorOf3 implements Collector {
  readonly #root: Attributes;
  readonly #kinds: Record<"CoSimulation" | "ModelExchange", Attributes | undefined> = {
    CoSimulation: undefined,
    ModelExchange: undefined,
  };
  #defaultExperiment: Attributes = {};
  readonly #types = new Map<string, Attributes>();
  readonly #variables: ScalarVariable[] = [];
  readonly #derivatives: { readonly reference: number; readonly dependencies: readonly number[] | undefined }[] = [];
  #eventIndicators = 0;
  /** The state's reference, by that of its derivative. */
  readonly #states = new Map<number, number>();
  /** The references of variables that are arrays. */
  readonly #arrays = new Set<number>();
  /** The variable that is open. */
  #open: { readonly type: string; readonly attributes: Attributes } | undefined;

  constructor(root: Attributes) {
    this.#root = root;
  }

  open(path: readonly string[], name: string, attributes: Attributes): void {
    const section = path[1];
    if (path.length === 1) {
      if (name === "CoSimulation" || name === "ModelExchange") this.#kinds[name] = attributes;
      if (name === "DefaultExperiment") this.#defaultExperiment = attributes;
    } else if (path.length === 2 && section === "TypeDefinitions") {
      this.#types.set(attributes.name ?? "", attributes);
    } else if (path.length === 2 && section === "ModelVariables") {
      this.#open = { type: name, attributes };
      const { derivative, valueReference } = attributes;
      if (derivative !== undefined) this.#states.set(Number(valueReference), Number(derivative));
    } else if (path.length === 3 && section === "ModelVariables") {
      if (name === "Dimension") this.#arrays.add(Number(this.#open?.attributes.valueReference));
    } else if (path.length === 2 && section === "ModelStructure") {
      const { valueReference, dependencies } = attributes;
      const references = dependencies?.split(/\s+/).filter((each) => each !== "");
      if (name === "EventIndicator") this.#eventIndicators++;
      if (name === "ContinuousStateDerivative") {
        this.#derivatives.push({ reference: Number(valueReference), dependencies: references?.map(Number) });
      }
    }
  }

  close(path: readonly string[]): void {
    if (path.length !== 2 || this.#open === undefined) return;
    const { type, attributes } = this.#open;
    this.#open = undefined;
    const { causality, valueReference } = attributes;
    if (causality !== "input" && causality !== "output") return;
    const isArray = this.#arrays.has(Number(valueReference));
    this.#variables.push({ attributes, causality, type, typeAttributes: attributes, isArray });
  }

  description(): ModelDescription {
    return {
      fmi: 3,
      root: this.#root,
      kinds: this.#kinds,
      defaultExperiment: this.#defaultExperiment,
      types: this.#types,
      variables: this.#variables,
      derivatives: this.#derivatives.map(({ reference, dependencies }) => {
        const state = this.#states.get(reference);
        return {
          state,
          dependencies,
          isArray: this.#arrays.has(reference),
          references: state === undefined ? undefined : { state, derivative: reference },
        };
      }),
      eventIndicators: this.#eventIndicators,
    };
  }
}
