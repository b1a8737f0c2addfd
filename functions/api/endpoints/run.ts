import { readRun } from "../../lifecycle/commands/run.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { decode } from "../../lifecycle/record/record.ts";
import { describeRun } from "../../lifecycle/runs/test-run.ts";
import type { Endpoint } from "../context.ts";
import { command, readsBody } from "../waiting/command.ts";
import { requireRunning, requireTest } from "./test.ts";

/** How each command is read from its request. */
export const readRunCommands = {
  start: readsBody("run", readRun),
  pause: readsBody("pause", () => ({ ok: true, params: {} })),
};

export const startRun = command(readRunCommands.start);
export const pauseRun = command(readRunCommands.pause);

export const runStatus: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["run"]);
  requireRunning(test.status);
  const run = decode(test, "run");
  if (run === null) return envelope(200, "The test has never run by itself.");
  return envelope(200, run.reason ?? "The test runs by itself.", JSON.stringify(describeRun(run, Date.now())));
};
