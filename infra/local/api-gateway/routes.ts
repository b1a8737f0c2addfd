export interface Match {
  routeKey: string;
  parameters: Record<string, string>;
}

interface Route {
  routeKey: string;
  method: string;
  segments: readonly Segment[];
}

/** A fixed part of a path; or a parameter, which may include the rest of the path. */
interface Segment {
  text: string;
  parameter: string | undefined;
  isGreedy: boolean;
}

/**
 * API Gateway's choice of a route: the most specific path wins, fixed segments before parameters and both before
 * `{proxy+}`; for one path, the method itself before ANY; `$default` gets all other requests.
 */
export class RouteTable {
  readonly #routes: readonly Route[];
  readonly #hasDefault: boolean;

  constructor(routeKeys: readonly string[]) {
    this.#hasDefault = routeKeys.includes("$default");
    this.#routes = routeKeys
      .filter((routeKey) => routeKey !== "$default")
      .map(parse)
      .sort(bySpecificity);
  }

  match(method: string, path: string): Match | undefined {
    const segments = split(path);
    for (const route of this.#routes) {
      if (route.method !== "ANY" && route.method !== method) continue;
      const parameters = bind(route.segments, segments);
      if (parameters) return { routeKey: route.routeKey, parameters };
    }
    return this.#hasDefault ? { routeKey: "$default", parameters: {} } : undefined;
  }
}

function parse(routeKey: string): Route {
  const [method, path] = routeKey.split(" ");
  if (method === undefined || path === undefined) throw new Error(`Invalid route key: ${routeKey}`);
  return { routeKey, method, segments: split(path).map(parseSegment) };
}

function parseSegment(text: string): Segment {
  const [, parameter, plus] = /^\{(.+?)(\+?)\}$/.exec(text) ?? [];
  return { text, parameter, isGreedy: plus === "+" };
}

function split(path: string): string[] {
  return path.split("/").slice(1);
}

function bind(pattern: readonly Segment[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, { text, parameter, isGreedy }] of pattern.entries()) {
    const actual = segments[index];
    if (parameter === undefined ? actual !== text : !actual) return undefined;
    if (parameter === undefined) continue;
    if (isGreedy) {
      parameters[parameter] = segments.slice(index).map(decode).join("/");
      return parameters;
    }
    parameters[parameter] = decode(actual ?? "");
  }
  return pattern.length === segments.length ? parameters : undefined;
}

/** Malformed escapes stay as they are. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function rank(segment: Segment | undefined): number {
  if (segment === undefined) return 3;
  if (segment.parameter === undefined) return 0;
  return segment.isGreedy ? 2 : 1;
}

function bySpecificity(one: Route, other: Route): number {
  const length = Math.max(one.segments.length, other.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(one.segments[index]) - rank(other.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(one.method === "ANY") - Number(other.method === "ANY");
}
