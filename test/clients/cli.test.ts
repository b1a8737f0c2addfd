import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, it, vi } from "vitest";
import { sendFile } from "../../clients/cli/src/send-file.ts";
import { progress } from "../../clients/cli/src/session.ts";
import { Service, Unreachable } from "../../clients/typescript/src/index.ts";
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

const PROGRAM = join(REPOSITORY, "clients", "cli", "src", "boptest.ts");
const environment = () => ({ ...process.env, BOPTEST_URL: cloud().url, BOPTEST_KEY: "", PYTHON: python });

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line. @returns its exit code, and what it wrote */
const boptest = (...args: string[]) => boptestWith({}, ...args);

async function boptestWith(changes: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  const options = { cwd: folder, env: { ...environment(), ...changes } };
  return await new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], options, (error, stdout, stderr) => {
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

const DAY = 86_400;

/** Holds `--verify` against KPIs and trajectories of the same model, of which one of each is written wrongly. */
async function verifies(checkout: string, place: readonly string[]): Promise<void> {
  const references = join(checkout, "testing", "references", "old");
  mkdirSync(references, { recursive: true });
  // A table without a column "time" is no boundary data: it is not uploaded.
  const resources = join(checkout, "testcases", "old", "models", "Resources");
  mkdirSync(resources, { recursive: true });
  writeFileSync(join(resources, "gains.csv"), "Time,heat\n0,1\n");
  const service = new Service(cloud().url, { key: ALICE.key });
  const test = await service.select("old", { user: ALICE.name });
  await test.initialize(DAY / 2, DAY / 2);
  await test.setStep(DAY);
  await test.advance();
  const { time = [], ...columns } = await test.results(["TRooAirSou_y", "TRooAirNor_y"], DAY / 2, (3 * DAY) / 2);
  const { TRooAirSou_y: south = [], TRooAirNor_y: north = [] } = columns;
  // Ten minutes of a day are wrong, by more than BOPTEST's tests allow: they look every three minutes.
  const rows = time.map((at, i) => `${at},${south[i]},${(north[i] ?? 0) + (i > 1440 && i < 1460 ? 0.5 : 0)},1`);
  const trajectories = join(references, "results_initialize_advance.csv");
  writeFileSync(trajectories, `time,TRooAirSou_y,TRooAirNor_y,TNowhere_y\n${rows.join("\n")}\n`);
  await test.setScenario({ time_period: "peak_heat_day", electricity_price: "dynamic" });
  await test.advanceMany([{}, {}]);
  const { time_rat: _wallClock, ...kpis } = await test.kpis();
  await test.stop();
  const keep = (file: string, values: object) => {
    const rows = Object.entries(values).map(([name, value]) => `${name},${value ?? ""}\n`);
    writeFileSync(join(references, file), `keys,value\n${rows.join("")}time_rat,5\n`);
  };
  keep("kpis_peak_heat_day_dynamic.csv", kpis);
  keep("kpis_peak_heat_day_constant.csv", { ener_tot: (kpis.ener_tot ?? 0) / 1.01 });
  keep("kpis_initialize_advance.csv", { ener_tot: 0 });

  const shown = await boptest("testcases", "import", checkout, "--verify", "old", ...place);
  expect(shown.code).toBe(1);
  const count = Object.keys(kpis).length + 1;
  expect(shown.stdout.split("\n")[0]).toMatch(/^scenario +KPI +unit +reference +ours +difference, %$/);
  expect(shown.stdout).toMatch(/^peak_heat_day, constant +ener_tot +kWh\/m² +[\d.]+ +[\d.]+ +1\.000 +differs$/m);
  expect(shown.stdout).toContain(`\n${count - 1} of ${count} KPIs agree within 0.1 %\n`);
  expect(shown.stdout).toMatch(
    /^initialize_advance, TRooAirNor_y: 0\.\d+ in BOPTEST's measure, 0\.\d+ of its range: [\d.]+ for [\d.]+ at \d+ s$/m,
  );
  expect(shown.stdout).toContain("\ninitialize_advance, TNowhere_y: the test case has no such point\n");
  expect(shown.stdout).toContain("\n1 of 3 trajectories agree within BOPTEST's tolerance\n");
  const unknown = await boptest("testcases", "import", checkout, "--verify", "nope", ...place);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("there are: old, pointer") });
}

