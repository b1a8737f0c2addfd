import { request } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ROUTES } from "../../functions/api/routes.ts";
import { RouteTable } from "../../infra/local/api-gateway/routes.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { startToyCloud } from "./toy/cloud.ts";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startToyCloud();
});

afterAll(async () => {
  await cloud.stop();
});

/** The event that the function got for a request. */
async function eventOf(path: string, init: RequestInit = {}): Promise<APIGatewayProxyEventV2> {
  const response = await fetch(cloud.url + path, init);
  return (await response.json()) as APIGatewayProxyEventV2;
}

describe("the event", () => {
  it("is API Gateway's, payload format 2.0", async () => {
    const sentAt = Date.now();
    const event = await eventOf("/echo/a%20b?x=1&y=2&x=3&empty=", {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-Mixed-Case": "Yes", Cookie: "a=1; b=2", "User-Agent": "me" },
      body: '{"a": 1}',
    });
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "ANY /echo/{name}",
      rawPath: "/echo/a%20b",
      rawQueryString: "x=1&y=2&x=3&empty=",
      cookies: ["a=1", "b=2"],
      pathParameters: { name: "a b" },
      queryStringParameters: { x: "1,3", y: "2", empty: "" },
      body: '{"a": 1}',
      isBase64Encoded: false,
      requestContext: {
        accountId: "000000000000",
        http: { method: "PUT", path: "/echo/a%20b", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "me" },
        requestId: expect.any(String),
        routeKey: "ANY /echo/{name}",
        stage: "$default",
        time: expect.stringMatching(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
      },
    });
    expect(event.headers).toMatchObject({ "x-mixed-case": "Yes", "content-type": "application/json" });
    expect(event.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event.requestContext.timeEpoch).toBeGreaterThanOrEqual(sentAt);
    expect(event.requestContext.timeEpoch).toBeLessThanOrEqual(Date.now());
  });

  it("leaves out what the request has not got", async () => {
    const event = await eventOf("/echo/a");
    for (const absent of ["cookies", "queryStringParameters", "body"]) expect(event).not.toHaveProperty(absent);
    expect(event).toMatchObject({ rawQueryString: "", isBase64Encoded: false });
  });

  it.each([
    ["a form", "application/x-www-form-urlencoded", Buffer.from("a=1&b=2")],
    ["bytes", "application/octet-stream", Buffer.from([0, 255, 1])],
    ["bytes that claim to be text", "text/plain", Buffer.from([0xff, 0xfe])],
  ])("encodes %s", async (_what, type, body) => {
    const event = await eventOf("/echo/a", { method: "POST", headers: { "content-type": type }, body });
    expect(event).toMatchObject({ isBase64Encoded: true, body: body.toString("base64") });
  });

  it.each(["application/json", "text/csv; charset=utf-8", "application/problem+json", "application/xml"])(
    "passes %s on as text",
    async (type) => {
      const event = await eventOf("/echo/a", { method: "POST", headers: { "content-type": type }, body: "grün" });
      expect(event).toMatchObject({ isBase64Encoded: false, body: "grün" });
    },
  );
});

describe("the response", () => {
  it("has the function's status, headers, cookies and decoded body", async () => {
    const response = await fetch(`${cloud.url}/answer`);
    expect(response.status).toBe(201);
    expect(response.headers.get("x-own")).toBe("yes");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 10]);
  });

  it("is the result itself, as JSON, where that has no statusCode", async () => {
    const response = await fetch(`${cloud.url}/pid`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ pid: expect.any(Number) });
  });

  it("is 404 without a route, and the function is not asked", async () => {
    for (const [method, path] of [
      ["GET", "/nothing"],
      ["POST", "/pid"],
    ] as const) {
      const response = await fetch(`${cloud.url}${path}`, { method });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ message: "Not Found" });
    }
  });

  it.each(["/throw", "/bad", "/big?bytes=6500000"])("is 500 when the function fails by itself: %s", async (path) => {
    const response = await fetch(cloud.url + path);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: "Internal Server Error" });
  });

  it("may have almost 6 MB", async () => {
    const response = await fetch(`${cloud.url}/big?bytes=6200000`);
    expect(response.status).toBe(200);
    expect((await response.text()).length).toBe(6_200_000);
  });

  it("has no body for HEAD", async () => {
    const response = await fetch(`${cloud.url}/echo/a`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(100);
    expect(await response.text()).toBe("");
  });

  it.each([
    ["10 MB, what HTTP may carry", "application/json", 10_500_000],
    ["6 MB, what the function may be given", "application/octet-stream", 5_000_000],
  ])("is 413 for a body over %s", async (_what, type, bytes) => {
    const body = Buffer.alloc(bytes, 32);
    const response = await fetch(`${cloud.url}/echo/a`, { method: "POST", headers: { "content-type": type }, body });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: "Request Entity Too Large" });
  });
});

