import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { readIdempotency } from "../../functions/api/http/idempotency.ts";
import { readPreferences } from "../../functions/api/http/preferences.ts";
import { type HttpRequest, readEvent } from "../../functions/api/http/request.ts";
import { resolve } from "../../functions/api/http/resolve.ts";

import { readConfig } from "../../functions/platform/config.ts";

const MB = 1_048_576;

const event = (body: string, isBase64Encoded: boolean) =>
  ({
    routeKey: "PUT /step/{testid}",
    rawPath: "/step/x",
    headers: {},
    body,
    isBase64Encoded,
    requestContext: { requestId: "r", http: { method: "PUT" } },
  }) as unknown as APIGatewayProxyEventV2;

const { limits } = readConfig({
  UPSTASH_REDIS_REST_URL: "https://redis.example",
  UPSTASH_REDIS_REST_TOKEN: "token",
  BUCKET: "bucket",
  DOORBELL_QUEUE_URL: "https://queue.example",
});

/** Reads it as the handler does. */
const read = (sent: APIGatewayProxyEventV2) => readEvent(sent, resolve(sent), { limits, nowMs: 0 });

describe("sizes", () => {
  it("of a body may be 1 MB to the byte, as text or in base64, and no byte more", () => {
    for (const size of [MB - 2, MB - 1, MB]) {
      expect(read(event("x".repeat(size), false)).text).toHaveLength(size);
      expect(read(event(Buffer.alloc(size, "x").toString("base64"), true)).text).toHaveLength(size);
    }
    const tooLarge = expect.objectContaining({ status: 413 });
    expect(() => read(event("x".repeat(MB + 1), false))).toThrow(tooLarge);
    expect(() => read(event(Buffer.alloc(MB + 1).toString("base64"), true))).toThrow(tooLarge);
    expect(() => read(event("ä".repeat(MB / 2 + 1), false))).toThrow("1048578 bytes. At most 1048576 are read.");
  });

  it("of headers may be 8 KB, cookies included", () => {
    const withHeaders = (parts: Partial<APIGatewayProxyEventV2>) => read({ ...event("", false), ...parts });
    withHeaders({ headers: { a: "x".repeat(8191) } });
    const tooMany = { headers: { a: "x".repeat(8000) }, cookies: ["c=1", "d".repeat(200)] };
    expect(() => withHeaders(tooMany)).toThrow("The headers have 8204 bytes. At most 8192 are read.");
  });
});

describe("Idempotency-Key", () => {
  const request = (key: string | undefined, of: Partial<HttpRequest> = {}): HttpRequest => ({
    route: "POST /advance/{testid}",
    method: "POST",
    path: "/advance/x",
    params: {},
    query: {},
    key: undefined,
    preferences: readPreferences(undefined),
    acceptsGzip: false,
    wantsHtml: false,
    ifNoneMatch: undefined,
    idempotencyKey: key,
    contentType: undefined,
    requestId: "r",
    sourceIp: "127.0.0.1",
    arrivalMs: 0,
    text: "{}",
    ...of,
  });
  const bad = expect.objectContaining({ status: 400 });

  it("is optional", () => {
    expect(readIdempotency(request(undefined))).toBeUndefined();
  });

  it.each(["k", '"k"', "  k  ", '"8e03978e-40d5-43e8-bc93-6894a57f9324"'])("takes %j", (key) => {
    expect(readIdempotency(request(key))?.key).toBe(key.trim().replaceAll('"', ""));
  });

  it.each(["", '""', "a b", "a\tb", "ä", "x".repeat(256)])("refuses %j", (key) => {
    expect(() => readIdempotency(request(key))).toThrow(bad);
  });

  it("must be a UUID where strangers' keys meet", () => {
    expect(() => readIdempotency(request("k"), true)).toThrow(bad);
    expect(readIdempotency(request("8E03978E-40D5-43E8-BC93-6894A57F9324"), true)).toBeDefined();
  });

  it("is told apart by method, path and body, not by quotes or time", () => {
    const of = (changes: Partial<HttpRequest>) => readIdempotency(request("k", changes))?.fingerprint;
    expect(of({ arrivalMs: 5, requestId: "other" })).toBe(of({}));
    const others = [of({}), of({ method: "PUT" }), of({ path: "/advance/y" }), of({ text: "{} " })];
    expect(new Set(others).size).toBe(4);
  });
});
