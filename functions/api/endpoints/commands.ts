import { readAdvance } from "../../lifecycle/commands/advance.ts";
import { readWithList, type With } from "../../lifecycle/commands/advance-with.ts";
import { readInitialize, secondsOfInitialize } from "../../lifecycle/commands/initialize.ts";
import { MAX_STEPS } from "../../lifecycle/commands/limits.ts";
import { readSetScenario, secondsOfScenario } from "../../lifecycle/commands/set-scenario.ts";
import { readSetStep } from "../../lifecycle/commands/set-step.ts";
import { listStepName, readStepBodies } from "../../lifecycle/commands/step-bodies.ts";
import { noteLook } from "../../lifecycle/runs/notes.ts";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import { listOf, testidOf } from "../http/request.ts";
import { command, type ReadCommand, readsBody } from "../waiting/command.ts";

const readOneStep = readsBody("advance", readAdvance);

/** An object is one step. A list is as many steps as it has elements, in one command. */
const readAdvanceRequest: ReadCommand = (request) => {
  const wanted = readWith(request.query.with);
  const list = listOf(request);
  if (list === undefined) {
    const step = readOneStep(request);
    return wanted === undefined ? step : { method: "advance_with", params: { inputs: step.params, with: wanted } };
  }
  if (wanted !== undefined) throw new HttpError(400, "A list of steps takes no with. Send its last step alone.");
  if (list.length === 0) throw new HttpError(400, "The list of steps is empty. It must have at least one.");
  if (list.length > MAX_STEPS) {
    throw new HttpError(413, `There are ${list.length} steps, and one call may have ${MAX_STEPS}.`);
  }
  const read = readStepBodies(list, listStepName(list.length));
  if (!read.ok) throw new HttpError(400, `${read.message} Nothing was advanced.`);
  return { method: "advance_many", params: read.params, steps: list.length };
};

/** How a request becomes a command. */
export const readCommands = {
  initialize: readsBody("initialize", readInitialize, secondsOfInitialize),
  advance: readAdvanceRequest,
  setStep: readsBody("set_step", readSetStep),
  setInputs: readsBody("set_inputs", readAdvance),
  setScenario: readsBody("set_scenario", readSetScenario, secondsOfScenario),
};

export const initialize = command(readCommands.initialize);
export const advance = command(readCommands.advance);
export const setStep = command(readCommands.setStep);
const takeInputs = command(readCommands.setInputs);

/** Whoever sets inputs looks at the test. */
export const setInputs: Endpoint = async (request, context) => {
  const looked = noteLook(context.redis, testidOf(request), request.arrivalMs);
  const [answer] = await Promise.all([takeInputs(request, context), looked]);
  return answer;
};

export const setScenario = command(readCommands.setScenario);

/** The parameter `with`: JSON, or a name. @throws HttpError 400 */
function readWith(text: string | undefined): With | undefined {
  if (text === undefined) return undefined;
  const read = readWithList(parseWith(text));
  if (!read.ok) throw new HttpError(400, read.message);
  return read.params;
}

function parseWith(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return text.split(",").map((name) => name.trim());
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The parameter with is no valid JSON. It must be a list, such as ["kpi"].');
  }
}
