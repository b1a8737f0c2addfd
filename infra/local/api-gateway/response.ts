import type { Outcome } from "../lambda/host/instance.ts";

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** API Gateway's response to a function's result, payload format 2.0. */
export function toResponse(outcome: Outcome): HttpResponse {
  // The function threw, or its answer exceeds Lambda's limit.
  if (outcome.kind === "error") return message(500, "Internal Server Error");
  if (outcome.kind === "lost") return message(503, "Service Unavailable");
  const result: unknown = outcome.payload === undefined ? null : JSON.parse(outcome.payload);
  if (!isRecord(result) || result.statusCode === undefined) return inferred(result);
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return message(500, "Internal Server Error");
  const headers: HttpResponse["headers"] = {};
  for (const [name, value] of Object.entries(isRecord(result.headers) ? result.headers : {})) {
    headers[name.toLowerCase()] = String(value);
  }
  if (Array.isArray(result.cookies)) headers["set-cookie"] = result.cookies.map(String);
  const text = typeof result.body === "string" ? result.body : JSON.stringify(result.body ?? "");
  const body = Buffer.from(result.body === undefined ? "" : text, result.isBase64Encoded === true ? "base64" : "utf8");
  if (body.length > 0) headers["content-type"] ??= "text/plain;charset=UTF-8";
  return { status, headers, body };
}

export function message(status: number, text: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ message: text })),
  };
}

/** Without a statusCode the result itself is the body. */
function inferred(result: unknown): HttpResponse {
  const body = typeof result === "string" ? result : JSON.stringify(result ?? null);
  return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(body) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
