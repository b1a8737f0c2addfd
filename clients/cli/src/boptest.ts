#!/usr/bin/env node
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { BoptestError, type Kpis, type Run } from "../../typescript/src/index.ts";
import { toCsv } from "./plot.ts";
import { type RunOptions, run } from "./run.ts";
import { type Common, EXIT, Problem, serviceOf, show } from "./session.ts";
import { importCheckout, listTestcases, type PlacedOptions, placeOf, upload } from "./testcases.ts";

/** `boptest`, the command line of the service. Exit codes: 1 refused or failed, 2 wrong use, 3 the controller's fault. */

const program = new Command("boptest").description("Benchmark controllers on emulated buildings.").exitOverride();

const number = (text: string) => {
  if (text.trim() === "" || !Number.isFinite(Number(text))) throw new InvalidArgumentError("It must be a number.");
  return Number(text);
};

const positive = (text: string) => {
  if (number(text) <= 0) throw new InvalidArgumentError("It must be above 0.");
  return number(text);
};

const speedOf = (text: string) => (text === "max" ? text : positive(text));

/** How a test runs by itself, for people. */
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

/** A command with the options that all have. */
function command(name: string, description: string, parent = program): Command {
  return parent
    .command(name)
    .description(description)
    .addOption(
      new Option("--url <url>", "the service").env("BOPTEST_URL").default("http://127.0.0.1:8000").argParser(address),
    )
    .addOption(new Option("--key <key>", "of an account").env("BOPTEST_KEY"))
    .option("--json", "JSON on one line, for machines");
}

const placed = (made: Command) =>
  made.option("--namespace <name>", "test cases of a namespace").option("--user <name>", "test cases of an account");

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
placed(command("list", "the test cases, and whether uploads are published", testcases)).action(listTestcases);
placed(command("upload", "upload an FMU, and files beside it", testcases))
  .argument("<name>")
  .argument("<fmu>")
  .argument("[beside...]", "config.json, kpis.json, days.json, CSV files")
  .action(upload);
placed(command("import", "upload every test case of a checkout of BOPTEST", testcases))
  .argument("<checkout>")
  .option("--only <name>", "this test case alone")
  .action(importCheckout);
placed(command("delete", "delete an uploaded test case", testcases))
  .argument("<name>")
  .action(async (name: string, options: PlacedOptions) => {
    const deleted = await serviceOf(options).testcase(name, placeOf(options)).delete();
    show(options, deleted, () => [[`${name} is deleted`]]);
  });

placed(command("select", "begin a test, and print its id"))
  .argument("<testcase>")
  .action(async (testcase: string, options: PlacedOptions) => {
    const { id } = await serviceOf(options).select(testcase, placeOf(options));
    show(options, { testid: id }, () => [[id]]);
  });

command("run", "close a loop with a controller: a function control(points) that returns inputs")
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
  .option("--step <s>", "the length of a step", number, 900)
  .option("--controller-seconds <s>", "how long the controller may take for a step", number, 60)
  .option("--csv <file>", "write the results")
  .option("--svg <file>", "write a plot")
  .option("--keep", "do not stop the test")
  .addHelpText(
    "after",
    "\nExample:\n  boptest run control.py --testcase testcase1 --scenario test_day --csv results.csv --svg plot.svg",
  )
  .action((controller: string, options: RunOptions) => run(controller, options));

command("kpi", "the KPIs of a test")
  .argument("<testid>")
  .action(async (testid: string, options: Common) => {
    const kpis = await serviceOf(options).test(testid).kpis();
    show(options, kpis, () => Object.entries(kpis));
  });

command("results", "the results of a test as CSV")
  .argument("<testid>")
  .argument("[points...]", "left out: all")
  .option("--out <file>", "left out: standard output")
  .action(async (testid: string, points: string[], options: Common & { out?: string }) => {
    const test = serviceOf(options).test(testid);
    const every = async () => [...Object.keys(await test.inputs()), ...Object.keys(await test.measurements())];
    const results = await test.results(points.length > 0 ? points : await every());
    const text = options.json ? `${JSON.stringify(results)}\n` : toCsv(results);
    if (options.out === undefined) process.stdout.write(text);
    else writeFileSync(options.out, text);
  });

command("watch", "print a test's points whenever its time has changed, until it is stopped")
  .argument("<testid>")
  .option("--every <s>", "how often to look", number, 1)
  .action(async (testid: string, options: Common & { every: number }) => {
    const test = serviceOf(options).test(testid);
    for (let last = Number.NaN; ; ) {
      const points = await test.points();
      if (points.time !== last)
        show(options, points, () => [Object.entries(points).map(([name, value]) => `${name}=${value}`)]);
      last = points.time;
      await new Promise((resolve) => setTimeout(resolve, options.every * 1000));
    }
  });

command("live", "let a test advance by itself at a multiple of real time; tell how it goes; pause it")
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

command("compare", "compare the KPIs of two tests, or of two files that run --json has written")
  .argument("<a>")
  .argument("<b>")
  .action(async (a: string, b: string, options: Common) => {
    const kpisOf = async (what: string): Promise<Kpis> =>
      what.endsWith(".json")
        ? (JSON.parse(readFileSync(what, "utf8")) as { kpis: Kpis }).kpis
        : await serviceOf(options).test(what).kpis();
    const [one, other] = [await kpisOf(a), await kpisOf(b)];
    const rows = (Object.keys(one) as (keyof Kpis)[]).map((name) => {
      const [x, y] = [one[name], other[name]];
      return { kpi: name, a: x, b: y, percent: x === null || y === null || x === 0 ? null : (100 * (y - x)) / x };
    });
    show(options, rows, () => [["KPI", "A", "B", "B − A, %"], ...rows.map((row) => Object.values(row))]);
  });

command("stop", "stop tests")
  .argument("<testid...>")
  .action(async (testids: string[], options: Common) => {
    for (const testid of testids) await serviceOf(options).test(testid).stop();
    show(options, { stopped: testids }, () => testids.map((testid) => [`${testid} is stopped`]));
  });

program
  .command("completions")
  .description('completions for bash: eval "$(boptest completions)"')
  .action(() => {
    const names = program.commands.map((each) => each.name()).join(" ");
    process.stdout.write(`complete -o default -W "${names}" boptest\n`);
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
  // Commander has said what is wrong, or has shown its help.
  if (code?.startsWith("commander.")) process.exitCode = exitCode === 0 ? 0 : EXIT.usage;
  else {
    const isTold = error instanceof Problem || error instanceof BoptestError;
    process.stderr.write(`${isTold ? error.message : ((error as Error).stack ?? error)}\n`);
    process.exitCode = exitCode;
  }
}
