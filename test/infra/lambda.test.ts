import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createInvoke, type Invoke, InvokeError, type InvokeOptions } from "../../functions/platform/lambda.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { failure } from "../../infra/local/lambda/lambda.ts";
import { until } from "../support/cloud.ts";
import { startToyCloud, toyWiring } from "./toy/cloud.ts";
import { runs } from "./toy/processes.ts";
import { startProgram } from "./toy/program.ts";

const PROCESSES = 2;

let cloud: Cloud;
let emulate: Invoke;

beforeAll(async () => {
  const wiring = await toyWiring(3000);
  wiring.functions.emulator.processes = PROCESSES;
  cloud = await startToyCloud({ wiring, environment: { A_SECRET: "s3cret" } });
  for (const [name, value] of Object.entries(cloud.environment("worker"))) vi.stubEnv(name, value);
  emulate = createInvoke("emulator", { maxAttempts: 2 });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

beforeEach(async () => {
  for (const pid of cloud.host.pids("emulator")) await cloud.host.kill(pid);
});

afterEach(() => {
  cloud.lambda.intercept = undefined;
});

interface Told {
  pid: number;
  worked: unknown[];
  environment: Record<string, string>;
}

const LIMIT: InvokeOptions = { limitMs: 20_000 };
const work = async (tenant: string, task: object = {}) => (await emulate(task, { ...LIMIT, tenant })) as Told;

async function failed(call: Promise<unknown>): Promise<InvokeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof InvokeError) return error;
  throw new Error(`It did not fail: ${error}`);
}

describe("a function that another one calls", () => {
  it("gives its result, and works on in the same process", async () => {
    const first = await work("john", { at: 1 });
    const second = await work("john", { at: 2 });
    expect(second.worked).toEqual([{ at: 1 }, { at: 2 }]);
    expect(second.pid).toBe(first.pid);
  });

  it.each([
    ["an exception", { do: "throw" }, "failed", "RangeError"],
    ["the end of its process", { do: "exit" }, "failed", "Runtime.ExitError"],
    ["its time being over", { do: "hang" }, "failed", "Sandbox.Timedout"],
    ["too long an answer", { bytes: 6_291_556 }, "too-large", "Function.ResponseSizeTooLarge"],
  ])("tells of %s", async (_what, task, code, errorType) => {
    expect(await failed(work("john", task))).toMatchObject({ code, errorType });
    expect(await work("john")).toHaveProperty("pid");
  });

  it("must exist, be named a tenant if it has any, and none if it has not", async () => {
    expect(await failed(createInvoke("nobody")({}, LIMIT))).toMatchObject({ errorType: "ResourceNotFoundException" });
    expect(await failed(emulate({}, LIMIT))).toMatchObject({ errorType: "InvalidParameterValueException" });
    expect(await failed(work("jöhn"))).toMatchObject({ errorType: "InvalidParameterValueException" });
    const sweep = createInvoke("sweeper");
    expect(await failed(sweep({}, { ...LIMIT, tenant: "john" }))).toMatchObject({
      errorType: "InvalidParameterValueException",
    });
  });

  it("takes as much as Lambda does, and no more", async () => {
    expect(await work("john", { filling: "x".repeat(6_291_500), bytes: 1 })).toBe("x");
    const body = `"${"x".repeat(6_291_556)}"`;
    const url = `${cloud.lambda.endpoint}/2015-03-31/functions/emulator/invocations`;
    const answer = await fetch(url, { method: "POST", body, headers: { "x-amz-tenant-id": "john" } });
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([413, "RequestTooLargeException"]);
  });
});

describe("what a function has started", () => {
  const start = async () => (await work("john", { do: "start" })) as Told & { started: number };
  const gone = async (pid: number) => await until("it is gone", () => (runs(pid) ? undefined : true));

  it("ends with its process, whatever that ends of", async () => {
    const { pid, started } = await start();
    expect(runs(started)).toBe(true);
    await cloud.host.kill(pid);
    await gone(started);
    const again = await start();
    await failed(work("john", { do: "exit" }));
    await gone(again.started);
  });

  it("ends with the cloud, and when that is killed", async () => {
    const program = startProgram("test/infra/toy/program-with-started.ts");
    const { started } = JSON.parse(await program.says("\n")) as { started: number };
    expect(runs(started)).toBe(true);
    program.kill("SIGKILL");
    await gone(started);
  });
});

describe("what a function has written", () => {
  const litter = async () => (await work("john", { do: "litter" })) as Told & { folder: string };

  it("is its own, and goes with its process, whatever that ends of", async () => {
    const { pid, folder } = await litter();
    expect(folder.startsWith(cloud.dataDir)).toBe(true);
    await cloud.host.kill(pid);
    expect(existsSync(dirname(folder))).toBe(false);
    const again = await litter();
    expect(dirname(again.folder)).not.toBe(dirname(folder));
    await failed(work("john", { do: "exit" }));
    await until("it is gone", () => (existsSync(dirname(again.folder)) ? undefined : true));
  });
});

