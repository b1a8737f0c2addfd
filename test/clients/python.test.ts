import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT as REPOSITORY } from "../../infra/bundle.ts";
import { buildFmu } from "../fmus/build.ts";
import { useCloud } from "../support/cloud.ts";
import { ALICE, ROOT } from "../support/fmu.ts";
import { demandPython, runPython } from "./python.ts";

demandPython("requests", "numpy");

// No call is answered before it was sent on a few times.
const cloud = useCloud({ environment: { WAIT_MS: "30", INLINE_MS: "0" }, accounts: [ROOT, ALICE] });

const folder = mkdtempSync(join(tmpdir(), "boptest-python-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every operation of the API's description. */
function operations(): { id: string; method: string; path: string }[] {
  const text = readFileSync(join(REPOSITORY, "functions", "api", "openapi.yaml"), "utf8");
  const { paths } = parse(text) as { paths: Record<string, Record<string, { operationId?: string }>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      operationId === undefined ? [] : [{ id: operationId, method: method.toUpperCase(), path }],
    ),
  );
}

describe("the Python client", () => {
  it("passes its own tests", async () => {
    const described = join(folder, "operations.json");
    writeFileSync(described, JSON.stringify(operations()));
    const fmu = (await buildFmu("cs")).file;
    const tests = ["-m", "unittest", "-v", "test_client.py"];
    const { stderr } = await runPython(
      tests,
      {
        BOPTEST_URL: cloud().url,
        BOPTEST_OPERATIONS: described,
        BOPTEST_FMU: fmu,
        BOPTEST_KEY: ALICE.key,
        BOPTEST_USER: ALICE.name,
        BOPTEST_ROOT_KEY: ROOT.key,
      },
      join(REPOSITORY, "test", "clients", "python"),
    );
    process.stderr.write(stderr);
    expect(stderr).toMatch(/Ran 1\d tests/);
  });
});
