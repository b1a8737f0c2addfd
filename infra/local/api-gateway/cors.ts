import type { IncomingHttpHeaders } from "node:http";
import type { Cors } from "../stack/wiring.ts";
import type { HttpResponse } from "./response.ts";

/**
 * CORS as an HTTP API of API Gateway does it
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html): it answers preflights that match no
 * route without the function, removes the function's own CORS headers, and adds the configured ones. AWS documents none
 * for API Gateway's own answers (404, 413, 503): here they have none.
 */

/** The answer to a preflight, which has `Origin` and `Access-Control-Request-Method`; undefined for other requests. */
export function answerPreflight(method: string, headers: IncomingHttpHeaders, cors: Cors): HttpResponse | undefined {
  if (!isPreflight(method, headers)) return undefined;
  return { status: 204, headers: preflightHeaders(headers, cors), body: Buffer.alloc(0) };
}

/** A function's answer with the configured headers. */
export function withCors(answer: HttpResponse, method: string, headers: IncomingHttpHeaders, cors: Cors): HttpResponse {
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith("access-control-"));
  const configured = isPreflight(method, headers) ? preflightHeaders(headers, cors) : answerHeaders(headers, cors);
  return { ...answer, headers: { ...Object.fromEntries(own), ...configured } };
}

function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

function preflightHeaders({ origin }: IncomingHttpHeaders, cors: Cors): Record<string, string> {
  const allowed = allowedOrigin(origin, cors);
  if (allowed === undefined) return {};
  return {
    "access-control-allow-origin": allowed,
    ...list("access-control-allow-methods", cors.allowMethods),
    ...list("access-control-allow-headers", cors.allowHeaders),
    "access-control-max-age": String(cors.maxAgeSeconds),
  };
}

function answerHeaders({ origin }: IncomingHttpHeaders, cors: Cors): Record<string, string> {
  const allowed = allowedOrigin(origin, cors);
  if (allowed === undefined) return {};
  return { "access-control-allow-origin": allowed, ...list("access-control-expose-headers", cors.exposeHeaders) };
}

/** `*`, or the origin itself if it is allowed; undefined if it is not. */
function allowedOrigin(origin: string | undefined, { allowOrigins }: Cors): string | undefined {
  if (origin === undefined) return undefined;
  if (allowOrigins.includes("*")) return "*";
  return allowOrigins.includes(origin) ? origin : undefined;
}

function list(name: string, values: readonly string[]): Record<string, string> {
  return values.length === 0 ? {} : { [name]: values.join(",") };
}
