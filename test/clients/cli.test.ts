import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT as REPOSITORY } from "../../infra/bundle.ts";
import { fmuEntries } from "../fmus/build.ts";
import { zip } from "../fmus/zip.ts";
import { useCloud } from "../support/cloud.ts";
import { ALICE } from "../support/fmu.ts";
import { pythonWith } from "./python.ts";

const cloud = useCloud({ accounts: [ALICE] });
const python = pythonWith();

const folder = mkdtempSync(join(tmpdir(), "boptest-cli-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command line. @returns its exit code, and what it wrote */
async function boptest(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = join(REPOSITORY, "clients", "cli", "src", "boptest.ts");
  const env = { ...process.env, BOPTEST_URL: cloud().url, BOPTEST_KEY: "", PYTHON: python };
  return await new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return name;
};

const GOOD = `def control(y):
    print("not an answer")
    return {"oveAct_u": 2000 * max(293.15 - y["TRooAir_y"], 0), "oveAct_activate": 1}
`;

describe("boptest on the command line", () => {
  it("goes through a session", async () => {
    const testid = (await boptest("select", "testcase1")).stdout.trim();
    expect(testid).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse((await boptest("kpi", testid, "--json")).stdout)).toHaveProperty("cost_tot");
    expect((await boptest("results", testid, "TRooAir_y")).stdout).toMatch(/^time,TRooAir_y\n0,[\d.]+\n/);
    expect((await boptest("compare", testid, testid)).stdout).toMatch(/^KPI +A +B/);
    const begun = JSON.parse((await boptest("live", testid, "--speed", "0.001", "--json")).stdout);
    expect(begun).toMatchObject({ status: "running", speed: 0.001 });
    expect((await boptest("live", testid, "--pause")).stdout).toMatch(/^status +paused: A client has paused it\.$/m);
    expect(await boptest("live", testid, "--until", "5")).toMatchObject({ code: 2 });
    expect((await boptest("stop", testid)).code).toBe(0);
    const gone = await boptest("watch", testid);
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Invalid testid: /) });
    expect((await boptest("testcases", "list")).stdout).toMatch(/^testcase1 +built in$/m);
  });

  it("closes a loop with a controller, in Python as in JavaScript, and writes results and a plot", async () => {
    const py = write("good.py", GOOD);
    const mjs = write(
      "good.mjs",
      "export const control = (y) => ({ oveAct_u: 2000 * Math.max(293.15 - y.TRooAir_y, 0), oveAct_activate: 1 });",
    );
    const shown = await boptest("run", py, "--days", "1", "--csv", "results.csv", "--svg", "plot.svg");
    expect(shown.stderr).toContain("not an answer");
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ener_tot +[\d.]+$/m) });
    expect(readFileSync(join(folder, "results.csv"), "utf8").split("\n")).toHaveLength(2880 + 3);
    expect(readFileSync(join(folder, "plot.svg"), "utf8")).toContain("TRooAir_y");
    const kpis = async (file: string) => {
      const { testcase, kpis: all } = JSON.parse((await boptest("run", file, "--days", "1", "--json")).stdout);
      const { time_rat: _wallClock, ...others } = all;
      return { testcase, ...others };
    };
    expect(await kpis(mjs)).toEqual(await kpis(py));
  });

  it.concurrent.each([
    [
      "lacks control",
      "lacks.py",
      "def controll(y):\n    return {}\n",
      /^lacks\.py defines no function control\(points\)$/m,
    ],
    ["exports nothing", "lacks.mjs", "const a = 1;\n", /^lacks\.mjs defines no function control\(points\)$/m],
    [
      "raises",
      "raises.py",
      "def control(y):\n    x = 1\n    return 1 / 0\n",
      /raises\.py, line 3: .*ZeroDivisionError/,
    ],
    [
      "hangs",
      "hangs.py",
      "\ndef control(y):\n    while True: pass\n",
      /hangs\.py, line 2: control did not answer within 2 s/,
    ],
    [
      "answers nonsense",
      "odd.py",
      "\n\ndef control(y):\n    return 'warm'\n",
      /odd\.py, line 3: control answered "warm"/,
    ],
    [
      "names no input",
      "no.py",
      'def control(y):\n    return {"nope_u": 1}\n',
      /no\.py, line 1: the service refused .*nope_u/,
    ],
    ["does not parse", "parse.py", "def control(y):\n  return (\n", /parse\.py, line \d: .*SyntaxError/],
    ["ends", "ends.py", "import os\ndef control(y):\n    os._exit(0)\n", /ends\.py: the controller's process ended/],
    [
      "throws",
      "throws.mjs",
      "export function control(y) {\n  throw new Error('no');\n}\n",
      /throws\.mjs, line 2: .*Error: no/,
    ],
    [
      "is stuck",
      "stuck.mjs",
      "export function control(y) {\n  for (;;);\n}\n",
      /stuck\.mjs, line 1: control did not answer/,
    ],
  ])("stops its test and names the line where a controller %s", async (_what, name, text, said) => {
    write(name, text);
    // Only a controller that never answers needs a short limit: an interpreter may start slowly.
    const limit = /while True|for \(;;\)/.test(text) ? ["--controller-seconds", "2"] : [];
    const ended = await boptest("run", name, "--keep", ...limit);
    expect(ended.stderr).toMatch(said);
    expect(ended.code).toBe(3);
    // It was asked to keep the test: the id is told, and the test is there. Without --keep it is stopped.
    const [, testid = ""] = /The test is kept: (\S+)/.exec(ended.stderr) ?? [];
    expect((await fetch(`${cloud().url}/stop/${testid}`, { method: "PUT" })).status).toBe(200);
  });

  it("stops the test of a controller that fails, unless it is to be kept", async () => {
    const mine = ["--key", ALICE.key];
    const name = write("fails.py", "def control(y):\n    raise KeyError('x')\n");
    expect((await boptest("run", name, ...mine)).code).toBe(3);
    const tests = await fetch(`${cloud().url}/users/${ALICE.name}/tests`, { headers: { authorization: ALICE.key } });
    expect(await tests.json()).toEqual([]);
  });

  it("tells wrong use by the code 2, and shows how it is used", async () => {
    const wrong: [string[], string][] = [
      [["run", "nowhere.py"], "nowhere.py"],
      [["run", write("x.txt", "")], "x.txt"],
      [["fly"], "fly"],
      [["run", "good.py", "--days", "many"], "--days"],
      [["run", "good.py", "--days", "-3"], "--days"],
      [["run", "good.py", "--days", "1", "--scenario", "test_day"], "--days"],
      [["testcases", "list", "--url", "hello"], "hello is no URL"],
    ];
    await Promise.all(
      wrong.map(async ([args, said]) => {
        expect(await boptest(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
      }),
    );
    const help = await boptest("run", "--help");
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("Example:") });
    expect((await boptest("completions")).stdout).toContain("testcases");
  });

  it("imports a checkout of BOPTEST, with what an old model lacks from beside it", async () => {
    const checkout = join(folder, "checkout");
    const models = (name: string) => {
      const path = join(checkout, "testcases", name, "models");
      mkdirSync(path, { recursive: true });
      return path;
    };
    const entries = await fmuEntries("cs");
    const lacking = entries.filter(({ path }) => path !== "resources/config.json");
    writeFileSync(join(models("old"), "wrapped.fmu"), zip(lacking));
    const config = entries.find(({ path }) => path === "resources/config.json")?.content ?? "";
    writeFileSync(join(models("old"), "config.json"), config);
    writeFileSync(join(models("pointer"), "wrapped.fmu"), "version https://git-lfs.github.com/spec/v1\n");
    const place = ["--user", ALICE.name, "--key", ALICE.key];
    const { code, stdout } = await boptest("testcases", "import", checkout, "--json", ...place);
    expect(JSON.parse(stdout)).toMatchObject([
      { testcase: "old", status: "published" },
      { testcase: "pointer", status: "refused", reasons: [expect.stringContaining("is no FMU")] },
    ]);
    expect(code).toBe(1);
    expect((await boptest("testcases", "delete", "old", ...place)).code).toBe(0);
    expect((await boptest("testcases", "list", ...place)).stdout).not.toMatch(/^old /m);
  });
});
