import { joinLines } from "../emulator-client/log-lines.ts";
import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import type { Redis } from "../platform/redis.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { Answer } from "../streams/answer.ts";
import type { Claimed, TestFields } from "../streams/claim.ts";
import type { Execute, Outcome } from "../streams/drain.ts";
import type { Pace } from "../streams/pace.ts";
import type { AdvanceParams } from "./commands/advance.ts";
import { advance } from "./commands/advance.ts";
import { advanceMany } from "./commands/advance-many.ts";
import { type AdvanceWithParams, advanceWith } from "./commands/advance-with.ts";
import { settlePending } from "./commands/await-upload.ts";
import { CHECKPOINT, type CheckpointParams, checkpoint, deleteCheckpoint, restore } from "./commands/checkpoint.ts";
import type { InitializeParams } from "./commands/initialize.ts";
import { initialize, start } from "./commands/initialize.ts";
import type { ScenarioParams } from "./commands/set-scenario.ts";
import { setScenario } from "./commands/set-scenario.ts";
import type { SetStepParams } from "./commands/set-step.ts";
import { setStep } from "./commands/set-step.ts";
import type { SubmissionParams } from "./commands/submit.ts";
import { submit } from "./commands/submit.ts";
import { noteFailedStart } from "./create-and-stop/failed-start.ts";
import { answered, type CarriedOut, envelope } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { describeOutdated, isRollout } from "./record/record.ts";
import { carryOutRollout } from "./rollouts/command.ts";
import type { RolloutParams } from "./rollouts/request.ts";
import { outcomeOfFailure, outcomeOfLeftOff } from "./simulate/failures.ts";

/**
 * Carries out the commands that change a test: `start`, `initialize`, `advance`, `advance_with` and `advance_many`, `set_step`,
 * `set_scenario`, `checkpoint`, `restore`, `delete_checkpoint`; `submit`, which reports it; and `rollout`, whose test is
 * only a copy.
 */
export function makeExecute(ports: Ports): Execute {
  return async (claimed, pace) => {
    const { testid } = claimed.claim;
    const { id: requestid, method } = claimed.request;
    // Its start has failed, and the test is about to go.
    if (method !== "start" && claimed.test.state === undefined) {
      return answered(envelope(409, "The test could not be started. Stop it and select the test case again."));
    }
    const settled = method === "start" ? await settlePending(ports, claimed, pace) : NOTHING_PENDING;
    if (settled.kind !== "settled") return settled;
    const work = { ...claimed, test: { ...claimed.test, ...settled.fields } };

    const heard = (lines: readonly string[]) => {
      log("info", "model's log", { testid, requestid, lines: joinLines(lines) });
    };
    const testcase = await ports.catalog.find(work.test, heard, work.progress?.replays === "1");
    if (testcase === undefined) {
      return answered(envelope(500, describeOutdated(work.test)));
    }
    try {
      const carriedOut = await dispatch(ports, work, pace, testcase);
      const outcome = carriedOut.kind === "suspend" ? outcomeOfLeftOff(ports, work, carriedOut) : carriedOut;
      return withSettled(outcome, settled.fields);
    } catch (error) {
      return outcomeOfFailure(work, error);
    }
  };
}

const NOTHING_PENDING = { kind: "settled", fields: {} } as const;

/** What a test has come to know of its test case goes with what the command comes to. */
function withSettled(outcome: Outcome, fields: TestFields): Outcome {
  if (Object.keys(fields).length === 0) return outcome;
  if (outcome.kind === "suspend") {
    return { ...outcome, progress: { ...outcome.progress, settled: JSON.stringify(fields) } };
  }
  if (outcome.changes === undefined) return outcome;
  return { ...outcome, changes: { ...outcome.changes, fields: { ...fields, ...outcome.changes.fields } } };
}

async function dispatch(ports: Ports, work: Claimed, pace: Pace, testcase: TestCase): Promise<CarriedOut> {
  const { method, params } = work.request;
  if (isRollout(work.test) !== (method === "rollout")) return answered(envelope(400, "This is no test."));
  switch (method) {
    case "start":
      return await start(ports, work, pace, testcase);
    case "initialize":
      return await initialize(ports, work, pace, testcase, params as InitializeParams);
    case "advance":
      return await advance(ports, work, pace, testcase, params as AdvanceParams);
    case "advance_with":
      return await advanceWith(ports, work, pace, testcase, params as AdvanceWithParams);
    case "advance_many":
      return await advanceMany(ports, work, pace, testcase, params as readonly AdvanceParams[]);
    case "set_step":
      return setStep(params as SetStepParams);
    case "set_scenario":
      return await setScenario(ports, work, pace, testcase, params as ScenarioParams);
    case CHECKPOINT:
      return await checkpoint(ports, work, params as CheckpointParams);
    case "restore":
      return await restore(ports, work, params as CheckpointParams);
    case "delete_checkpoint":
      return deleteCheckpoint(work, params as CheckpointParams);
    case "submit":
      return await submit(ports, work, testcase, params as SubmissionParams);
    case "rollout":
      return await carryOutRollout(ports, work, pace, testcase, params as RolloutParams);
    default:
      return answered(envelope(400, `There is no command ${method}.`));
  }
}

/**
 * What comes before an answer, whatever it is: a test whose start has failed is noted, and a rollout makes room, for its
 * client may ask for the next one at once. Should it come to be computed again, that does no harm.
 */
export async function beforeAnswer(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  await noteFailedStart(redis, work, answer);
  const { origin } = work.test;
  if (origin !== undefined) await redis.command(["ZREM", keys.rollouts(origin), work.claim.testid]);
}