describe("boptest on the command line", () => {
  it("goes through a session", async () => {
    const testid = (await boptest("select", "testcase1")).stdout.trim();
    expect(testid).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse((await boptest("kpi", testid, "--json")).stdout)).toHaveProperty("cost_tot");
    expect((await boptest("results", testid, "TRooAir_y")).stdout).toMatch(/^time,TRooAir_y\n0,[\d.]+\n/);
    expect((await boptest("compare", testid, testid)).stdout).toMatch(
      /^KPI +unit +A +B +B − A, % +better\n[\s\S]*^tdis_tot +K·h\/zone .* equal$/m,
    );
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
    const shown = await boptest("run", py, "--days", "1", "--results", "results.csv", "--svg", "plot.svg");
    expect(shown.stderr).toContain("not an answer");
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ener_tot +[\d.]+ +kWh\/m²$/m) });
    expect(readFileSync(join(folder, "results.csv"), "utf8").split("\n")).toHaveLength(2880 + 3);
    expect(readFileSync(join(folder, "plot.svg"), "utf8")).toContain("TRooAir_y");
    const kpis = async (file: string) => {
      const { testcase, kpis: all } = JSON.parse((await boptest("run", file, "--days", "1", "--json")).stdout);
      const { time_rat: _wallClock, ...others } = all;
      return { testcase, ...others };
    };
    expect(await kpis(mjs)).toEqual(await kpis(py));
    expect(shown.stdout).toMatch(/^tdis_tot +[\d.]+ +K·h\/zone$/m);
    expect(shown.stdout).toMatch(/^TRooAir_y +[▁▂▃▄▅▆▇█]{60} [\d.]+ … [\d.]+ K$/m);
  });

  it("writes results as Parquet where the file's name says so, the same as in CSV", async () => {
    const file = write("parquet.py", GOOD);
    await boptest("run", file, "--days", "1", "--step", "7200", "--results", "results.parquet");
    const { toCsv } = await import("../../clients/cli/src/results.ts");
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, "results.parquet")) });
    const names = Object.keys(rows[0] ?? {});
    expect(names[0]).toBe("time");
    const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => Number(row[name]))]));
    await boptest("run", file, "--days", "1", "--step", "7200", "--results", "same.csv");
    expect(toCsv({ time: [], ...columns })).toBe(readFileSync(join(folder, "same.csv"), "utf8"));
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
      [["run", "good.py", "--step", "0"], "--step"],
      [["run", "good.py", "--results", "nowhere/results.csv"], "There is no folder nowhere"],
      [["select", "testcase1", "--user", "a", "--namespace", "b"], "--namespace"],
      [["testcases", "list", "--url", "hello"], "hello is no URL"],
    ];
    await Promise.all(
      wrong.map(async ([args, said]) => {
        expect(await boptest(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
      }),
    );
    const help = await boptest("run", "--help");
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("\nExamples:\n  boptest run ") });
    expect(await boptest("--version")).toMatchObject({ code: 0, stdout: "0.1.0\n" });
  });

  it("completes commands and their options in bash", async () => {
    const { stdout } = await boptest("completions");
    const script = write("completions.bash", stdout);
    const complete = (...words: string[]) =>
      execFileSync("bash", [
        "-c",
        `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _boptest; echo "\${COMPREPLY[*]}"`,
        join(folder, script),
        "boptest",
        ...words,
      ])
        .toString()
        .trim();
    expect(complete("te")).toBe("testcases");
    expect(complete("testcases", "i")).toBe("import");
    expect(complete("testcases", "import", "--v")).toBe("--verify");
    expect(complete("run", "control.py", "--st")).toBe("--start --step");
  });

  it("is found by npx in a checkout, without a registry", async () => {
    const nowhere = { npm_config_registry: "http://127.0.0.1:9", npm_config_cache: join(folder, "no-cache") };
    const found = await promisify(execFile)("npx", ["boptest", "--version"], {
      cwd: REPOSITORY,
      env: { ...process.env, ...nowhere },
    });
    expect(found.stdout).toBe("0.1.0\n");
  });

  it("starts the service as npm start does, with its options and its exit code", async () => {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "npm"), '#!/bin/sh\necho "$PWD: $*"\nexit 7\n', { mode: 0o755 });
    const path = { PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}` };
    const started = await boptestWith(path, "start", "--port", "9000");
    expect(started).toMatchObject({ code: 7, stdout: `${REPOSITORY.replace(/\/$/, "")}: start -- --port 9000\n` });
  });

  it("watches a test: its points with their units at each step, until it is stopped", async () => {
    const testid = (await boptest("select", "testcase1")).stdout.trim();
    const child = spawn(process.execPath, [PROGRAM, "watch", testid, "--every", "0.05"], { env: environment() });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toMatch(/^time=0 s .*TRooAir_y=293.15 K/);
    await fetch(`${cloud().url}/advance/${testid}`, { method: "POST" });
    expect((await lines.next()).value).toMatch(/^time=60 s /);
    await fetch(`${cloud().url}/stop/${testid}`, { method: "PUT" });
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(1);
  });

  it("shows an upload by its bytes", async () => {
    const file = join(folder, "large.bin");
    writeFileSync(file, Buffer.alloc(300_000, 7));
    let body = Buffer.alloc(0);
    const server = createServer((request, response) => {
      void buffer(request).then((all) => {
        body = all;
        response.writeHead(request.headers["content-length"] === String(all.length) ? 204 : 411).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const told: number[] = [];
      const form = { url: `http://127.0.0.1:${port}/`, fields: { key: "uploads/x" } };
      await sendFile(form, file, (bytes) => told.push(bytes));
      expect(told.length).toBeGreaterThan(2);
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
      expect(told.at(-1)).toBe(300_000);
      expect(body.toString("latin1")).toContain('name="key"\r\n\r\nuploads/x\r\n');
      expect(body.length).toBeGreaterThan(300_000);
    } finally {
      server.close();
    }
    await expect(sendFile({ url: "http://127.0.0.1:9/", fields: {} }, file, () => undefined)).rejects.toBeInstanceOf(
      Unreachable,
    );
  });

  it("draws a bar on a terminal, and nothing elsewhere", () => {
    const drawn: string[] = [];
    const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => drawn.push(String(text)) > 0);
    const { isTTY } = process.stderr;
    try {
      process.stderr.isTTY = false;
      progress("uploading", 1, 2);
      expect(drawn).toEqual([]);
      process.stderr.isTTY = true;
      progress("uploading", 1, 2);
      progress("uploading", 2, 2);
    } finally {
      process.stderr.isTTY = isTTY;
      write.mockRestore();
    }
    expect(drawn).toEqual([
      `\ruploading ${"█".repeat(15)}${"·".repeat(15)} 50 %`,
      `\ruploading ${"█".repeat(30)} 100 %\n`,
    ]);
  });

  it("compares no files that run --json has not written", async () => {
    const nothing = write("nothing.json", "{}");
    const wrong = await Promise.all([
      boptest("compare", nothing, nothing),
      boptest("compare", "nowhere.json", nothing),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2]);
    expect(wrong[0]?.stderr).toContain("no kpis");
    expect(wrong[1]?.stderr).toContain("nowhere.json");
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
    await verifies(checkout, place);
    expect((await boptest("testcases", "delete", "old", ...place)).code).toBe(0);
    expect((await boptest("testcases", "list", ...place)).stdout).not.toMatch(/^old /m);
  });
});
