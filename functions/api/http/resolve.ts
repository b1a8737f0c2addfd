import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { ROUTES, type Route, UNMATCHED } from "../routes.ts";

/** The route of a request, or the methods that its path has. */
export interface Target {
  /** Undefined if no route matches: then `methods` lists the methods of the path. */
  readonly route: Route | undefined;
  /** Without a slash at its end. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  /** The methods of the path, HEAD included; empty for an unknown path. */
  readonly methods: readonly string[];
}

interface Pattern {
  readonly route: Route;
  readonly method: string;
  readonly segments: readonly string[];
}

const PATTERNS: readonly Pattern[] = ROUTES.map((route) => {
  const [method = "", path = ""] = route.split(" ");
  return { route, method, segments: path.split("/").slice(1) };
});

const NOT_MATCHED: ReadonlySet<string> = new Set(UNMATCHED);

/**
 * The route of an event. API Gateway compares paths and methods exactly. Requests that it cannot match are matched here: a
 * slash at the end of a path is ignored, and HEAD is allowed wherever GET is.
 */
export function resolve(event: APIGatewayProxyEventV2): Target {
  const path = event.rawPath.length > 1 ? event.rawPath.replace(/\/+$/, "") || "/" : event.rawPath;
  if (!NOT_MATCHED.has(event.routeKey)) {
    return { route: event.routeKey as Route, path, params: event.pathParameters ?? {}, methods: [] };
  }
  return match(event.requestContext.http.method, path);
}

function match(method: string, path: string): Target {
  const segments = path.split("/").slice(1);
  // The pattern with the most fixed segments wins: /docs/{file} is no test.
  const found = PATTERNS.map((pattern) => ({ ...pattern, params: bind(pattern.segments, segments) }))
    .filter(({ params }) => params !== undefined)
    .sort((one, other) => countParameters(one) - countParameters(other));
  const wanted = method === "HEAD" ? "GET" : method;
  const chosen = found.find((each) => each.method === wanted);
  const methods = found.flatMap((each) => (each.method === "GET" ? ["GET", "HEAD"] : [each.method]));
  return { route: chosen?.route, path, params: (chosen ?? found[0])?.params ?? {}, methods: [...new Set(methods)] };
}

function countParameters({ segments }: Pattern): number {
  return segments.filter(isParameter).length;
}

function isParameter(segment: string): boolean {
  return segment.startsWith("{");
}

/** The values of a pattern's parameters; undefined if the path does not match the pattern. */
function bind(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const actual = segments[index] ?? "";
    if (!isParameter(segment)) {
      if (actual !== segment) return undefined;
    } else {
      if (actual === "") return undefined;
      params[segment.slice(1, -1)] = decode(actual);
    }
  }
  return params;
}

/** Malformed escapes stay as they are, as in API Gateway. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
