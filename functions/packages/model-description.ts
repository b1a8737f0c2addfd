import { SaxesParser } from "saxes";

/** The parts of an FMI 2.0 modelDescription.xml that are used here: names of the standard, values as they stand in the file. */
export interface ModelDescription {
  readonly root: Attributes;
  readonly kinds: Readonly<Record<"CoSimulation" | "ModelExchange", Attributes | undefined>>;
  readonly defaultExperiment: Attributes;
  /** `TypeDefinitions`: attributes of each type's only element, by the type's name. */
  readonly types: ReadonlyMap<string, Attributes>;
  /** Inputs and outputs only, in the file's order. */
  readonly variables: readonly ScalarVariable[];
  /** Derivatives in `ModelStructure`, in the order of the continuous states. */
  readonly derivatives: readonly Derivative[];
}

/** A state's derivative. Variables are named by their places in the file, from 1. */
export interface Derivative {
  /** The state; undefined if the file does not say. */
  readonly state: number | undefined;
  /** What it depends on; undefined if the file does not say, and it may be everything. */
  readonly dependencies: readonly number[] | undefined;
}

/** An element's attributes. */
export type Attributes = Readonly<Record<string, string | undefined>>;

export interface ScalarVariable {
  readonly attributes: Attributes;
  readonly causality: "input" | "output";
  /** `Real`, `Integer`, `Boolean`, `String` or `Enumeration`, and the attributes of this element; '' if it is missing. */
  readonly type: string;
  readonly typeAttributes: Attributes;
}

/** modelDescription.xml cannot be read. The message is the end of a sentence that begins with the file's name. */
export class BadDescription extends Error {
  override readonly name = "BadDescription";
}

/** Far above the standard's own structure. More would only fill the memory. */
const MAX_DEPTH = 50;
const MAX_ATTRIBUTES = 200;

/** Characters that are parsed at a time. */
const CHUNK = 1 << 16;

/**
 * Reads modelDescription.xml as a stream of tags: no tree of its 50,000 elements is made. Document type declarations are
 * refused, and with them every entity but XML's own five.
 * @throws BadDescription
 */
export function readModelDescription(bytes: Uint8Array): ModelDescription {
  const text = decode(bytes);
  const parser = new SaxesParser({ position: true, xmlns: false as const });
  const collected = new Collected();
  const path: string[] = [];
  parser.on("error", (error) => {
    throw new BadDescription(`is not well-formed XML: ${error.message.slice(0, 150)}`);
  });
  parser.on("doctype", () => {
    throw new BadDescription("has a document type declaration, which is not allowed");
  });
  let attributes = 0;
  parser.on("attribute", () => {
    if (++attributes > MAX_ATTRIBUTES)
      throw new BadDescription(`has an element of more than ${MAX_ATTRIBUTES} attributes`);
  });
  parser.on("opentag", (tag) => {
    attributes = 0;
    collected.open(path, tag.name, tag.attributes);
    path.push(tag.name);
    if (path.length > MAX_DEPTH) throw new BadDescription(`has elements within elements, ${MAX_DEPTH} deep`);
  });
  parser.on("closetag", () => {
    path.pop();
    collected.close(path);
  });
  for (let at = 0; at < text.length; at += CHUNK) parser.write(text.slice(at, at + CHUNK));
  parser.close();
  return collected.description();
}

/** Decodes the file in the encoding that it names, or in UTF-8. */
function decode(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString("latin1");
  const named = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(head)?.[1] ?? "utf-8";
  if (!/^(utf-?8|us-ascii|iso-8859-1|iso-8859-15|windows-1252)$/i.test(named)) {
    throw new BadDescription(`is written in ${named}, and must be in UTF-8`);
  }
  try {
    return new TextDecoder(named, { fatal: true }).decode(bytes);
  } catch {
    throw new BadDescription(`is not written in ${named}, as it says`);
  }
}

/** Collects the used parts while elements open and close. A path contains the names of the parents. */
class Collected {
  #root: Attributes | undefined;
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
  #variableCount = 0;
  /** The SimpleType or ScalarVariable that is open, and the element in it. */
  #open: Attributes | undefined;
  #inside: { readonly type: string; readonly attributes: Attributes } | undefined;

  open(path: readonly string[], name: string, attributes: Attributes): void {
    const [root, section, group] = path;
    if (root === undefined) {
      if (name !== "fmiModelDescription") throw new BadDescription(`is about something else: its root is ${name}`);
      this.#root = attributes;
    } else if (path.length === 1) {
      if (name === "CoSimulation" || name === "ModelExchange") this.#kinds[name] = attributes;
      if (name === "DefaultExperiment") this.#defaultExperiment = attributes;
    } else if (section === "TypeDefinitions" || section === "ModelVariables") {
      if (path.length === 2) {
        this.#open = attributes;
        this.#inside = undefined;
        if (section === "ModelVariables") this.#variableCount++;
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

  description(): ModelDescription {
    if (this.#root === undefined) throw new BadDescription("is empty");
    return {
      root: this.#root,
      kinds: this.#kinds,
      defaultExperiment: this.#defaultExperiment,
      types: this.#types,
      variables: this.#variables,
      derivatives: this.#derivatives.map(({ index, dependencies }) => ({
        state: this.#states.get(index),
        dependencies,
      })),
    };
  }
}
