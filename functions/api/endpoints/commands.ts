import { readAdvance } from "../../lifecycle/commands/advance.ts";
import { readInitialize } from "../../lifecycle/commands/initialize.ts";
import { MAX_STEPS } from "../../lifecycle/commands/limits.ts";
import { readSetScenario } from "../../lifecycle/commands/set-scenario.ts";
import { readSetStep } from "../../lifecycle/commands/set-step.ts";
import { listStepName, readStepBodies } from "../../lifecycle/commands/step-bodies.ts";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { listOf } from "../http/request.ts";
import { command, send } from "../waiting/command.ts";

export const initialize = command("initialize", readInitialize);
export const setStep = command("set_step", readSetStep);
export const setScenario = command("set_scenario", readSetScenario);

const advanceOnce = command("advance", readAdvance);

/** One step; or, where the body is a list, as many as it has, in one command. */
export const advance: Endpoint = async (request, context) => {
  const list = listOf(request);
  if (list === undefined) return await advanceOnce(request, context);
  if (list.length === 0) throw new HttpError(400, "The list of steps is empty. It must have at least one.");
  if (list.length > MAX_STEPS) {
    throw new HttpError(413, `There are ${list.length} steps, and one call may have ${MAX_STEPS}.`);
  }
  const read = readStepBodies(list, listStepName(list.length));
  if (!read.ok) throw new HttpError(400, `${read.message} Nothing was advanced.`);
  return await send(request, context, { method: "advance_many", params: read.params, steps: list.length });
};
