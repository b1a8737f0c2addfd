import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { ensureLayer } from "../../../infra/native/build.ts";
import { readArguments, wholeNumber } from "../../../infra/programs/arguments.ts";
import { Problem, runProgram } from "../../../infra/programs/problem.ts";
import { EmulatorFixture } from "../../emulator/support/service.ts";
import { type Tried, tryFmu } from "./try.ts";

const USAGE = `npm run verify:buildings -- [options] FOLDER

Tries every FMU (*.fmu) in a folder and the folders in it, as an upload would be tried, and prints a table: how its state is kept
and why, and how long it takes. Nothing is uploaded. The exit code is 1 if no FMU could be run.

  --day N      of the year on which the simulation begins (where its tests would: start_time of config.json, else startTime of
               the model's experiment)
  --hours N    simulated hours of the timed run (24)
  --budget S   seconds that the verification of one FMU may take (120, as at intake): one of which less than a day was compared by
               then is replayed
  --match RE   only paths in which this regular expression is found
  --json       prints the results as JSON
  --help       shows this`;

await runProgram(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      day: { type: "string" },
      hours: { type: "string" },
      budget: { type: "string" },
      match: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new Problem("Name one folder with FMUs: see --help");
  const day = wholeNumber("day", values.day, [0, 364]);
  const hours = wholeNumber("hours", values.hours, [1, 8760]) ?? 24;
  const budget = wholeNumber("budget", values.budget, [1, 600]) ?? 120;
  const files = findFmus(folder, new RegExp(values.match ?? ""));
  if (files.length === 0) throw new Problem(`There is no *.fmu in ${folder}`);

  const missing = ensureLayer();
  if (missing !== undefined) throw new Problem(`Models cannot be run here: ${missing}`);

  const time = day === undefined ? undefined : 86_400 * day;
  const options = { time, hours, limitMs: 60_000, budgetMs: budget * 1000 };
  const fixture = await EmulatorFixture.start();
  const results: Record<string, Tried> = {};
  try {
    for (const file of files) {
      const name = relative(folder, file);
      process.stderr.write(`${name} …\n`);
      results[name] = await tryFmu(file, fixture, options).catch(
        (error: unknown): Tried => ({
          ok: false,
          reasons: [error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)],
        }),
      );
    }
  } finally {
    await fixture.stop();
  }
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : table(results));
  process.exitCode = Object.values(results).some(({ ok }) => ok) ? 0 : 1;
});

function findFmus(folder: string, match: RegExp): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Problem(`${folder} is no folder`);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const wanted = names.filter((name) => name.endsWith(".fmu") && match.test(name)).toSorted();
  return wanted.map((name) => join(folder, name)).filter((file) => statSync(file).isFile());
}

function table(results: Readonly<Record<string, Tried>>): string {
  const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0);
  const rows = Object.entries(results).map(([name, tried]) => {
    if (!tried.ok) return `| ${name} | refused | | | | | | ${tried.reasons.join(" ")} |`;
    const { model, verdict, firstMs, hourMs, freshMs, stateBytes } = tried;
    const kind = model.kind === "ModelExchange" ? `ME, ${model.states} states` : "CS";
    const times = [firstMs, hourMs, freshMs].map(ms).join(" | ");
    const size = `${(stateBytes / 1024).toFixed(1)} KB`;
    return `| ${name} | ${kind} | ${verdict.keeps} | ${times} | ${size} | ${verdict.reason ?? ""} |`;
  });
  return [
    "| FMU | kind | state | first, ms | an hour, ms | in a fresh process, ms | state's size | why |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
    ...rows,
    "",
  ].join("\n");
}
