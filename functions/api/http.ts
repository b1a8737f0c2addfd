import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { MAX_BODY_BYTES, readFields, readList } from "./body.ts";
import { HttpError } from "./errors.ts";
import { resolve, type Target } from "./resolve.ts";

/** A request as the endpoints see it. */
export interface HttpRequest {
  /** The route, such as `POST /advance/{testid}`; undefined if there is none for this path and method. */
  readonly route: Target["route"];
  /** Where there is no route: the methods that the path takes. */
  readonly methods?: Target["methods"];
  readonly method: string;
  /** Without a slash at its end. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestId: string;
  /** What the client called, such as `https://boptest.example`: what a URL that it can use begins with. */
  readonly origin?: string;
  /** Where the call comes from. */
  readonly sourceIp: string;
  readonly arrivalMs: number;
  /** The body as it was sent, decoded. */
  readonly text: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The body, gzipped, where it is so already: then `body` is empty, and the client accepts gzip. */
  readonly gzipped?: Uint8Array;
  /** Names in lower case; `content-type` is `application/json` unless given. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The one place that knows API Gateway's event (HTTP API, payload format 2.0).
 * @throws HttpError 413 for a body that is too large
 */
export function readEvent(event: APIGatewayProxyEventV2, nowMs: number, target = resolve(event)): HttpRequest {
  const { http } = event.requestContext;
  return {
    ...target,
    method: http.method,
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    requestId: event.requestContext.requestId,
    origin: `${event.headers["x-forwarded-proto"] === "http" ? "http" : "https"}://${event.requestContext.domainName}`,
    sourceIp: http.sourceIp,
    arrivalMs: nowMs,
    text: readText(event),
  };
}

function readText(event: APIGatewayProxyEventV2): string {
  const body = event.body ?? "";
  const bytes = Buffer.byteLength(body, event.isBase64Encoded ? "base64" : "utf8");
  if (bytes > MAX_BODY_BYTES) {
    throw new HttpError(413, `The body has ${bytes} bytes. At most ${MAX_BODY_BYTES} are read.`);
  }
  return event.isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
}

/** The body's fields. @throws HttpError 400 if it is neither JSON nor a form */
export function bodyOf(request: HttpRequest): Readonly<Record<string, unknown>> {
  return readFields(request.text, request.headers["content-type"]);
}

/** The body's list; undefined if it is something else. @throws HttpError 400 if it is no JSON */
export function listOf(request: HttpRequest): readonly unknown[] | undefined {
  return readList(request.text, request.headers["content-type"]);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text has the shape of a UUID in lower case, as test ids have. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