describe("tenants", () => {
  it("never share a process, however few there are", async () => {
    const tenants = Array.from({ length: 30 }, (_, index) => `users/${index % 5}`);
    let most = 0;
    const told = await Promise.all(
      tenants.map(async (tenant) => {
        const answer = await work(tenant, { tenant });
        most = Math.max(most, cloud.host.pids("emulator").length);
        return answer;
      }),
    );
    for (const [index, { worked }] of told.entries()) {
      expect(new Set(worked.map((task) => JSON.stringify(task)))).toEqual(
        new Set([JSON.stringify({ tenant: tenants[index] })]),
      );
    }
    expect(most).toBeLessThanOrEqual(PROCESSES);
  });

  it("leave their process to nobody: an idle one ends when another tenant needs its room", async () => {
    const john = await work("john");
    const mary = await work("mary");
    expect(await work("john")).toMatchObject({ pid: john.pid });
    // Mary's has been idle for longer.
    const paul = await work("paul");
    expect(paul.pid).not.toBe(mary.pid);
    await until("her process has ended", () => (runs(mary.pid) ? undefined : true));
    expect(await work("john")).toMatchObject({ pid: john.pid });
    expect((await work("mary")).pid).not.toBe(mary.pid);
  });

  it("do not end each other's work: who comes next waits", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tenants-"));
    try {
      const task = { do: "wait", until: join(folder, "enough") };
      // Processes that have started: what counts their time has not begun to.
      const pids = await Promise.all([work("john"), work("mary")].map(async (told) => (await told).pid));
      const busy = [work("john", task), work("mary", task)];
      await until("both are at work", () => (cloud.host.busy("emulator").length === 2 ? true : undefined));
      const called = Promise.withResolvers<void>();
      cloud.lambda.intercept = async ({ forward }) => {
        const answered = forward();
        called.resolve();
        return await answered;
      };
      const paul = work("paul");
      await called.promise;
      expect(cloud.host.busy("emulator")).toHaveLength(2);
      writeFileSync(task.until, "");
      expect((await Promise.all(busy)).map(({ pid }) => pid)).toEqual(pids);
      expect((await paul).worked).toEqual([{}]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a process without work", () => {
  it("ends after a while where the function is one of those, and the next event has another", async () => {
    const wiring = await toyWiring(3000);
    wiring.functions.emulator.idleMs = 1500;
    await using other = await startToyCloud({ wiring });
    const invoke = async () => await other.host.invoke("emulator", { tasks: [] }, { tenant: "john" });
    await invoke();
    const [first] = other.host.pids("emulator");
    await sleep(1000);
    await invoke();
    await sleep(1000);
    expect(other.host.pids("emulator")).toEqual([first]);
    await until("it has ended", () => (other.host.pids("emulator").length === 0 ? true : undefined));
    expect(await invoke()).toMatchObject({ kind: expect.stringMatching("result|error") });
    expect(other.host.pids("emulator")).not.toEqual([first]);
  });
});

describe("the environment of a function that runs others' code", () => {
  it("has no credential, no token and no address", async () => {
    const { environment } = await work("john");
    expect(Object.keys(environment).sort()).toEqual([
      ...["AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"],
      ...["LAMBDA_TASK_ROOT", "LANG", "MALLOC_ARENA_MAX", "PATH", "TMPDIR", "TZ"],
    ]);
    const values = Object.values(environment).join("\n");
    for (const secret of ["s3cret", cloud.redisRest.token, cloud.redisRest.url, cloud.storage.endpoint, "http"]) {
      expect(values).not.toContain(secret);
    }
    expect(cloud.environment("worker")).toMatchObject({
      EMULATOR_FUNCTION: "emulator",
      AWS_ENDPOINT_URL_LAMBDA: cloud.lambda.endpoint,
      A_SECRET: "s3cret",
    });
  });
});

describe("what a test can do to a call", () => {
  it("sees whose it is, and has it run twice, later, or not at all", async () => {
    const seen: unknown[] = [];
    cloud.lambda.intercept = async ({ function: name, tenant, payload, forward }) => {
      seen.push([name, tenant, payload]);
      await forward();
      return await forward();
    };
    expect((await work("john", { at: 1 })).worked).toEqual([{ at: 1 }, { at: 1 }]);
    expect(seen).toEqual([["emulator", "john", { at: 1 }]]);
    // Of two attempts.
    cloud.lambda.intercept = async () => CUT;
    expect(await failed(work("john"))).toMatchObject({ code: "unavailable" });
    cloud.lambda.intercept = async () => failure(429, "TooManyRequestsException");
    expect(await failed(work("john"))).toMatchObject({ code: "throttled" });
    cloud.lambda.intercept = undefined;
    expect((await work("john")).worked).toEqual([{ at: 1 }, { at: 1 }, {}]);
  });

  it("kills the process that works on it", async () => {
    const working = failed(work("john", { do: "hang" }));
    const [busy] = await until("it is at work", () => {
      const found = cloud.host.busy("emulator");
      return found.length > 0 ? found : undefined;
    });
    await cloud.host.kill(busy?.pid ?? 0);
    expect(await working).toMatchObject({ code: "failed", errorType: "Runtime.ExitError" });
  });
});
