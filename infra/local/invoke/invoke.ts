import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FUNCTIONS, type FunctionName, ROOT } from "../../bundle.ts";
import { readArguments } from "../../programs/arguments.ts";
import { Problem, runProgram } from "../../programs/problem.ts";
import { Watchdog } from "../../programs/watchdog.ts";
import { startCloud } from "../cloud/cloud.ts";
import { Instance } from "../lambda/host/instance.ts";
import { InvocationFailed, resultOf } from "../lambda/invocation.ts";
import { readWiring } from "../stack/own-wiring.ts";
import { findStack, type Stack } from "../start/stack-file.ts";
import { readEvent } from "./sample-event.ts";

/** `npm run invoke`: calls one function with one event, on the running stack or on a new one. */

const HELP = `npm run invoke -- FUNCTION FILE [options]

Runs a function (${FUNCTIONS.join(", ")}) on the event in a file and prints its result; its log goes to stderr.
Uses the stack that "npm start" runs, or else a temporary one.

  --testid ID   the test that the event is to be about
  --data DIR    where the running stack keeps its data (.data)
  --help        shows this

For example: npm run invoke -- worker events/doorbell.json
`;

await runProgram(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: { testid: { type: "string" }, data: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const [name, file, ...others] = positionals;
  if (name === undefined || file === undefined || others.length > 0) {
    throw new Problem("Name one function and one file: npm run invoke -- worker events/doorbell.json");
  }
  if (!isFunction(name)) throw new Problem(`Unknown function ${name}: choose one of ${FUNCTIONS.join(", ")}`);
  const event = readEvent(file, values.testid);
  const dataDir = values.data === undefined ? join(ROOT, ".data") : resolve(values.data);
  const stack = findStack(join(dataDir, "stack.json"));
  try {
    const result = stack ? await onStack(stack, name, event) : await onOwnStack(name, event);
    process.stdout.write(`${JSON.stringify(result, null, 2) ?? "undefined"}\n`);
  } catch (error) {
    if (error instanceof InvocationFailed) throw new Problem(error.message);
    throw error;
  }
});

function isFunction(name: string): name is FunctionName {
  return (FUNCTIONS as readonly string[]).includes(name);
}

/** Runs the function in its own process, beside those of the running stack. */
async function onStack(stack: Stack, name: FunctionName, event: unknown): Promise<unknown> {
  const { bundle, timeoutMs } = (await readWiring()).functions[name];
  const scratch = mkdtempSync(join(tmpdir(), "boptest-invoke-"));
  await using watchdog = new Watchdog(scratch);
  const instance = new Instance({
    name,
    bundle,
    environment: stack.environments[name],
    timeoutMs,
    scratch,
    watchdog,
    log: showLog,
  });
  try {
    return resultOf(name, await instance.invoke("invoke", event));
  } finally {
    await instance.end();
  }
}

async function onOwnStack(name: FunctionName, event: unknown): Promise<unknown> {
  await using cloud = await startCloud({ scheduleSeconds: 0, onLog: (_name, line) => showLog(line) });
  return await cloud.invoke(name, event);
}

function showLog(line: string): void {
  process.stderr.write(`${line}\n`);
}
