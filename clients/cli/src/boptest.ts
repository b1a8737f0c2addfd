#!/usr/bin/env node
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { BoptestError, type Run } from "../../typescript/src/index.ts";
import { compare } from "./compare.ts";
import { completionsOf } from "./completions.ts";
import { kpiRows } from "./kpis.ts";
import { toCsv, unitsOf, writeResults } from "./results.ts";
import { type RunOptions, run } from "./run.ts";
import { type Common, EXIT, Problem, serviceOf, show } from "./session.ts";
import { importCheckout, listTestcases, type PlacedOptions, placeOf, upload } from "./testcases.ts";

/** `boptest`, the command line of the service. Exit codes: 1 refused or failed, 2 wrong use, 3 the controller's fault. */

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const program = new Command("boptest")
  .description("Benchmark controllers on emulated buildings.")
  .version(version)
  .showHelpAfterError("(boptest COMMAND --help shows how it is used)")
  .exitOverride();

const number = (text: string) => {
  if (text.trim() === "" || !Number.isFinite(Number(text))) throw new InvalidArgumentError("It must be a number.");
  return Number(text);
};

const positive = (text: string) => {
  if (number(text) <= 0) throw new InvalidArgumentError("It must be above 0.");
  return number(text);
};

/** A file to write: told before a long run, and not after it. */
const writable = (text: string) => {
  if (!existsSync(dirname(resolve(text)))) throw new InvalidArgumentError(`There is no folder ${dirname(text)}.`);
  return text;
};

const speedOf = (text: string) => (text === "max" ? text : positive(text));

/** The state of a test's run, for people. */
function liveRows({ status, reason, speed, steps, time, behind, late }: Run): [string, string | number][] {
  return [
    ["status", reason === null ? status : `${status}: ${reason}`],
    ["times real time", speed],
    ["steps", steps],
    ["time, s", time],
    ["behind, s", behind],
    ["late steps", late.steps],
  ];
}

const address = (text: string) => {
  const isHttp = /^https?:\/\//i.test(text) && URL.canParse(text);
  if (!isHttp) throw new InvalidArgumentError(`${text} is no URL: it must begin with http:// or https://.`);
  return text;
};

/** A command with the options that all have. @param examples of its use, without the program's name */
function command(name: string, description: string, examples: readonly string[], parent = program): Command {
  const shown = examples.map((example) => `\n  boptest ${example}`).join("");
  return parent
    .command(name)
    .description(description)
    .addHelpText("after", `\nExample${examples.length > 1 ? "s" : ""}:${shown}`)
    .addOption(
      new Option("--url <url>", "the service").env("BOPTEST_URL").default("http://127.0.0.1:8000").argParser(address),
    )
    .addOption(new Option("--key <key>", "of an account").env("BOPTEST_KEY"))
    .option("--json", "JSON on one line, for machines");
}

const placed = (made: Command) =>
  made
    .option("--namespace <name>", "test cases of a namespace")
    .addOption(new Option("--user <name>", "test cases of an account").conflicts("namespace"));

program
  .command("start")
  .description("start the service on this machine")
  .allowUnknownOption()
  .argument("[options...]", "as npm start takes them")
  .action(async (options: string[]) => {
    const root = fileURLToPath(new URL("../../..", import.meta.url));
    const child = spawn("npm", ["start", "--", ...options], { cwd: root, stdio: "inherit" });
    process.exitCode = await new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  });

const testcases = program.command("testcases").description("list, upload, import and delete test cases");
placed(
  command(
    "list",
    "the test cases, and whether uploads are published",
    ["testcases list", "testcases list --user alice --key …"],
    testcases,
  ),
).action(listTestcases);
placed(
  command(
    "upload",
    "upload an FMU, and files beside it",
    ["testcases upload office wrapped.fmu kpis.json weather.csv --user alice --key …"],
    testcases,
  ),
)
  .argument("<name>")
  .argument("<fmu>")
  .argument("[beside...]", "config.json, kpis.json, days.json, CSV files")
  .action(upload);
placed(
  command(
    "import",
    "upload every test case of a checkout of BOPTEST",
    ["testcases import ~/project1-boptest", "testcases import ~/project1-boptest --verify bestest_air"],
    testcases,
  ),
)
  .argument("<checkout>")
  .option("--only <name>", "this test case alone")
  .option(
    "--verify <name>",
    "this test case alone; its KPIs and points beside those in testing/references of the checkout",
  )
  .option(
    "--days <number>",
    "of a time period, with --verify: 2, as in BOPTEST's tests of today; 14, as in those of 2022",
    number,
  )
  .action(importCheckout);
placed(command("delete", "delete an uploaded test case", ["testcases delete office --user alice --key …"], testcases))
  .argument("<name>")
  .action(async (name: string, options: PlacedOptions) => {
    const deleted = await serviceOf(options).testcase(name, placeOf(options)).delete();
    show(options, deleted, () => [[`${name} is deleted`]]);
  });

placed(command("select", "begin a test, and print its id", ["select testcase1", "select office --user alice --key …"]))
  .argument("<testcase>")
  .action(async (testcase: string, options: PlacedOptions) => {
    const { id } = await serviceOf(options).select(testcase, placeOf(options));
    show(options, { testid: id }, () => [[id]]);
  });

