import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import commitScript from "../../functions/streams/commit.lua";
import { ROOT } from "../../infra/bundle.ts";
import { pythonWith, runPython } from "../clients/python.ts";
import { until, useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const cloud = useCloud();

interface Report {
  readonly steps: number;
  readonly last: Record<string, number>;
  readonly samples: number;
  readonly kpis: Record<string, number | null>;
}

async function run<T = Report>(program: string, script: string, ...options: string[]): Promise<T> {
  const file = fileURLToPath(new URL(`../clients/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(program, [file, ...options, cloud().url], { timeout: 100_000 });
  return JSON.parse(stdout) as T;
}

/** Python's requests, if there is one here. */
function whyNoPython(): string | undefined {
  try {
    execFileSync("python3", ["-c", "import requests"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "python3 with requests is not installed here (apt-get install python3-requests)";
  }
}
const noPython = whyNoPython();
if (noPython !== undefined) process.stderr.write(`Python's client is skipped: ${noPython}\n`);

const reports: Report[] = [];

const expectTwoWeeks = async (report: Report) => {
  expect(report.steps).toBe(14 * 24);
  expect(report.last.time).toBe(27 * 86_400);
  expect(report.samples).toBe(14 * 2880 + 1);
  const { time_rat, pele_tot, pdih_tot, ...others } = report.kpis;
  expect(time_rat).toBeGreaterThan(0);
  expect([pele_tot, pdih_tot]).toEqual([null, null]);
  for (const [name, value] of Object.entries(others)) expect(value, name).toBeGreaterThan(0);
  // Every list of tests that there is.
  expect(await redisOf(cloud()).command(["KEYS", keys.userTests("*")])).toEqual([]);
  reports.push(report);
};

describe("a closed loop as users write it", () => {
  it("runs in TypeScript", async () => {
    await expectTwoWeeks(await run(process.execPath, "typescript/closed-loop.ts"));
  });

  it.skipIf(noPython !== undefined)("runs in Python, with requests alone", async () => {
    await expectTwoWeeks(await run("python3", "python/closed_loop.py"));
  });

  it("comes to the same, whoever runs it", () => {
    const [one, ...others] = reports.map(({ kpis: { time_rat: _wallClock, ...kpis }, ...rest }) => ({ ...rest, kpis }));
    for (const other of others) expect(other).toEqual(one);
  });
});

describe("model-predictive control as users write it", () => {
  interface Way {
    readonly hours: number;
    readonly requests: number;
  }
  interface Comparison {
    readonly rollout: Way;
    readonly "old way": Way & { readonly "same choices": boolean; readonly "requests of all hours": number };
    readonly kpis: Record<string, Record<string, number>>;
  }

  it.skipIf(noPython !== undefined)(
    "chooses by rollouts what it would choose by replay, at a fraction of the requests",
    async () => {
      const options = ["--json", "--hours", "12", "--old-way", "1"];
      const report = await run<Comparison>("python3", "python/mpc.py", ...options);
      expect(report.rollout).toMatchObject({ hours: 12, requests: 24 });
      // 64 plans, each with a new beginning, 24 steps and its KPIs; and the step that is taken.
      expect(report["old way"]).toMatchObject({ hours: 1, requests: 64 * 26 + 1, "same choices": true });
      expect(report["old way"]["requests of all hours"]).toBe(64 * 12 * 26 + 64 * 66 + 12);
      const { mpc, proportional, "built-in": own } = report.kpis;
      expect(mpc?.tdis_tot).toBeLessThan(proportional?.tdis_tot ?? 0);
      expect(proportional?.tdis_tot).toBeLessThan(own?.tdis_tot ?? 0);
    },
  );
});

describe("Gymnasium environments", () => {
  it("take a step with one request, KPIs and forecast included, as many buildings as there are", async () => {
    const counts = createServer((_request, response) => {
      response.end(String(cloud().host.usage().api.invocations));
    });
    await new Promise<void>((resolve) => counts.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = counts.address() as AddressInfo;
      const program = join(ROOT, "test", "clients", "python", "gym_requests.py");
      const python = pythonWith("requests", "numpy");
      const { stdout } = await runPython(python, [program, cloud().url, `http://127.0.0.1:${port}`], {});
      expect(JSON.parse(stdout)).toEqual({
        reset: 1,
        step: [1, 1],
        "reset of many": 1,
        "step of many": [1, 1, 1],
        "close of many": 1,
      });
    } finally {
      counts.close();
    }
  });
});

describe("who knows nothing of 303, and waits for less than a call takes", () => {
  let sentOn = 0;
  const impatient = useCloud({
    environment: { WAIT_MS: "300", INLINE_MS: "0" },
    onLog: (_name, line) => {
      if (line.includes('"message":"request"') && line.includes('"status":303')) sentOn++;
    },
  });

  /** The commands of a session, each answered by a worker: initialize, step, advance. */
  const COMMANDS = 3;
  /** Holds the answer of each command back until a 303 was sent, however fast the machine is. */
  function holdAnswers(): void {
    impatient().redisRest.intercept = async (call) => {
      const isStart = JSON.stringify(call.commands[0]).includes("ownersStatus");
      if (call.scripts[0] === commitScript && !isStart) {
        const before = sentOn;
        await until("a 303 to be sent", () => (sentOn > before ? true : undefined));
      }
      return await call.forward();
    };
  }
  afterEach(() => {
    impatient().redisRest.intercept = undefined;
  });

  // What setup has installed for the tests alone.
  const env = { ...process.env, PYTHONPATH: join(ROOT, "node_modules", ".python") };

  /** Why a program is not here; undefined if it is. */
  const missing = (program: string, ...needed: string[]) => {
    try {
      execFileSync(program, needed.length > 0 ? needed : ["--version"], { stdio: "ignore", env });
      return undefined;
    } catch {
      return `${[program, ...needed].join(" ")} is not possible here`;
    }
  };

  const sessions: string[][] = [];
  it.each([
    ["curl -L", ["curl"], "sh", "curl/session.sh"],
    ["Python's urllib", ["python3"], "python3", "python/standard_library.py"],
    ["httpx", ["python3", "-c", "import httpx"], "python3", "python/httpx_session.py"],
    ["fetch", [process.execPath], process.execPath, "typescript/fetch.ts"],
  ])("goes through a session with %s", async (_what, [needed = "", ...how], program, script) => {
    const why = missing(needed, ...how);
    if (why !== undefined) {
      process.stderr.write(`A client is skipped: ${why}\n`);
      return;
    }
    holdAnswers();
    const before = sentOn;
    const file = fileURLToPath(new URL(`../clients/${script}`, import.meta.url));
    const { stdout } = await promisify(execFile)(program, [file, impatient().url], { timeout: 60_000, env });
    const lines = stdout.trim().split("\n");
    const [initialized, step, advanced, kpis, results] = lines.map((line) => JSON.parse(line).payload);
    expect(initialized.time).toBe(604_800);
    expect(step).toEqual({ step: 2_592_000 });
    expect(advanced).toMatchObject({ time: 604_800 + 2_592_000, oveAct_u: 1000, oveAct_activate: 1 });
    expect(kpis.ener_tot).toBeGreaterThan(0);
    expect(results.time).toHaveLength(121);
    expect(sentOn - before).toBeGreaterThanOrEqual(COMMANDS);
    sessions.push(lines.map((line) => line.replace(/"time_rat":[^,}]*/, "")));
  });

  it("comes to the same with each", () => {
    for (const session of sessions) expect(session).toEqual(sessions[0]);
  });

  it("is told how to go on where it follows nothing", async () => {
    const selected = await fetch(`${impatient().url}/testcases/testcase1/select`, { method: "POST" });
    const { testid } = (await selected.json()) as { testid: string };
    const year = JSON.stringify({ start_time: 31_536_000, warmup_period: 31_536_000 });
    const { stdout } = await promisify(execFile)("curl", [
      "-sS",
      "-X",
      "PUT",
      `${impatient().url}/initialize/${testid}`,
      "-d",
      year,
    ]);
    const told = JSON.parse(stdout) as { status: number; message: string; url: string; poll: string };
    expect(told).toMatchObject({ status: 303, message: expect.stringContaining("do not send it again") });
    // Polled without any redirect, until the answer is there.
    let status = 202;
    let answer = "";
    for (let i = 0; status === 202 && i < 600; i++) {
      const polled = await fetch(told.poll, { redirect: "error" });
      [status, answer] = [polled.status, await polled.text()];
    }
    expect([status, JSON.parse(answer).payload.time]).toEqual([200, 31_536_000]);
  });
});
