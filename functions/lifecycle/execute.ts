import { joinLines } from "../emulator-client/log-lines.ts";
import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import type { Redis } from "../platform/redis.ts";
import type { Answer } from "../streams/answer.ts";
import type { Claimed, TestFields } from "../streams/claim.ts";
import type { Execute, Outcome } from "../streams/drain.ts";
import { advance } from "./commands/advance.ts";
import { advanceMany } from "./commands/advance-many.ts";
import { advanceWith } from "./commands/advance-with.ts";
import { awaitUpload } from "./commands/await-upload.ts";
import { CHECKPOINT, checkpoint, deleteCheckpoint, restore } from "./commands/checkpoint.ts";
import { initialize, start } from "./commands/initialize.ts";
import { pause, refuseDuringRun, run } from "./commands/run.ts";
import { RUN_STEPS, runSteps } from "./commands/run-steps.ts";
import { setInputs } from "./commands/set-inputs.ts";
import { setScenario } from "./commands/set-scenario.ts";
import { setStep } from "./commands/set-step.ts";
import { submit } from "./commands/submit.ts";
import type { Context, Ports } from "./context.ts";
import { noteFailedStart } from "./create-and-stop/failed-start.ts";
import { answered, type CarriedOut, envelope } from "./outcome.ts";
import { describeOutdated, isRollout } from "./record/record.ts";
import { computeRollout } from "./rollouts/command.ts";
import { noteRun } from "./runs/notes.ts";
import { outcomeOfFailure, outcomeOfSuspended } from "./simulate/failures.ts";
import { ModelCost } from "./simulate/model-cost.ts";

type Command = (context: Context, params: never) => CarriedOut | Promise<CarriedOut>;

/** The commands by their method in the request stream. All but `submit` and `rollout` change the test. */
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["start", start],
  ["initialize", initialize],
  ["advance", advance],
  ["advance_with", advanceWith],
  ["advance_many", advanceMany],
  ["set_step", setStep],
  ["set_scenario", setScenario],
  ["set_inputs", setInputs],
  ["run", run],
  [RUN_STEPS, runSteps],
  ["pause", pause],
  [CHECKPOINT, checkpoint],
  ["restore", restore],
  ["delete_checkpoint", deleteCheckpoint],
  ["submit", submit],
  ["rollout", computeRollout],
]);

/** Carries out the requests of the request stream. */
export function makeExecute(ports: Ports): Execute {
  return async (claimed, pace) => {
    const { testid } = claimed.claim;
    const { id: requestid, method, params } = claimed.request;
    // The start has failed, and the test is about to be removed.
    if (method !== "start" && claimed.test.state === undefined) {
      return answered(envelope(409, "The test could not be started. Stop it and select the test case again."));
    }
    const upload = method === "start" ? await awaitUpload(ports, claimed, pace) : NO_UPLOAD;
    if (upload.kind !== "checked") return upload;
    const test: TestFields = { ...claimed.test, ...upload.fields };

    const onLog = (lines: readonly string[]) => {
      log("info", "The model logged lines", { event: "model_log", testid, requestid, lines: joinLines(lines) });
    };
    const found = await ports.catalog.find(test, onLog, claimed.progress?.replays === "1");
    if (found === undefined) return answered(envelope(500, describeOutdated(test)));
    const cost = test.owner ? new ModelCost() : undefined;
    const testcase = cost === undefined ? found : { ...found, emulator: cost.measured(found.emulator) };
    const context = { ...ports, ...claimed, test, pace, testcase };
    try {
      if (isRollout(test) !== (method === "rollout")) return answered(envelope(400, "This is no test."));
      const command = COMMANDS.get(method);
      if (command === undefined) return answered(envelope(400, `There is no command ${method}.`));
      const refusal = refuseDuringRun(test, method, params);
      if (refusal !== undefined) return answered(refusal);
      const carriedOut = await command(context, params as never);
      const outcome = carriedOut.kind === "suspend" ? outcomeOfSuspended(context, carriedOut) : carriedOut;
      return withFields(withCost(outcome, cost), upload.fields);
    } catch (error) {
      return outcomeOfFailure(context, error);
    }
  };
}

const NO_UPLOAD = { kind: "checked", fields: {} } as const;

/** Notes what the model's work took, for whoever carries out the next step. */
function withCost(outcome: Outcome, cost: ModelCost | undefined): Outcome {
  if (cost === undefined || outcome.kind === "suspend" || outcome.changes === undefined) return outcome;
  return { ...outcome, changes: { ...outcome.changes, fields: { ...outcome.changes.fields, ...cost.fields() } } };
}

/** Merges the fields that came from the checked upload into the outcome, so that they are committed or saved with it. */
function withFields(outcome: Outcome, fields: TestFields): Outcome {
  if (Object.keys(fields).length === 0) return outcome;
  if (outcome.kind === "suspend") {
    return { ...outcome, progress: { ...outcome.progress, settled: JSON.stringify(fields) } };
  }
  if (outcome.changes === undefined) return outcome;
  return { ...outcome, changes: { ...outcome.changes, fields: { ...fields, ...outcome.changes.fields } } };
}

/**
 * To be called before an answer is committed. Notes a failed start, and a run that begins; frees a rollout's place: its
 * client may ask for the next rollout at once. All may be repeated if the answer is computed again.
 */
export async function beforeAnswer(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  await noteFailedStart(redis, work, answer);
  await noteRun(redis, work, answer);
  const { origin } = work.test;
  if (origin !== undefined) await redis.command(["ZREM", keys.rollouts(origin), work.claim.testid]);
}
