import { readArguments } from "../../programs/arguments.ts";
import { Problem, runProgram } from "../../programs/problem.ts";
import { demonstrateTestcase1 } from "./testcase1.ts";
import { demonstrateTwozone } from "./twozone.ts";

/** `npm run demo`: an experiment from select to KPIs, on its own stack. */

const DEMOS = { testcase1: demonstrateTestcase1, "twozone-fmu": demonstrateTwozone } as const;

const HELP = `npm run demo [-- options]

Starts the whole stack, runs an experiment over HTTP, shows its KPIs, and draws a plot into demo/.

  --testcase ID   testcase1: two days in closed loop, beside BOPTEST's figures (the default)
                  twozone-fmu: builds an FMU, uploads it, and runs a week of it under two controllers
  --help          shows this
`;

await runProgram(async () => {
  const { values } = readArguments({ options: { testcase: { type: "string" }, help: { type: "boolean" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { testcase = "testcase1" } = values;
  if (!Object.hasOwn(DEMOS, testcase)) {
    throw new Problem(`--testcase must be one of ${Object.keys(DEMOS).join(", ")}, not "${testcase}"`);
  }
  process.exitCode = (await DEMOS[testcase as keyof typeof DEMOS]()) ? 0 : 1;
});
