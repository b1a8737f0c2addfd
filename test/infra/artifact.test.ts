import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../infra/bundle.ts";
import { readWiring } from "../../infra/local/stack/own-wiring.ts";
import { runBundle } from "./toy/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "boptest-artifact-"));

/** What is agreed, bytes. */
const MOST: Record<FunctionName, number> = {
  api: 1_500_000,
  worker: 2_500_000,
  sweeper: 1_500_000,
  emulator: 500_000,
  intake: 1_500_000,
};

/** What some have besides. */
const BESIDE: Partial<Record<FunctionName, string[]>> = {
  api: ["docs", "openapi.yaml", "page"],
};

/** The bundles that would be uploaded, each in a folder of its own, with nothing around it. */
const alone = (name: FunctionName) => join(folder, name, "index.mjs");

beforeAll(async () => {
  const { functions } = await readWiring();
  for (const name of FUNCTIONS) cpSync(dirname(functions[name].bundle), join(folder, name), { recursive: true });
  mkdirSync(join(folder, "empty"));
  writeFileSync(join(folder, "empty", "index.mjs"), "export const handler = async () => ({});\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("what would be uploaded", () => {
  it.each(FUNCTIONS)("of %s is the bundle and its source map, what it reads or starts, and nothing else", (name) => {
    const more = BESIDE[name] ?? [];
    expect(readdirSync(join(folder, name)).sort()).toEqual(["index.mjs", "index.mjs.map", ...more].sort());
  });

  it.each(FUNCTIONS)("of %s is as small as agreed", (name) => {
    expect(statSync(alone(name)).size).toBeLessThanOrEqual(MOST[name]);
  });

  it("is for the Node.js that runs here", () => {
    expect(process.versions.node).toMatch(/^24\./);
  });

  it("loads quickly", () => {
    const rows = ["empty", ...FUNCTIONS].map((name) => {
      const file = join(folder, name, "index.mjs");
      return { name, ms: importMs(file), bytes: statSync(file).size };
    });
    const lines = rows.map(
      ({ name, ms, bytes }) =>
        `  ${name.padEnd(8)} ${(bytes / 1000).toFixed(0).padStart(5)} KB ${ms.toFixed(0).padStart(5)} ms`,
    );
    process.stdout.write(`Bundles, and the time it takes to import each (best of 3):\n${lines.join("\n")}\n`);
    // Far above what a quiet machine takes; an import that does work of its own would show.
    for (const { ms } of rows) expect(ms).toBeLessThan(3000);
  });
});

describe("alone in an empty folder", () => {
  let secrets: Server;
  let environment: Record<string, string>;
  beforeAll(async () => {
    // Knows the secret; there is no Redis at the address that it gives.
    secrets = createServer((_, response) => {
      const SecretString = JSON.stringify({ url: "http://127.0.0.1:9", token: "t" });
      response.setHeader("content-type", "application/x-amz-json-1.1").end(JSON.stringify({ SecretString }));
    });
    await new Promise<void>((resolve) => secrets.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`;
    environment = {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      REDIS_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:000000000000:secret:redis",
      BUCKET: "data",
      DOORBELL_QUEUE_URL: "http://127.0.0.1:9/000000000000/doorbells",
    };
  });
  afterAll(() => {
    secrets.closeAllConnections();
    secrets.close();
  });

  it("the api answers what needs no Redis, and reads the secret before that", async () => {
    const event = {
      routeKey: "GET /version",
      rawPath: "/version",
      headers: {},
      requestContext: contextOf("GET /version"),
    };
    expect(await runBundle(alone("api"), event, environment)).toMatchObject({ result: { statusCode: 200 } });
    const { REDIS_SECRET_ARN: _, ...untold } = environment;
    expect(await runBundle(alone("api"), event, untold)).toMatchObject({
      error: expect.stringContaining("UPSTASH_REDIS_REST_URL is not set"),
    });
  });

  it("the worker fails the message that it could not deal with, and says so", async () => {
    const record = { messageId: "m1", body: JSON.stringify({ testid: "00000000-0000-4000-8000-000000000000" }) };
    expect(await runBundle(alone("worker"), { Records: [record] }, environment)).toMatchObject({
      result: { batchItemFailures: [{ itemIdentifier: "m1" }] },
    });
  });

  it("the sweeper fails when it can do nothing", async () => {
    const event = { "detail-type": "Scheduled Event", source: "aws.events" };
    expect(await runBundle(alone("sweeper"), event, environment)).toHaveProperty("error");
  });
});

/** The best of three, each in a process of its own. */
function importMs(file: string): number {
  const program = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t);`;
  const times = [1, 2, 3].map(() => {
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: dirname(file),
      env: {},
      encoding: "utf8",
    });
    return Number(stdout);
  });
  return Math.min(...times);
}

function contextOf(routeKey: string) {
  const [method, path] = routeKey.split(" ");
  return { http: { method, path, sourceIp: "127.0.0.1" }, routeKey, requestId: "r1" };
}
