import { joinLines } from "../models/log-lines.ts";
import { log } from "../platform/log.ts";
import { statesIn } from "../results/state.ts";
import { readInputs } from "../simulation/inputs.ts";
import { beginAdvance, isAtEnd } from "../simulation/run.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { Claimed, TestFields } from "../streams/claim.ts";
import type { Execute, Outcome } from "../streams/drain.ts";
import type { Pace } from "../streams/pace.ts";
import { advanceMany } from "./advance-many.ts";
import { carryOutRollout } from "./carry-out-rollout.ts";
import { CHECKPOINT, type CheckpointParams, checkpoint, deleteCheckpoint, restore } from "./checkpoints.ts";
import type { AdvanceParams, InitializeParams, ScenarioParams, SetStepParams, SubmissionParams } from "./commands.ts";
import { envelope } from "./envelope.ts";
import { outcomeOfFailure, outcomeOfLeftOff } from "./failures.ts";
import { answered, type CarriedOut } from "./outcome.ts";
import { settlePending } from "./pending.ts";
import type { Ports } from "./ports.ts";
import { restart } from "./restart.ts";
import type { RolloutParams } from "./rollout-request.ts";
import { setScenario } from "./set-scenario.ts";
import { simulate } from "./simulate.ts";
import { loadSnapshot } from "./stored.ts";
import { submit } from "./submit.ts";
import { describeOutdated, isRollout, snapshotOf, timingOf } from "./test.ts";
import { countAdvance } from "./time-ratio.ts";

/**
 * Carries out the commands that change a test: `start`, `initialize`, `advance` and `advance_many`, `set_step`,
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

async function start(ports: Ports, work: Claimed, pace: Pace, testcase: TestCase): Promise<CarriedOut> {
  const { startTime, warmupPeriod } = testcase.defaults;
  const simulated = await restart(ports, work, pace, testcase, { startTime, warmupPeriod, endTime: null });
  if (simulated.kind === "suspend") return simulated;
  const { changes } = simulated;
  const body = JSON.stringify({ testid: work.claim.testid });
  return answered(
    { status: 200, body },
    { ...changes, fields: { ...changes.fields, status: "Running" }, ownersStatus: "Running" },
  );
}

async function initialize(
  ports: Ports,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  params: InitializeParams,
): Promise<CarriedOut> {
  const simulated = await restart(ports, work, pace, testcase, params);
  if (simulated.kind === "suspend") return simulated;
  const message = `Initialized at ${params.startTime} s after a warm-up of ${params.warmupPeriod} s.`;
  return answered(envelope(200, message, simulated.points), simulated.changes);
}

async function advance(
  ports: Ports,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  params: AdvanceParams,
): Promise<CarriedOut> {
  const snapshot = snapshotOf(work.test);
  const stepSeconds = Number(work.test.step);
  const read = readInputs(testcase, snapshot.inputs, params);
  if (!read.ok) return answered(envelope(400, read.message));

  if (isAtEnd(snapshot)) {
    return answered(envelope(200, `The scenario ended at ${snapshot.endTime} s: nothing was advanced.`, "{}"));
  }
  const states = statesIn(ports.objects, work.test.lineage ?? "-");
  // Only a step that begins needs the state that it begins with.
  const whole = work.progress?.run === undefined ? await loadSnapshot(states, snapshot) : snapshot;
  const begun = () => beginAdvance(testcase, whole, read.inputs, stepSeconds);
  const simulated = await simulate(ports, work, pace, testcase, { begin: begun, restart: false });
  if (simulated.kind === "suspend") return simulated;

  const timing = countAdvance(timingOf(work.test), work.request.arrivalMs, ports.clock(), stepSeconds);
  const message = [`Advanced from ${snapshot.time} s to ${simulated.time} s.`, ...read.warnings].join(" ");
  return answered(envelope(200, message, simulated.points), {
    ...simulated.changes,
    fields: { ...simulated.changes.fields, time: String(simulated.time), timing: JSON.stringify(timing) },
  });
}

function setStep({ step }: SetStepParams): CarriedOut {
  return answered(envelope(200, `The step is ${step} s.`, JSON.stringify({ step })), {
    fields: { step: String(step) },
  });
}