describe("scripts from other origins", () => {
  it("are told that they may", async () => {
    const response = await fetch(`${cloud.url}/pid`, { headers: { origin: "https://example.com" } });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-expose-headers")).toContain("location");
  });

  it("have what the function says about it replaced by what is configured, as API Gateway does", async () => {
    const response = await fetch(`${cloud.url}/answer`, { headers: { origin: "https://example.com" } });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    const plain = await fetch(`${cloud.url}/answer`);
    expect(plain.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("get their question answered without the function, with the lists that are configured", async () => {
    const response = await preflight("/nothing", { "access-control-request-headers": "content-type, x-whatever" });
    expect(response.status).toBe(204);
    expect(list(response, "allow-headers")).toEqual(expect.arrayContaining(["authorization", "content-type"]));
    expect(list(response, "allow-headers")).not.toContain("x-whatever");
    expect(list(response, "allow-methods")).toContain("PUT");
    expect(response.headers.get("access-control-max-age")).toBe("86400");
  });

  it("have it put to the function where a route takes OPTIONS", async () => {
    const response = await preflight("/echo/a");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ requestContext: { http: { method: "OPTIONS" } } });
    expect(list(response, "allow-headers")).toContain("authorization");
  });

  it("are asked for an origin: OPTIONS without it is no preflight", async () => {
    const response = await fetch(`${cloud.url}/nothing`, { method: "OPTIONS" });
    expect(response.status).toBe(404);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("are told nothing with what API Gateway itself refuses", async () => {
    const response = await fetch(`${cloud.url}/nothing`, { headers: { origin: "https://example.com" } });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([404, null]);
  });

  it.each([...new Set(ROUTES.map((route) => route.split(" ")[1] ?? ""))])(
    "may call %s of the service: no route of it takes the preflight",
    async (path) => {
      const table = new RouteTable(ROUTES);
      expect(table.match("OPTIONS", path.replace(/\{.*?\}/g, "x"))).toBeUndefined();
    },
  );

  async function preflight(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return await fetch(cloud.url + path, {
      method: "OPTIONS",
      headers: { origin: "https://example.com", "access-control-request-method": "PUT", ...headers },
    });
  }

  function list(response: Response, name: string): string[] {
    return (response.headers.get(`access-control-${name}`) ?? "").split(",");
  }
});

describe("what reaches the function", () => {
  it("is the environment that the wiring names, and nothing of the host's own", async () => {
    vi.stubEnv("SECRET_OF_THE_HOST", "1");
    const { environment, remainingMs } = (await (await fetch(`${cloud.url}/environment`)).json()) as {
      environment: Record<string, string>;
      remainingMs: number;
    };
    vi.unstubAllEnvs();
    expect(environment).toMatchObject({
      UPSTASH_REDIS_REST_URL: cloud.redisRest.url,
      UPSTASH_REDIS_REST_TOKEN: cloud.redisRest.token,
      BUCKET: "data",
      DOORBELL_QUEUE_URL: `${cloud.storage.endpoint}/000000000000/doorbells`,
      AWS_ENDPOINT_URL_S3: cloud.storage.endpoint,
      AWS_ENDPOINT_URL_SQS: cloud.storage.endpoint,
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: "api",
    });
    expect(environment).not.toHaveProperty("SECRET_OF_THE_HOST");
    expect(environment).not.toHaveProperty("HOME");
    expect(remainingMs).toBeGreaterThan(5000);
    expect(remainingMs).toBeLessThanOrEqual(10_000);
  });

  it("is nothing of a request that its client gave up half-way", async () => {
    const before = cloud.redisRest.counts().requests;
    await new Promise<void>((resolve) => {
      const call = request(`${cloud.url}/slow?ms=0`, { method: "GET", headers: { "content-length": 100 } });
      call.on("error", () => resolve());
      call.write("half", () => call.destroy());
    });
    // The next one is served, and it is the only one.
    await fetch(`${cloud.url}/slow?ms=0`);
    expect(cloud.redisRest.counts().requests - before).toBe(1);
  });
});
