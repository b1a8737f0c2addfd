import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { ROUTES, type Route, UNMATCHED } from "../routes.ts";

/** Which route of the table a request means. */
export interface Target {
  /** Undefined if there is none: then `methods` says what the path takes. */
  readonly route: Route | undefined;
  /** Without a slash at its end. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  /** The methods that the path takes, HEAD included; none if there is no such path. */
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
 * The route of an event. API Gateway compares paths and methods exactly; what it leaves over is matched here, where a
 * slash at the end of a path counts nothing, and HEAD is answered wherever GET is.
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
  // The one with more segments that are no parameters is meant: /docs/{file} is no test.
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

/** The values of a pattern's parameters; undefined if the path is not of that pattern. */
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

/** Escapes that mean nothing stay as they are, as in API Gateway. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
