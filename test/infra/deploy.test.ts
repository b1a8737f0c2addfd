import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { defaultWorkers, misfit } from "../../infra/concurrency.ts";
import { type Ended, runProgram } from "./toy/program.ts";

/** `npm run deploy` asks Lambda's API, here a server that answers GetAccountSettings as AWS documents it. */

let answer: { status: number; headers?: Record<string, string>; body: unknown };
let calls: { line: string; authorization: string }[] = [];
const server = createServer((request: IncomingMessage, response) => {
  calls.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization ?? "" });
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(JSON.stringify(answer.body));
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());
beforeEach(() => {
  calls = [];
});

/** The account's limit, and what is left of it for functions that reserve nothing. */
function accountHas(concurrent: number, unreserved = concurrent): void {
  const body = {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: concurrent,
      UnreservedConcurrentExecutions: unreserved,
    },
    AccountUsage: { TotalCodeSize: 0, FunctionCount: 0 },
  };
  answer = { status: 200, body };
}

/** `npm run deploy -- …`, in an environment that has nothing else of AWS. */
function deploy(...args: string[]): Promise<Ended> {
  return runProgram("deploy", args, {
    HOME: "/nonexistent",
    AWS_DEFAULT_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}

describe("npm run deploy", () => {
  it("stops with one line before cdk runs where the account is smaller than was assumed", async () => {
    accountHas(10);
    const { code, stdout, stderr } = await deploy("-c", "stage=prod", "--parameters", "RedisUrl=https://a.example");
    expect(stderr).toBe(
      "50 workers, 50 compiled models and 6 for the api and all others are 106 at the same time, which do not fit into " +
        "the account's 10 concurrent executions. Set -c accountConcurrency=10, and -c workers to 2 at most, or leave " +
        '-c workers out; or ask AWS for more (Service Quotas, AWS Lambda, "Concurrent executions").\n',
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(calls.map(({ line }) => line)).toEqual(["GET /2016-08-19/account-settings"]);
    expect(calls[0]?.authorization).toContain("/eu-central-1/lambda/aws4_request");
  });

  it("does what it said then: so the service fits", async () => {
    accountHas(10);
    const { code, stderr } = await deploy("--check", "-c", "accountConcurrency=10");
    expect(stderr).toBe(
      "The account has 10 concurrent executions: 2 workers, 2 compiled models and 6 for the api and all others fit.\n",
    );
    expect(code).toBe(0);
  });

  it("goes on with cdk and the same arguments where the service fits", async () => {
    accountHas(1000);
    const { code, stdout, stderr } = await deploy("--help", "--context=stage=prod");
    expect(stderr).toMatch(/^The account has 1000 concurrent executions: 50 workers/);
    expect(stdout).toContain("cdk deploy");
    expect(code).toBe(0);
  });

  it.each([
    [
      "what others have reserved",
      1000,
      100,
      [],
      "1000 concurrent executions, 900 of them reserved for other functions",
    ],
    ["what Lambda keeps", 200, 200, ["-c", "emulators=101"], "Set -c emulators to 100 at most"],
  ])("counts %s", async (_what, concurrent, unreserved, args, message) => {
    accountHas(concurrent, unreserved);
    const { code, stderr } = await deploy("--check", ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it("counts as free what this stack itself has reserved at the last deployment", async () => {
    accountHas(200, 100);
    const { code } = await deploy("--check", "-c", "emulators=100", "-c", "workers=50");
    expect(code).toBe(0);
  });

  it("refuses bad options before it asks", async () => {
    accountHas(1000);
    expect(await deploy("-c", "workers=1")).toMatchObject({
      code: 1,
      stderr: "-c workers must be a whole number from 2 to 1000\n",
    });
    expect((await deploy("-c", "workers")).stderr).toBe('-c is followed by name=value, not by "workers"\n');
    expect(calls).toEqual([]);
  });

  it("says what it lacks where Lambda does not answer the question", async () => {
    const message = "User: a is not authorized to perform: lambda:GetAccountSettings";
    answer = { status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" }, body: { Message: message } };
    const { code, stderr } = await deploy();
    expect(stderr).toContain(`AccessDeniedException: ${message}`);
    expect(stderr).toContain("credentials that may call lambda:GetAccountSettings");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  });
});

describe("npm run synth", () => {
  it("stops with the same sentence, and no stack trace, where the account is said to be too small", async () => {
    const { code, stderr } = await runProgram("synth", ["-c", "accountConcurrency=10", "-c", "workers=50"]);
    expect(stderr).toContain("are 106 at the same time, which do not fit into the account's 10 concurrent executions.");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).not.toBe(0);
  });
});

describe("the default of workers", () => {
  it("fits into every account", () => {
    const tooMany = Array.from({ length: 1991 }, (_, i) => 10 + i).filter(
      (concurrency) =>
        misfit({ workers: defaultWorkers(concurrency), emulators: undefined }, { concurrency, reserved: 0 }) !==
        undefined,
    );
    expect(tooMany).toEqual([]);
  });

  it("is a fifth of the account, 50 at most", () => {
    expect([10, 100, 1000].map(defaultWorkers)).toEqual([2, 20, 50]);
  });
});
