import { readArguments, wholeNumber } from "../programs/arguments.ts";
import { runProgram } from "../programs/problem.ts";
import { countOperations } from "./count.ts";
import { report } from "./report.ts";

/** `npm run cost`: the cost of operations that are counted on the local cloud. */

const HELP = `npm run cost [-- options]

Counts what operations do on the local cloud (Redis commands, invocations and their time, messages, S3 requests),
multiplies with the prices in infra/cost/prices.ts, and prints two tables. Left out is what does not hang on operations:
storage (a test takes some 100 KB), logs, metrics, alarms, and traffic out.

  --advances N  how many are counted (200)
  --help        shows this
`;

await runProgram(async () => {
  const { values } = readArguments({ options: { advances: { type: "string" }, help: { type: "boolean" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  process.stdout.write(report(await countOperations(wholeNumber("advances", values.advances, [1, 100_000]) ?? 200)));
});
