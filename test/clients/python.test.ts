import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT as REPOSITORY } from "../../infra/bundle.ts";
import { buildFmu } from "../fmus/build.ts";
import { useCloud } from "../support/cloud.ts";
import { ALICE, ROOT } from "../support/fmu.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("requests", "numpy");

// A call that takes longer than some ms is sent on.
const cloud = useCloud({ environment: { WAIT_MS: "30" }, accounts: [ROOT, ALICE] });

const folder = mkdtempSync(join(tmpdir(), "boptest-python-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every operation of the API's description, apart from the page, which is for browsers. */
function operations(): { id: string; method: string; path: string }[] {
  const text = readFileSync(join(REPOSITORY, "functions", "api", "openapi.yaml"), "utf8");
  const { paths } = parse(text) as { paths: Record<string, Record<string, { operationId?: string }>> };
  const described = Object.entries(paths).filter(([path]) => path !== "/" && !path.startsWith("/page/"));
  return described.flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      operationId === undefined ? [] : [{ id: operationId, method: method.toUpperCase(), path }],
    ),
  );
}

/** Runs a file of Python's own tests. @returns what it told, as it was shown */
async function pass(file: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stderr } = await runPython(
    python,
    ["-m", "unittest", "-v", file],
    { BOPTEST_URL: cloud().url, ...environment },
    join(REPOSITORY, "test", "clients", "python"),
  );
  process.stderr.write(stderr);
  return stderr;
}

describe("Python without the client", () => {
  it("talks to the WebSocket with python3-websockets", async () => {
    const program = join(REPOSITORY, "test", "clients", "python", "web_socket.py");
    expect((await runPython(pythonWith("websockets"), [program, cloud().url], {})).stdout).toBe("done\n");
  });
});

describe("the Python client", () => {
  it("passes its own tests, and says with which packages beside it", async () => {
    const described = join(folder, "operations.json");
    writeFileSync(described, JSON.stringify(operations()));
    const told = await pass("test_client.py", {
      BOPTEST_OPERATIONS: described,
      BOPTEST_FMU: (await buildFmu("cs")).file,
      BOPTEST_KEY: ALICE.key,
      BOPTEST_USER: ALICE.name,
      BOPTEST_ROOT_KEY: ROOT.key,
    });
    expect(told).toMatch(/^pandas: ([\d.]+|not here)\ntqdm: ([\d.]+|not here)$/m);
    expect(told).toMatch(/Ran [1-9]\d* tests?[\s\S]*OK/);
  });

  it("passes the tests of its environments, and says with which gymnasium", async () => {
    const told = await pass("test_gym.py");
    expect(told).toMatch(/^gymnasium: (the package, [\d.]+|the minimal interface)$/m);
    expect(told).toMatch(/Ran [1-9]\d* tests?[\s\S]*OK/);
  });
});
