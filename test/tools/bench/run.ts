import { readArguments } from "../../../infra/programs/arguments.ts";
import { Problem, runProgram } from "../../../infra/programs/problem.ts";
import { describeMachine } from "./machine.ts";
import { isGood, type Part, runParts, writeHead, writeOutcome, writeTargets } from "./report.ts";
import { batch } from "./sections/batch.ts";
import { cache } from "./sections/cache.ts";
import { candidates } from "./sections/candidates.ts";
import { concurrency } from "./sections/concurrency.ts";
import { emulators } from "./sections/emulators.ts";
import { fmus } from "./sections/fmus/fmus.ts";
import { gym } from "./sections/gym.ts";
import { idle } from "./sections/idle.ts";
import { keys } from "./sections/keys.ts";
import { killed } from "./sections/killed.ts";
import { latency } from "./sections/latency.ts";
import { memory } from "./sections/memory.ts";
import { page } from "./sections/page.ts";
import { remembered } from "./sections/remembered.ts";
import { reset } from "./sections/reset.ts";
import { runs } from "./sections/runs.ts";
import { scale } from "./sections/scale.ts";
import { select } from "./sections/select.ts";
import { wait } from "./sections/wait.ts";
import { warmUp } from "./sections/warm-up.ts";
import { whatIf } from "./sections/what-if.ts";

/** `npm run bench`: see USAGE. */

const PARTS: Readonly<Record<string, Part>> = {
  latency,
  wait,
  killed,
  run: runs,
  concurrency,
  batch,
  select,
  reset,
  memory,
  remembered,
  idle,
  scale,
  "what-if": whatIf,
  gym,
  keys,
  cache,
  "warm-up": warmUp,
  emulators,
  fmus,
  candidates,
  page,
};

const USAGE = `npm run bench [-- options]

Measures the service on local clouds of its own, each comparison as a ratio within one run, and prints tables in Markdown.
The exit code is 1 if a promised limit was missed, or a part failed; the other parts are reported all the same.

  --quick             fewer rounds and points, in some minutes
  --only A,B          these parts: ${Object.keys(PARTS).join(", ")}
  --buildings FOLDER  the part fmus also measures the FMUs of this folder; each takes some minutes
  --json              one JSON document instead of tables, with figures as they are: { median, lowest, highest }
  --help              shows this
`;

await runProgram(async () => {
  const { values } = readArguments({
    options: {
      quick: { type: "boolean" },
      only: { type: "string" },
      buildings: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const quick = values.quick ?? false;
  const machine = describeMachine();
  const print = (text: string) => (values.json || text === "" ? undefined : process.stdout.write(`${text}\n\n`));
  print(writeHead(machine, quick));
  const parts = await runParts(chosen(values.only), {
    quick,
    buildings: values.buildings,
    say: (what) => process.stderr.write(`${what}\n`),
    onOutcome: (outcome) => print(writeOutcome(outcome)),
  });
  print(writeTargets(parts));
  if (values.json) process.stdout.write(`${JSON.stringify({ machine, quick, parts }, null, 2)}\n`);
  process.exitCode = isGood(parts) ? 0 : 1;
});

function chosen(only: string | undefined): Readonly<Record<string, Part>> {
  const wanted = only?.split(",") ?? Object.keys(PARTS);
  for (const name of wanted) {
    if (PARTS[name] === undefined) {
      throw new Problem(`There is no part "${name}": there are ${Object.keys(PARTS).join(", ")}`);
    }
  }
  return Object.fromEntries(Object.entries(PARTS).filter(([name]) => wanted.includes(name)));
}
