import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Limits } from "../../platform/limits.ts";
import { readFields, readList } from "./body.ts";
import { HttpError, UnknownTest } from "./errors.ts";
import { acceptsGzip, type Preferences, readPreferences } from "./preferences.ts";
import type { Target } from "./resolve.ts";

/** A request as the endpoints see it. All headers that the service uses are fields, and parsed here only. */
export interface HttpRequest {
  /** The route, such as `POST /advance/{testid}`; undefined if no route has this path and method. */
  readonly route: Target["route"];
  /** Without a route: the methods of the path. */
  readonly methods?: Target["methods"];
  readonly method: string;
  /** Without a slash at its end. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** `Authorization`: the key of the caller's account. */
  readonly key: string | undefined;
  /** `Prefer`. */
  readonly preferences: Preferences;
  /** `Accept-Encoding`: whether the client takes gzip. */
  readonly acceptsGzip: boolean;
  /** `Accept`: whether the client asks for HTML, as browsers do for a page. */
  readonly wantsHtml: boolean;
  /** `If-None-Match`: ETags of answers that the client has. */
  readonly ifNoneMatch: string | undefined;
  /** `Idempotency-Key`, as the client sent it: see idempotency.ts. */
  readonly idempotencyKey: string | undefined;
  readonly contentType: string | undefined;
  readonly requestId: string;
  /** The service's address in the client's call, such as `https://boptest.example`: URLs for the client begin with it. */
  readonly origin?: string;
  /** The client's address. */
  readonly sourceIp: string;
  readonly arrivalMs: number;
  /** The body, decoded. */
  readonly text: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The body if it is gzipped already: then `body` is empty. Only for clients that accept gzip. */
  readonly gzipped?: Uint8Array;
  /** Names in lower case; `content-type` is `application/json` unless given. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Reads API Gateway's event (HTTP API, payload format 2.0). No other file knows this format.
 * @throws HttpError 413 if the body is too large, 431 if the headers are
 */
export function readEvent(
  event: APIGatewayProxyEventV2,
  target: Target,
  { limits, nowMs }: { readonly limits: Pick<Limits, "bodyBytes" | "headerBytes">; readonly nowMs: number },
): HttpRequest {
  requireSizes(event, limits);
  const { headers, isBase64Encoded, body = "" } = event;
  const { http, requestId, domainName } = event.requestContext;
  return {
    ...target,
    method: http.method,
    query: event.queryStringParameters ?? {},
    key: headers.authorization,
    preferences: readPreferences(headers.prefer),
    acceptsGzip: acceptsGzip(headers["accept-encoding"]),
    wantsHtml: /\btext\/html\b/i.test(headers.accept ?? ""),
    ifNoneMatch: headers["if-none-match"],
    idempotencyKey: headers["idempotency-key"],
    contentType: headers["content-type"],
    requestId,
    origin: `${headers["x-forwarded-proto"] === "http" ? "http" : "https"}://${domainName}`,
    sourceIp: http.sourceIp,
    arrivalMs: nowMs,
    text: isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body,
  };
}

/** Refuses a request that is too large before anything is parsed. @throws HttpError 413, 431 */
function requireSizes(
  event: APIGatewayProxyEventV2,
  { bodyBytes, headerBytes }: Pick<Limits, "bodyBytes" | "headerBytes">,
): void {
  let headers = 0;
  for (const [name, value = ""] of Object.entries(event.headers)) headers += name.length + value.length;
  for (const cookie of event.cookies ?? []) headers += cookie.length;
  if (headers > headerBytes) {
    throw new HttpError(431, `The headers have ${headers} bytes. At most ${headerBytes} are read.`);
  }
  const bytes = Buffer.byteLength(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes > bodyBytes) throw new HttpError(413, `The body has ${bytes} bytes. At most ${bodyBytes} are read.`);
}

/** The body's fields. @throws HttpError 400 if it is neither JSON nor a form */
export function bodyOf(request: HttpRequest): Readonly<Record<string, unknown>> {
  return readFields(request.text, request.contentType);
}

/** The body's list; undefined for another body. @throws HttpError 400 if it is no JSON */
export function listOf(request: HttpRequest): readonly unknown[] | undefined {
  return readList(request.text, request.contentType);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text has the shape of a UUID in lower case, as test ids have. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The test id in the path. @throws UnknownTest for a text that is no UUID */
export function testidOf(request: HttpRequest): string {
  const testid = request.params.testid ?? "";
  if (!isUuid(testid)) throw new UnknownTest(testid);
  return testid;
}
