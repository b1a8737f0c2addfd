import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readRedisSecret, SecretError } from "../../functions/platform/secret.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:redis-abc";

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

afterEach(() => server.closeAllConnections());

const holds = (SecretString: string) => (_: IncomingMessage, response: ServerResponse) =>
  response.setHeader("content-type", "application/x-amz-json-1.1").end(JSON.stringify({ ARN, SecretString }));

describe("the secret", () => {
  it("is asked for once, by its ARN and with a signature, and holds Redis' address and token", async () => {
    const asked: string[] = [];
    answer = (request, response, body) => {
      asked.push(`${request.headers["x-amz-target"]} ${body}`);
      expect(request.headers.authorization).toContain("/us-east-1/secretsmanager/aws4_request");
      holds('{"url":"https://redis.example","token":"t0ken"}')(request, response);
    };
    expect(await readRedisSecret(ARN)).toEqual({ url: "https://redis.example", token: "t0ken" });
    expect(asked).toEqual([`secretsmanager.GetSecretValue {"SecretId":"${ARN}"}`]);
  });

  it.each(["", "no JSON", '"text"', "null", '{"url":"https://redis.example"}', '{"url":1,"token":"t0ken"}'])(
    "that holds %j is refused, without telling what it holds",
    async (text) => {
      answer = holds(text);
      const failure = readRedisSecret(ARN);
      await expect(failure).rejects.toBeInstanceOf(SecretError);
      await expect(failure).rejects.toThrow(`The secret ${ARN} must hold {"url": "https://…", "token": "…"}`);
    },
  );

  it("that may not be read is said so by name", async () => {
    answer = (_, response) => {
      response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: "AccessDeniedException", Message: "no" }));
    };
    await expect(readRedisSecret(ARN)).rejects.toThrow(`The secret ${ARN} cannot be read (AccessDeniedException)`);
  });

  it("that does not come is given up in time", async () => {
    answer = () => {};
    const startedAt = performance.now();
    await expect(readRedisSecret(ARN, { timeoutMs: 400 })).rejects.toBeInstanceOf(SecretError);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