command("run", "close a loop with a controller: a function control(points) that returns inputs", [
  "run control.py --testcase testcase1 --scenario test_day --results results.csv --svg plot.svg",
  "run control.mjs --days 7 --step 300 --results results.parquet",
  "run control.py --json > mine.json",
])
  .argument("<controller>", ".py or .mjs")
  .option("--testcase <name>", "the test case", "testcase1")
  .option("--scenario <time period>", "two weeks around one of the test case's named days")
  .option("--price <price>", "constant, dynamic or highly_dynamic")
  .option("--start <s>", "where it begins, without a scenario", number, 0)
  .option("--warmup <s>", "its warm-up", number, 0)
  .addOption(
    new Option("--days <n>", "how long it goes on, without a scenario")
      .argParser(positive)
      .default(2)
      .conflicts("scenario"),
  )
  .option("--step <s>", "the length of a step", positive, 900)
  .option("--controller-seconds <s>", "how long the controller may take for a step", positive, 60)
  .option("--results <file>", "write the results: Parquet where the name ends in .parquet, else CSV", writable)
  .option("--svg <file>", "write a plot", writable)
  .option("--keep", "do not stop the test")
  .action((controller: string, options: RunOptions) => run(controller, options));

command("kpi", "the KPIs of a test", ["kpi $testid", "kpi $testid --json"])
  .argument("<testid>")
  .action(async (testid: string, options: Common) => {
    const kpis = await serviceOf(options).test(testid).kpis();
    show(options, kpis, () => kpiRows(kpis));
  });

command("results", "the results of a test as CSV", [
  "results $testid",
  "results $testid TRooAir_y --out results.parquet",
])
  .argument("<testid>")
  .argument("[points...]", "left out: all")
  .option("--out <file>", "left out: standard output; Parquet where the name ends in .parquet", writable)
  .action(async (testid: string, points: string[], options: Common & { out?: string }) => {
    const test = serviceOf(options).test(testid);
    const every = async () => [...Object.keys(await test.inputs()), ...Object.keys(await test.measurements())];
    const results = await test.results(points.length > 0 ? points : await every());
    if (options.out !== undefined) writeResults(options.out, results);
    else process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : toCsv(results));
  });

command("watch", "print a test's points whenever its time has changed, until it is stopped", [
  "watch $testid --every 5",
])
  .argument("<testid>")
  .option("--every <s>", "how often to look", positive, 1)
  .action(async (testid: string, options: Common & { every: number }) => {
    const test = serviceOf(options).test(testid);
    const units = await unitsOf(test);
    const shown = ([name, value]: [string, number]) => `${name}=${value}${units[name] ? ` ${units[name]}` : ""}`;
    for (let last = Number.NaN; ; ) {
      const points = await test.points();
      if (points.time !== last) show(options, points, () => [Object.entries(points).map(shown)]);
      last = points.time;
      await new Promise((resolve) => setTimeout(resolve, options.every * 1000));
    }
  });

command("live", "let a test advance by itself at a multiple of real time; tell how it goes; pause it", [
  "live $testid --speed 60",
  "live $testid --pause",
])
  .argument("<testid>")
  .addOption(new Option("--speed <x>", "begin: times real time, or max").argParser(speedOf))
  .addOption(new Option("--until <s>", "no step goes past this time of the test").argParser(number))
  .addOption(new Option("--pause", "pause it").conflicts(["speed", "until"]))
  .action(async (testid: string, options: Common & { speed?: number | "max"; until?: number; pause?: boolean }) => {
    const test = serviceOf(options).test(testid);
    const { speed, until } = options;
    if (until !== undefined && speed === undefined) throw new Problem("--until goes with --speed.", EXIT.usage);
    const begin = { ...(speed !== undefined && { speed }), ...(until !== undefined && { until }) };
    const told = options.pause ? await test.pause() : await (speed === undefined ? test.runStatus() : test.run(begin));
    show(options, told, () => (told === null ? [["The test has never run by itself."]] : liveRows(told)));
  });

command("compare", "compare the KPIs of two tests, or of two files that run --json has written", [
  "compare $one $other",
  "compare mine.json theirs.json",
])
  .argument("<a>")
  .argument("<b>")
  .action(compare);

command("stop", "stop tests", ["stop $testid"])
  .argument("<testid...>")
  .action(async (testids: string[], options: Common) => {
    for (const testid of testids) await serviceOf(options).test(testid).stop();
    show(options, { stopped: testids }, () => testids.map((testid) => [`${testid} is stopped`]));
  });

program
  .command("completions")
  .description('completions for bash: eval "$(boptest completions)"')
  .action(() => {
    process.stdout.write(completionsOf(program));
  });

program.addHelpText(
  "after",
  `
Examples:
  boptest start
  boptest testcases import ~/project1-boptest
  boptest run control.py --testcase testcase1 --scenario test_day
  BOPTEST_URL=https://boptest.example boptest kpi $(boptest select testcase1)`,
);

try {
  await program.parseAsync();
} catch (error) {
  const { code, exitCode = EXIT.refused } = error as { code?: string; exitCode?: number };
  // Commander has printed the error, or its help.
  if (code?.startsWith("commander.")) process.exitCode = exitCode === 0 ? 0 : EXIT.usage;
  else {
    const isTold = error instanceof Problem || error instanceof BoptestError;
    process.stderr.write(`${isTold ? error.message : ((error as Error).stack ?? error)}\n`);
    process.exitCode = exitCode;
  }
}
