import { readArguments } from "../../infra/local/arguments.ts";
import { Problem, runProgram } from "../../infra/local/problem.ts";
import { withContext } from "./context.ts";
import { describeMachine } from "./machine.ts";
import { cache } from "./sections/cache.ts";
import { concurrency } from "./sections/concurrency.ts";
import { emulators } from "./sections/emulators.ts";
import { fmus } from "./sections/fmus.ts";
import { idle } from "./sections/idle.ts";
import { keys } from "./sections/keys.ts";
import { latency } from "./sections/latency.ts";
import { memory } from "./sections/memory.ts";
import { scale } from "./sections/scale.ts";
import { whatIf } from "./sections/what-if.ts";
import { type Section, writeSection } from "./table.ts";

/** `npm run bench`: see USAGE. */

const SECTIONS = { latency, concurrency, memory, idle, scale, "what-if": whatIf, keys, cache, emulators, fmus };

const USAGE = `npm run bench [-- options]

Measures the service on local clouds of its own, each comparison as a ratio within one run, and prints tables in Markdown.
The exit code is 1 if a promised limit was missed.

  --quick        fewer rounds and points, in under two minutes
  --only A,B     these parts: ${Object.keys(SECTIONS).join(", ")}
  --json         one JSON document instead of tables
  --help         shows this
`;

await runProgram(async () => {
  const { values } = readArguments({
    options: {
      quick: { type: "boolean" },
      only: { type: "string" },
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
  const print = (text: string) => (values.json ? undefined : process.stdout.write(`${text}\n\n`));
  print(
    `# Bench${quick ? " (quick)" : ""}\n\n${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}; Node.js ${machine.node}, Redis ${machine.redis}; commit ${machine.commit}, ${machine.date}`,
  );
  const sections: Section[] = [];
  for (const name of chosen(values.only)) {
    const say = (what: string) => process.stderr.write(`${name}: ${what}\n`);
    const section = await withContext({ quick, say }, SECTIONS[name]);
    sections.push(section);
    print(writeSection(section));
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ machine, quick, sections }, null, 2)}\n`);
  const missed = sections.flatMap(({ targets }) => targets).filter(({ isMet }) => !isMet);
  process.exitCode = missed.length === 0 ? 0 : 1;
});

function chosen(only: string | undefined): (keyof typeof SECTIONS)[] {
  const all = Object.keys(SECTIONS) as (keyof typeof SECTIONS)[];
  const wanted = only?.split(",") ?? all;
  for (const name of wanted) {
    if (!all.some((each) => each === name))
      throw new Problem(`There is no part "${name}": there are ${all.join(", ")}`);
  }
  return all.filter((name) => wanted.includes(name));
}
