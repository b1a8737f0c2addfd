import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Watchdog } from "../../../infra/programs/watchdog.ts";
import { escapeForRegExp } from "./escape.ts";

/** One test to run. */
export interface Wanted {
  readonly testFile: string;
  readonly testName: string;
}

/** A test's result. */
export interface Ran {
  readonly status: "passed" | "failed" | "skipped";
  readonly durationMs: number;
  /** The message of the first failure, or '' without one. */
  readonly message: string;
}

/** The results of a run, by file and name; and the errors of files without results. */
export interface Report {
  readonly tests: ReadonlyMap<string, Ran>;
  readonly problems: readonly string[];
}

export const idOf = ({ testFile, testName }: Wanted) => `${testFile} > ${testName}`;

/** Time for the clouds and bundles before and after the tests, ms. */
const AROUND_MS = 300_000;

/**
 * Runs tests in a copy of the project, as processes.
 *
 * @param limits.testMs time limit of each test; by default the configuration's
 * @param limits.runMs time limit of the run, beside the time around the tests
 * @param signal ends the run
 * @returns undefined if the run reached its limit and was ended
 * @throws the signal's reason
 */
export async function runTests(
  root: string,
  wanted: readonly Wanted[],
  watchdog: Watchdog,
  signal: AbortSignal,
  limits: { readonly testMs?: number; readonly runMs: number },
): Promise<Report | undefined> {
  const outputFile = join(root, "reports", "rules.json");
  const files = [...new Set(wanted.map(({ testFile }) => `test/${testFile}`))];
  const names = [...new Set(wanted.map(({ testName }) => escapeForRegExp(testName)))];
  // Its caches would be beside the packages, which the copy shares with the original.
  const caches = ["--cache=false", `--fsModuleCachePath=${join(root, "reports", "modules")}`];
  const output = ["--reporter=json", `--outputFile=${outputFile}`];
  const args = ["run", ...files, "-t", `^(?:${names.join("|")})$`, ...output, ...caches];
  if (limits.testMs !== undefined) args.push(`--testTimeout=${limits.testMs}`);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  rmSync(outputFile, { force: true });
  // A process group, so that a hanging run ends with all its processes.
  const child = spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: "ignore", detached: true });
  watchdog.guard(child, "group");
  const closed = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  const late = AbortSignal.timeout(limits.runMs + AROUND_MS);
  AbortSignal.any([signal, late]).addEventListener("abort", () => endGroup(child));
  await closed;
  signal.throwIfAborted();
  if (late.aborted) return undefined;
  if (!existsSync(outputFile)) return { tests: new Map(), problems: ["vitest ended without a report"] };
  return readReport(root, readFileSync(outputFile, "utf8"));
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has ended by itself in the meantime.
  }
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly duration?: number;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function readReport(root: string, text: string): Report {
  const { testResults } = JSON.parse(text) as JsonReport;
  const tests = new Map<string, Ran>();
  for (const { name, assertionResults } of testResults) {
    const testFile = relative(join(root, "test"), name);
    for (const { ancestorTitles, title, status, duration = 0, failureMessages } of assertionResults) {
      const testName = [...ancestorTitles, title].join(" > ");
      const known = status === "passed" || status === "failed" ? status : "skipped";
      tests.set(idOf({ testFile, testName }), {
        status: known,
        durationMs: duration,
        message: failureMessages[0] ?? "",
      });
    }
  }
  return { tests, problems: testResults.flatMap(({ message }) => (message === "" ? [] : [message])) };
}
