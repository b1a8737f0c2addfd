import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createInvoke, InvokeError } from "../../functions/platform/lambda.ts";

interface Call {
  method: string | undefined;
  path: string | undefined;
  tenant: string | string[] | undefined;
  body: string;
}

let server: Server;
let calls: Call[];
let answer: (response: ServerResponse, call: Call, index: number, request: IncomingMessage) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url: path, headers } = request;
      const call = { method, path, tenant: headers["x-amz-tenant-id"], body: Buffer.concat(chunks).toString() };
      calls.push(call);
      answer(response, call, calls.length - 1, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

beforeEach(() => {
  calls = [];
});

afterEach(() => server.closeAllConnections());

afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

/** As Lambda reports an error of its own. */
function fails(response: ServerResponse, status: number, errorType: string): void {
  response.writeHead(status, { "x-amzn-errortype": errorType, "content-type": "application/json" });
  response.end(JSON.stringify({ Message: errorType }));
}

/** As Lambda reports an error of the function's. */
function threw(response: ServerResponse, payload: unknown): void {
  response.writeHead(200, { "x-amz-function-error": "Unhandled" });
  response.end(JSON.stringify(payload));
}

async function failure(call: Promise<unknown>): Promise<InvokeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof InvokeError) return error;
  throw new Error(`no InvokeError: ${error}`);
}

const LIMIT = { limitMs: 10_000 };

describe("invoking a function", () => {
  it("sends the payload as JSON in the tenant's name, and gives what the function returned", async () => {
    answer = (response) => response.end('{"sum":3}');
    const invoke = createInvoke("adder");
    expect(await invoke({ a: 1, b: 2 }, { ...LIMIT, tenant: "users/john" })).toEqual({ sum: 3 });
    expect(calls).toEqual([
      {
        method: "POST",
        path: "/2015-03-31/functions/adder/invocations",
        tenant: "users/john",
        body: '{"a":1,"b":2}',
      },
    ]);
  });

  it("names no tenant where there is none, and takes nothing for undefined", async () => {
    answer = (response) => response.end();
    expect(await createInvoke("adder")({}, LIMIT)).toBeUndefined();
    expect(calls[0]?.tenant).toBeUndefined();
  });

  it.each([
    [429, "TooManyRequestsException"],
    [500, "ServiceException"],
    [502, "EC2UnexpectedException"],
    [503, "ServiceUnavailable"],
  ])("tries again after %i %s", async (status, type) => {
    answer = (response, _, index) => (index < 2 ? fails(response, status, type) : response.end('"done"'));
    expect(await createInvoke("adder")({}, LIMIT)).toBe("done");
    expect(calls).toHaveLength(3);
  });

  it("gives up after four attempts", async () => {
    answer = (response) => fails(response, 429, "TooManyRequestsException");
    const error = await failure(createInvoke("adder")({}, LIMIT));
    expect(error).toMatchObject({ code: "throttled", errorType: "TooManyRequestsException" });
    expect(calls).toHaveLength(4);
  });

  it.each([
    [403, "AccessDeniedException", "unavailable"],
    [404, "ResourceNotFoundException", "unavailable"],
    [400, "InvalidParameterValueException", "unavailable"],
    [413, "RequestTooLargeException", "too-large"],
  ])("does not try again after %i %s", async (status, type, code) => {
    answer = (response) => fails(response, status, type);
    const error = await failure(createInvoke("adder")({ secret: "s3cret" }, LIMIT));
    expect(error).toMatchObject({ code, errorType: type });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ["an exception", { errorType: "RangeError", errorMessage: "on purpose" }, "failed", "RangeError"],
    ["a process that ended", { errorType: "Runtime.ExitError", errorMessage: "signal: killed" }, "failed", /ExitError/],
    ["its time", { errorType: "Sandbox.Timedout", errorMessage: "timed out after 3.00 seconds" }, "failed", /Timedout/],
    [
      "an answer beyond 6 MB",
      { errorType: "Function.ResponseSizeTooLarge", errorMessage: "6291557" },
      "too-large",
      /ResponseSize/,
    ],
  ])("that ends with %s says so, and is not called again", async (_what, payload, code, type) => {
    answer = (response) => threw(response, payload);
    const error = await failure(createInvoke("adder")({}, LIMIT));
    expect(error.code).toBe(code);
    expect(error.errorType).toMatch(type);
    expect(error.message).toContain(payload.errorMessage ?? "");
    expect(calls).toHaveLength(1);
  });

  it("ends when its time is over, all attempts together", async () => {
    answer = (response, _, index) => index === 0 && fails(response, 503, "ServiceUnavailable");
    const startedAt = performance.now();
    const error = await failure(createInvoke("adder")({}, { limitMs: 1500 }));
    expect(error).toMatchObject({ code: "timed-out", message: "adder gave no result within 1500 ms" });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it("sends nothing that is larger than Lambda takes, and takes what is just as large", async () => {
    answer = (response, { body }) => response.end(String(body.length));
    const invoke = createInvoke("adder");
    // Two bytes are the quotation marks.
    expect(await invoke("x".repeat(6_291_554), LIMIT)).toBe(6_291_556);
    const error = await failure(invoke("x".repeat(6_291_555), LIMIT));
    expect(error).toMatchObject({ code: "too-large" });
    expect(error.message).toContain("6291557 bytes");
    expect(calls).toHaveLength(1);
  });

  it("says nothing of what it sent", async () => {
    answer = (_response, _call, _index, request) => request.socket.destroy();
    const error = await failure(createInvoke("adder", { maxAttempts: 1 })({ secret: "s3cret" }, LIMIT));
    expect(error.code).toBe("unavailable");
    expect(JSON.stringify([error.message, error.cause])).not.toContain("s3cret");
  });
});
