import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, listen } from "../../infra/local/http/ports.ts";
import { ask } from "../../infra/local/redis/redis-server.ts";
import { until } from "../support/cloud.ts";
import { type Program, runProgram, startProgram } from "./toy/program.ts";

const START = "start";
const INVOKE = "infra/local/invoke/invoke.ts";
const folder = mkdtempSync(join(tmpdir(), "boptest-programs-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** It told the person one line and no more. */
async function expectOneLine(run: ReturnType<typeof runProgram>, line: string): Promise<void> {
  const { code, stderr } = await run;
  expect(stderr).toContain(line);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(1);
}

describe("npm start", () => {
  const data = join(folder, "start");
  let program: Program;
  let port: number;
  let output: string;

  beforeAll(async () => {
    port = await freePort();
    program = startProgram(START, ["--port", String(port), "--data", data, "--workers", "2"]);
    output = await program.says("/kpi/$testid\n\n");
  });

  afterAll(async () => {
    program.kill("SIGINT");
    await program.ended;
  });

  it("says where things are", () => {
    expect(output).toContain(`http://127.0.0.1:${port}: open it in a browser\n`);
    expect(output).toMatch(/Redis +http:\/\/127\.0\.0\.1:\d+ \(REST\), redis-cli -p \d+/);
    expect(output).toContain(join(data, "logs"));
  });

  it("suggests three commands, which work as they are", async () => {
    const lines = output.split("\n").filter((line) => line.includes("curl "));
    expect(lines).toHaveLength(3);
    const { spawnSync } = await import("node:child_process");
    const { stdout, status } = spawnSync("sh", ["-e", "-c", `${lines.join("\n")}`], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(status).toBe(0);
    expect(stdout).toContain('"TRooAir_y"');
    expect(stdout).toContain('"ener_tot"');
  });

  it("is refused while another runs on the same data or port", async () => {
    await expectOneLine(runProgram(START, ["--data", data, "--port", "0"]), "--port must be");
    await expectOneLine(runProgram(START, ["--data", data]), `The folder ${data} is in use`);
    const elsewhere = join(folder, "elsewhere");
    await expectOneLine(
      runProgram(START, ["--data", elsewhere, "--port", String(port)]),
      `Port ${port} is in use: stop the program that listens there, or choose another (--port)`,
    );
  });

  it("is used by npm run invoke", async () => {
    const selected = await runProgram(INVOKE, ["api", "events/select.json", "--data", data]);
    const { testid } = JSON.parse(JSON.parse(selected.stdout).body);
    const seen = await fetch(`http://127.0.0.1:${port}/status/${testid}`);
    expect(await seen.json()).toBe("Running");
    const advanced = await runProgram(INVOKE, ["api", "events/advance.json", "--data", data, "--testid", testid]);
    expect(JSON.parse(advanced.stdout)).toMatchObject({ statusCode: 200 });
    const rung = await runProgram(INVOKE, ["worker", "events/doorbell.json", "--data", data, "--testid", testid]);
    expect(JSON.parse(rung.stdout)).toEqual({ batchItemFailures: [] });
  });

  it("starts redis-server again when that dies", async () => {
    const [, redisPort = ""] = /redis-cli -p (\d+)/.exec(output) ?? [];
    const { process_id: pid } = Object.fromEntries(
      (await ask(Number(redisPort), "INFO server")).split("\r\n").map((line) => line.split(":")),
    );
    process.kill(Number(pid), "SIGKILL");
    await program.says("redis-server has ended");
    await until("it answers again", async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/testcases/testcase1/select`, { method: "POST" });
      return answer.ok ? true : undefined;
    });
  });

  it("stops at Ctrl-C, and tests go on where they were when it is started again", async () => {
    const ownPort = await freePort();
    const ownData = join(folder, "stopped");
    const args = ["--port", String(ownPort), "--data", ownData];
    const api = `http://127.0.0.1:${ownPort}`;
    const advance = async (testid: string) => {
      const response = await fetch(`${api}/advance/${testid}`, { method: "POST" });
      return ((await response.json()) as { payload: { time: number } }).payload.time;
    };
    const first = startProgram(START, args);
    await first.says("Ctrl-C");
    const selected = await fetch(`${api}/testcases/testcase1/select`, { method: "POST" });
    const { testid } = (await selected.json()) as { testid: string };
    expect(await advance(testid)).toBe(60);

    first.kill("SIGINT");
    expect(await first.ended).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(join(ownData, "stack.json"))).toBe(false);

    const second = startProgram(START, args);
    await second.says("Ctrl-C");
    expect(await advance(testid)).toBe(120);
    second.kill("SIGTERM");
    expect(await second.ended).toMatchObject({ code: 0 });
  });
});

describe("npm start tells in one line", () => {
  it("that redis-server is missing", async () => {
    const missing = join(folder, "no-redis-server");
    await expectOneLine(
      runProgram(START, ["--data", join(folder, "a"), "--port", String(await freePort())], { REDIS_SERVER: missing }),
      `${missing} was not found: run "npm run setup"`,
    );
  });

  it("why redis-server ended", async () => {
    const broken = join(folder, "broken-redis-server");
    writeFileSync(broken, "#!/bin/sh\necho 'Fatal error, not today'\nexit 1\n", { mode: 0o755 });
    await expectOneLine(
      runProgram(START, ["--data", join(folder, "b"), "--port", String(await freePort())], {
        REDIS_SERVER: broken,
      }),
      "redis-server ended: Fatal error, not today",
    );
  });

  it("that its folder cannot be written", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expectOneLine(runProgram(START, ["--data", join(file, "x")]), "cannot be written (ENOTDIR): choose another");
    await expectOneLine(runProgram(START, ["--data", file]), "cannot be written (E");
    await expectOneLine(runProgram(START, ["--data", "/proc/nowhere"]), "cannot be written (E");
  });

  it("that its port is taken", async () => {
    const server = createServer();
    const port = await listen(server, 0, "");
    await expectOneLine(
      runProgram(START, ["--data", join(folder, "c"), "--port", String(port)]),
      `Port ${port} is in use`,
    );
    server.close();
  });

  it.each([
    [["--port", "high"], '--port must be a whole number from 1 to 65535, not "high"'],
    [["--workers", "0"], '--workers must be a whole number from 1 to 64, not "0"'],
    [
      ["--host", "example.org"],
      '--host must be an IP address of this machine, such as 0.0.0.0 for all of them, not "example.org"',
    ],
    [["--colour"], "Unknown option '--colour': see --help"],
  ])("what is wrong with %j", async (args, line) => {
    await expectOneLine(runProgram(START, args), line);
  });

  it("what it can do, when asked", async () => {
    const { code, stdout } = await runProgram(START, ["--help"]);
    expect(code).toBe(0);
    for (const option of ["--port", "--data", "--workers", "--verbose"]) expect(stdout).toContain(option);
  });
});

describe("npm run invoke", () => {
  it.each([
    ["worker", "events/doorbell.json", { batchItemFailures: [] }],
    ["sweeper", "events/schedule.json", { rung: 0, ended: 0 }],
    // Of a file that is not there any more.
    ["intake", "events/upload.json", { outcome: "gone" }],
    ["api", "events/select.json", { statusCode: 200 }],
    ["api", "events/advance.json", { statusCode: 400 }],
  ])("runs %s on %s with a stack of its own", async (name, file, expected) => {
    const { code, stdout } = await runProgram(INVOKE, [name, file, "--data", join(folder, "none")]);
    expect(JSON.parse(stdout)).toMatchObject(expected);
    expect(code).toBe(0);
  });

  it.each([
    [["router", "events/select.json"], "Unknown function router: choose one of api, worker, sweeper"],
    [["api", "events/none.json"], "File not found: events/none.json. Samples are in events/"],
    [["api", ".gitignore"], ".gitignore is no valid JSON"],
    [["api", "events"], "events cannot be read (EISDIR)"],
    [["api"], "Name one function and one file"],
    [["sweeper", "events/schedule.json", "--testid", "x"], "events/schedule.json names no test: leave --testid out"],
  ])("tells in one line what is wrong with %j", async (args, line) => {
    await expectOneLine(runProgram(INVOKE, args), line);
  });
});

describe("npm run demo", () => {
  it("agrees with BOPTEST's figures and leaves a plot", { timeout: 120_000 }, async () => {
    const { code, stdout, stderr } = await runProgram("infra/local/demo/demo.ts");
    expect(stderr).toBe("");
    expect(stdout).toContain("Agrees within 0.1 %");
    expect(stdout).toMatch(/ener_tot +kWh\/m² +2\.14\d+ +2\.1474/);
    expect(readFileSync("demo/testcase1.svg", "utf8")).toMatch(/^<svg .*zone air temperature.*<\/svg>\n$/s);
    expect(code).toBe(0);
  });

  it("runs a compiled model that it builds and uploads, and leaves a plot", { timeout: 240_000 }, async () => {
    const { code, stdout, stderr } = await runProgram("infra/local/demo/demo.ts", ["--testcase", "twozone-fmu"]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/cost_tot +€\/m² +0\.19\d+ +0\.18\d+ +-2\.\d %/);
    expect(stdout).toContain("its process killed before each step");
    expect(stdout).toContain("All figures are those of a process that lived");
    expect(readFileSync("demo/twozone-fmu.svg", "utf8")).toMatch(/^<svg .*price-aware.*<\/svg>\n$/s);
    expect(code).toBe(0);
  });

  it("says what it can show", async () => {
    const demo = runProgram("infra/local/demo/demo.ts", ["--testcase", "nosuch"]);
    await expectOneLine(demo, '--testcase must be one of testcase1, twozone-fmu, not "nosuch"');
  });
});

describe("the sample doorbell", () => {
  it("has the body's true checksum", async () => {
    const { createHash } = await import("node:crypto");
    const { Records } = JSON.parse(readFileSync("events/doorbell.json", "utf8"));
    expect(createHash("md5").update(Records[0].body).digest("hex")).toBe(Records[0].md5OfBody);
  });
});
