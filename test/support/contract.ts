import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { RouteTable } from "../../infra/local/api-gateway/routes.ts";

/** The service's own description, with every reference followed where it is needed. */
const file = new URL("../../functions/api/openapi.yaml", import.meta.url);
export const description = parse(readFileSync(file, "utf8"), { maxAliasCount: -1 }) as Description;

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
export interface Operation {
  readonly responses: Readonly<Record<string, Response | Reference>>;
}
interface Response {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Reference {
  readonly $ref: string;
}

const METHODS = ["get", "put", "post", "delete", "patch"];

/** Every operation there is, by route key: `GET /status/{testid}`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
  ),
);

const routes = new RouteTable([...operations.keys()]);
const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
ajv.addSchema({ $id: "contract", components: description.components });
const validators = new Map<string, ValidateFunction>();

/** An answer that the description does not foresee. */
export class ContractBroken extends Error {
  override readonly name = "ContractBroken";
}

/**
 * Compares an answer of the service with its description. One to a route that is not described must be a 401, 404 or 405.
 * A slash at a path's end counts nothing, and HEAD is described by GET, and has no body.
 * @throws ContractBroken
 */
export function checkAnswer(
  method: string,
  path: string,
  answer: { status: number; headers: Headers; text: string },
): void {
  const { status, headers, text } = answer;
  const match = routes.match(method === "HEAD" ? "GET" : method, (path.split("?")[0] ?? "").replace(/(.)\/+$/, "$1"));
  const what = `${method} ${path} answered ${status}`;
  if (match === undefined) {
    if (![401, 404, 405].includes(status)) throw new ContractBroken(`${what}, but is not described`);
    return;
  }
  const described = operations.get(match.routeKey)?.responses ?? {};
  const found = described[String(status)] ?? described[`${Math.floor(status / 100)}XX`];
  if (found === undefined) throw new ContractBroken(`${what}, which ${match.routeKey} does not describe`);
  const response = follow(found);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    if (header.required && !headers.has(name)) throw new ContractBroken(`${what} without the header ${name}`);
  }
  if (response.content === undefined || method === "HEAD") {
    if (text !== "") throw new ContractBroken(`${what} with a body, but should have none`);
    return;
  }
  const type = (headers.get("content-type") ?? "").split(";")[0] ?? "";
  const schema = response.content[type]?.schema;
  if (schema === undefined) throw new ContractBroken(`${what} as ${type}, which is not described`);
  const validate = validatorOf(schema);
  const value: unknown = type.endsWith("json") ? JSON.parse(text) : text;
  if (!validate(value)) {
    throw new ContractBroken(`${what} with ${text.slice(0, 300)}: ${ajv.errorsText(validate.errors)}`);
  }
}

function follow(response: Response | Reference): Response {
  if (!("$ref" in response)) return response;
  const [, , kind = "", name = ""] = response.$ref.split("/");
  return description.components[kind]?.[name] as Response;
}

/** References within the components are to the whole description. */
function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/');
  const known = validators.get(text);
  if (known !== undefined) return known;
  const validate = ajv.compile(JSON.parse(text) as object);
  validators.set(text, validate);
  return validate;
}
