import type { Attributes, Collector, Derivative, ModelDescription, ScalarVariable } from "./description.ts";

/** Reads the description of FMI 2.0. */
export class CollectorOf2 implements Collector {
  readonly #root: Attributes;
  readonly #kinds: Record<"CoSimulation" | "ModelExchange", Attributes | undefined> = {
    CoSimulation: undefined,
    ModelExchange: undefined,
  };
  #defaultExperiment: Attributes = {};
  readonly #types = new Map<string, Attributes>();
  readonly #variables: ScalarVariable[] = [];
  /** Of `ModelStructure`: the place of each derivative, and what it depends on. */
  readonly #derivatives: { readonly index: number; readonly dependencies: readonly number[] | undefined }[] = [];
  /** The place of each state, by that of its derivative. */
  readonly #states = new Map<number, number>();
  /** The value reference of each variable, in the file's order. */
  readonly #references: number[] = [];
  #variableCount = 0;
  /** The SimpleType or ScalarVariable that is open, and the element in it. */
  #open: Attributes | undefined;
  #inside: { readonly type: string; readonly attributes: Attributes } | undefined;

  constructor(root: Attributes) {
    this.#root = root;
  }

  open(path: readonly string[], name: string, attributes: Attributes): void {
    const [, section, group] = path;
    if (path.length === 1) {
      if (name === "CoSimulation" || name === "ModelExchange") this.#kinds[name] = attributes;
      if (name === "DefaultExperiment") this.#defaultExperiment = attributes;
    } else if (section === "TypeDefinitions" || section === "ModelVariables") {
      if (path.length === 2) {
        this.#open = attributes;
        this.#inside = undefined;
        if (section === "ModelVariables") {
          this.#variableCount++;
          this.#references.push(Number(attributes.valueReference));
        }
      } else if (path.length === 3 && this.#inside === undefined) {
        this.#inside = { type: name, attributes };
        const { derivative } = attributes;
        if (section === "ModelVariables" && derivative !== undefined) {
          this.#states.set(this.#variableCount, Number(derivative));
        }
      }
    } else if (section === "ModelStructure" && group === "Derivatives" && path.length === 3) {
      const { index, dependencies } = attributes;
      const places = dependencies?.split(/\s+/).filter((each) => each !== "");
      this.#derivatives.push({ index: Number(index), dependencies: places?.map(Number) });
    }
  }

  close(path: readonly string[]): void {
    if (path.length !== 2 || this.#open === undefined) return;
    const attributes = this.#open;
    const { type, attributes: typeAttributes } = this.#inside ?? { type: "", attributes: {} };
    this.#open = undefined;
    if (path[1] === "TypeDefinitions") this.#types.set(attributes.name ?? "", typeAttributes);
    const { causality } = attributes;
    if (path[1] === "ModelVariables" && (causality === "input" || causality === "output")) {
      this.#variables.push({ attributes, causality, type, typeAttributes });
    }
  }

  #referencesOf(index: number): Derivative["references"] {
    const derivative = this.#references[index - 1];
    const state = this.#references[(this.#states.get(index) ?? 0) - 1];
    return state === undefined || derivative === undefined ? undefined : { state, derivative };
  }

  description(): ModelDescription {
    return {
      fmi: 2,
      root: this.#root,
      kinds: this.#kinds,
      defaultExperiment: this.#defaultExperiment,
      types: this.#types,
      variables: this.#variables,
      derivatives: this.#derivatives.map(({ index, dependencies }) => ({
        state: this.#states.get(index),
        dependencies,
        references: this.#referencesOf(index),
      })),
      eventIndicators: undefined,
    };
  }
}
