import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { decode, encode } from "../record/record.ts";
import { afterSteps, halted, type TestRun } from "../runs/test-run.ts";
import { outcomeOfFailure } from "../simulate/failures.ts";
import { type Simulated, simulateSteps } from "./advance-many.ts";

/** The steps of a run that were due when the request was made. */
export interface RunStepsParams {
  readonly run: string;
  /** How many steps the run had taken before. */
  readonly step: number;
  readonly steps: number;
}

/** The method of `runSteps`. */
export const RUN_STEPS = "run_steps";

/**
 * Takes steps of a run, with the inputs that are held: one commit of all of them. A request for steps that were taken
 * already, or of a run that is not running any more, changes nothing: so a doorbell too many takes no step too many.
 * Steps of a run do not count for `time_rat`.
 */
export async function runSteps(context: Context, params: RunStepsParams): Promise<CarriedOut> {
  const { test, clock } = context;
  const found = decode(test, "run");
  if (found?.status !== "running" || found.id !== params.run || found.steps !== params.step) {
    return answered(envelope(409, "These steps were taken before, or the run does not go on."));
  }
  const simulated = await simulate(context, found, params.steps);
  if (simulated.kind !== "whole") return simulated;
  const { time, changes } = simulated;
  const after = afterSteps(found, simulated.values.length, { time, nowMs: clock() });
  const timing = { ...decode(test, "timing"), endedMs: null };
  const message = `The run has taken steps ${found.steps + 1} to ${after.steps}, from ${found.time} s to ${time} s.`;
  return answered(envelope(200, message), {
    ...changes,
    fields: { ...changes.fields, ...encode({ run: after, timing }) },
  });
}

/** Simulates the steps. If they fail, the run is paused: it would fail again and again. */
async function simulate(context: Context, found: TestRun, steps: number): Promise<Simulated | CarriedOut> {
  const { inputs } = decode(context.test, "state");
  try {
    return await simulateSteps(context, new Array(steps).fill(inputs), found.step);
  } catch (error) {
    const { answer } = outcomeOfFailure(context, error);
    const run = halted(found, "paused", `${(error as Error).message}.`);
    return answered(answer, { fields: encode({ run }) });
  }
}
