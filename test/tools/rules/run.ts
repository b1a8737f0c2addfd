import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../infra/bundle.ts";
import { Problem, runProgram } from "../../../infra/programs/problem.ts";
import { Watchdog } from "../../../infra/programs/watchdog.ts";
import { copyTree } from "./copy.ts";
import { type Chosen, readOptions, USAGE } from "./options.ts";
import { Runner } from "./runner.ts";

/** `npm run rules`: see USAGE. */

/** Indentation of the second line of an entry. */
const INDENTATION = " ".repeat(15);

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

await runProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") return say(USAGE.trimEnd());
  const { chosen, jobs, isListing } = options;
  if (isListing) {
    for (const rule of chosen) say(describe(rule));
    return;
  }
  const begun = performance.now();
  const notCaught = await breakAll(chosen, jobs);
  const verdict = notCaught === 0 ? "every one is caught" : `${notCaught} NOT CAUGHT`;
  say(`\n${chosen.length} rules broken in ${secondsSince(begun)}: ${verdict}`);
  process.exitCode = notCaught === 0 ? 0 : 1;
});

/** @returns the number of rules that were not caught */
async function breakAll(chosen: readonly Chosen[], jobs: number): Promise<number> {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => ending.abort(new Problem("Interrupted")));
  }
  const folder = mkdtempSync(join(tmpdir(), "boptest-rules-"));
  // Removes the folder and ends its processes, even if this process is killed.
  await using watchdog = new Watchdog(folder);
  const runner = new Runner(watchdog, ending.signal);
  const trees = Array.from({ length: Math.min(jobs, chosen.length) }, (_, i) => join(folder, String(i + 1)));
  for (const tree of trees) copyTree(ROOT, tree);

  const begun = performance.now();
  const { wanted, green } = await runner.runUnbroken(chosen, trees[0] ?? "");
  say(`${green} of ${wanted} tests are green on what is not broken (${secondsSince(begun)})\n`);

  const queue = [...chosen];
  let notCaught = 0;
  const work = async (tree: string): Promise<void> => {
    for (let rule = queue.shift(); rule !== undefined; rule = queue.shift()) {
      const since = performance.now();
      const { outcome, why } = await runner.breakOne(rule, tree);
      if (outcome !== "caught") notCaught++;
      say(`${outcome.padEnd(INDENTATION.length)}${describe(rule)}\n${INDENTATION}${secondsSince(since)}: ${why}`);
    }
  };
  await Promise.all(trees.map(work));
  return notCaught;
}

function describe({ area, rule, breaks, testFile, testName }: Chosen): string {
  const files = [...new Set(breaks.map(({ file }) => file))].join(", ");
  return `${area}: ${rule}\n${INDENTATION}${files} | ${testFile} | ${testName}`;
}

function secondsSince(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(0)} s`;
}
