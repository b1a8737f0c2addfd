import type { FunctionName } from "../../bundle.ts";
import { Problem } from "../../programs/problem.ts";

export interface Resource {
  /** The logical id, with which other resources refer to it. */
  readonly id: string;
  readonly type: string;
  /** Its name here: the part of the stack, from the construct's path: `boptest-dev/Doorbells/Queue/Resource`. */
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export class Resources {
  readonly #resources: ReadonlyMap<string, Resource>;

  private constructor(resources: ReadonlyMap<string, Resource>) {
    this.#resources = resources;
  }

  static parse(template: string): Resources {
    const { Resources: found = {} } = JSON.parse(template) as {
      Resources?: Record<
        string,
        { Type: string; Properties?: Resource["properties"]; Metadata?: Resource["metadata"] }
      >;
    };
    const resources = Object.entries(found).map(([id, { Type: type, Properties = {}, Metadata = {} }]) => {
      const [, part = id] = String(Metadata["aws:cdk:path"] ?? "").split("/");
      return { id, type, name: part.toLowerCase(), properties: Properties, metadata: Metadata };
    });
    return new Resources(new Map(resources.map((resource) => [resource.id, resource])));
  }

  get(id: string): Resource | undefined {
    return this.#resources.get(id);
  }

  ofType(type: string): Resource[] {
    return [...this.#resources.values()].filter((resource) => resource.type === type);
  }

  /** The one resource of a type. @throws Problem if there is none or more than one */
  only(type: string): Resource {
    const [found, another] = this.ofType(type);
    if (found === undefined || another !== undefined) throw new Problem(`The stack must have one ${type}`);
    return found;
  }
}

/** The function that a value refers to. @throws Problem if it refers to none */
export type TargetOf = (reference: unknown) => FunctionName;

/** Whether a value refers to a resource: by `Ref`, `Fn::GetAtt`, or joined with other text. */
export function isReferenceTo(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value.some((part) => isReferenceTo(part, id));
  if (typeof value !== "object" || value === null) return false;
  const [[operator, operand] = []] = Object.entries(value);
  if (operator === "Ref") return operand === id;
  if (operator === "Fn::GetAtt") return Array.isArray(operand) && operand[0] === id;
  return operator === "Fn::Join" && isReferenceTo((operand as unknown[])[1], id);
}
