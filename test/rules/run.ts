import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../infra/bundle.ts";
import { Problem, runProgram } from "../../infra/local/problem.ts";
import { Watchdog } from "../../infra/local/watchdog.ts";
import { applyBreaks, copyTree } from "./copy.ts";
import { judge, type Verdict } from "./judge.ts";
import { type Chosen, readOptions, USAGE } from "./options.ts";
import { misfit } from "./rule.ts";
import { idOf, type Report, runTests } from "./vitest.ts";

/** `npm run rules`: see USAGE. */

/** For a test on broken code: so long, or so many times what it took before, ms. */
const LEAST_MS = 60_000;
const TIMES = 5;
/** For all tests together on what is not broken, ms. */
const UNBROKEN_MS = 3_600_000;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

await runProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") return say(USAGE.trimEnd());
  const { chosen, jobs, isListing } = options;
  if (isListing) {
    for (const rule of chosen) say(describe(rule));
    return;
  }

  const begun = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "boptest-rules-"));
  // Ends what runs and removes the folder, whatever becomes of this process.
  const watchdog = new Watchdog(folder);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void watchdog.close().finally(() => process.exit(1)));
  }
  try {
    const notCaught = await breakAll(chosen, jobs, folder, watchdog);
    const verdict = notCaught === 0 ? "every one is caught" : `${notCaught} NOT CAUGHT`;
    say(`\n${chosen.length} rules broken in ${seconds(begun)}: ${verdict}`);
    process.exitCode = notCaught === 0 ? 0 : 1;
  } finally {
    await watchdog.close();
  }
});

/** @returns how many were not caught */
async function breakAll(chosen: readonly Chosen[], jobs: number, folder: string, watchdog: Watchdog): Promise<number> {
  const trees = Array.from({ length: Math.min(jobs, chosen.length) }, (_, i) => join(folder, String(i + 1)));
  for (const tree of trees) copyTree(ROOT, tree);
  const unbroken = await runUnbroken(chosen, trees[0] ?? "", watchdog);
  const queue = [...chosen];
  let notCaught = 0;
  const work = async (tree: string) => {
    for (let rule = queue.shift(); rule !== undefined; rule = queue.shift()) {
      const since = performance.now();
      const { outcome, why } = await breakOne(rule, tree, unbroken, watchdog);
      if (outcome !== "caught") notCaught++;
      say(`${outcome.padEnd(14)} ${describe(rule)}\n${" ".repeat(15)}${seconds(since)}: ${why}`);
    }
  };
  await Promise.all(trees.map(work));
  return notCaught;
}

async function runUnbroken(chosen: readonly Chosen[], tree: string, watchdog: Watchdog): Promise<Report> {
  const since = performance.now();
  const wanted = new Map(chosen.map((rule) => [idOf(rule), rule]));
  say(`${wanted.size} tests on what is not broken …`);
  const report = await runTests(tree, [...wanted.values()], watchdog, { runMs: UNBROKEN_MS });
  if (report === undefined) throw new Problem("The tests do not come to an end on what is not broken");
  const green = [...wanted.keys()].filter((id) => report.tests.get(id)?.status === "passed");
  say(`${green.length} of them are green (${seconds(since)})\n`);
  return report;
}

interface Outcome {
  readonly outcome: "caught" | "NOT CAUGHT" | "DOES NOT APPLY" | "NOT GREEN";
  readonly why: string;
}

async function breakOne(rule: Chosen, tree: string, unbroken: Report, watchdog: Watchdog): Promise<Outcome> {
  const why = misfits(rule, tree);
  if (why !== undefined) return { outcome: "DOES NOT APPLY", why };
  const before = unbroken.tests.get(idOf(rule));
  if (before?.status !== "passed") {
    return { outcome: "NOT GREEN", why: `its test was ${before?.status ?? "not found"} before anything was broken` };
  }
  const testMs = Math.max(LEAST_MS, TIMES * before.durationMs);
  const putBack = applyBreaks(tree, rule.breaks);
  try {
    const report = await runTests(tree, [rule], watchdog, { testMs, runMs: testMs });
    const verdict: Verdict = judge(rule, report);
    return { outcome: verdict.isCaught ? "caught" : "NOT CAUGHT", why: verdict.why };
  } finally {
    putBack();
  }
}

function misfits({ breaks }: Chosen, tree: string): string | undefined {
  for (const each of breaks) {
    const path = join(tree, each.file);
    const found = misfit(each, existsSync(path) ? readFileSync(path, "utf8") : undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function describe({ area, rule, breaks, testFile, testName }: Chosen): string {
  const files = [...new Set(breaks.map(({ file }) => file))].join(", ");
  return `${area}: ${rule}\n${" ".repeat(15)}${files} | ${testFile} | ${testName}`;
}
