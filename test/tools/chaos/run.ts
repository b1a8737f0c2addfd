import { runProgram } from "../../../infra/programs/problem.ts";
import { runChaos } from "./chaos.ts";
import { commandOf, readOptions, USAGE } from "./options.ts";
import { describeEvent, describeVerdict } from "./report.ts";

/** `npm run chaos`: see USAGE. */

await runProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(USAGE);
    return;
  }
  const { clients, seconds, seed } = options;
  process.stdout.write(`${clients} clients, ${seconds} s of faults, seed ${seed}\n\n`);
  const verdict = await runChaos(options, (event) => process.stdout.write(`${describeEvent(event)}\n`));
  process.stdout.write(`\n${describeVerdict(verdict, commandOf(options))}\n`);
  process.exitCode = verdict.violations.length === 0 ? 0 : 1;
});
