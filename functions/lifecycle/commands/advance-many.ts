import { Recorder } from "../../results/recorder.ts";
import { type States, statesIn } from "../../results/state.ts";
import type { InputValues } from "../../simulation/emulator.ts";
import { isAtEnd } from "../../simulation/run.ts";
import {
  beginSequence,
  continueSequence,
  intervalsLeft,
  isSequenceDone,
  type Sequence,
} from "../../simulation/sequence.ts";
import { readSteps } from "../../simulation/steps.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Claimed } from "../../streams/claim.ts";
import type { Changes } from "../../streams/commit.ts";
import type { Pace } from "../../streams/pace.ts";
import { answered, type CarriedOut, envelope, type LeftOff } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import { countAdvance, snapshotOf, timingOf } from "../record/record.ts";
import { Slices } from "../simulate/slices.ts";
import { loadSequence, loadSnapshot, storeSequence, storeSnapshot } from "../simulate/stored-states.ts";
import type { AdvanceParams } from "./advance.ts";
import { refuseAnswer, refuseSimulated, valuesBytes } from "./limits.ts";
import { listStepName, Warnings } from "./step-bodies.ts";

/**
 * Takes many steps as one command: one commit, all of them or none. All inputs are read before anything is simulated, so
 * one that is refused leaves the test as it was. Stops where the scenario ends. For `time_rat` it is one advance.
 */
export async function advanceMany(
  ports: Pick<Ports, "redis" | "objects" | "clock">,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  bodies: readonly AdvanceParams[],
): Promise<CarriedOut> {
  const snapshot = snapshotOf(work.test);
  const stepSeconds = Number(work.test.step);
  const name = listStepName(bodies.length);
  const read = readSteps(testcase, snapshot.inputs, bodies);
  if (!read.ok) return answered(envelope(400, `${name(read.step)}: ${read.message} Nothing was advanced.`));
  const points = [...Object.keys(testcase.inputs), ...Object.keys(testcase.measurements)];
  const tooMuch =
    refuseSimulated(bodies.length, stepSeconds) ?? refuseAnswer(bodies.length, valuesBytes(points), "steps");
  if (tooMuch !== undefined) return answered(envelope(413, `${tooMuch} Nothing was advanced.`));
  if (isAtEnd(snapshot)) {
    return answered(envelope(200, `The scenario ended at ${snapshot.endTime} s: nothing was advanced.`, "[]"));
  }

  const simulated = await simulateSteps(ports, work, pace, testcase, read.inputs);
  if (simulated.kind === "suspend") return simulated;
  const { values, sequence, changes } = simulated;
  const timing = countAdvance(timingOf(work.test), work.request.arrivalMs, ports.clock(), stepSeconds);
  const warnings = new Warnings();
  warnings.add(read.warnings, name);
  const of = values.length < bodies.length ? `${values.length} of ${bodies.length}` : `${values.length}`;
  const message = `Advanced from ${snapshot.time} s to ${sequence.snapshot.time} s in ${of} steps.`;
  return answered(envelope(200, warnings.appendTo(message), `[${values.join(",")}]`), {
    ...changes,
    fields: { ...changes.fields, timing: JSON.stringify(timing) },
  });
}

/** Steps simulated to their end, with the values after each (JSON); or as far as the time reached. */
type Simulated =
  | {
      readonly kind: "whole";
      readonly sequence: Sequence;
      readonly values: readonly string[];
      readonly changes: Changes;
    }
  | LeftOff;

async function simulateSteps(
  { redis, objects }: Pick<Ports, "redis" | "objects">,
  { claim, test, progress }: Claimed,
  pace: Pace,
  testcase: TestCase,
  inputs: readonly InputValues[],
): Promise<Simulated> {
  const { testid, revision } = claim;
  const lineage = test.lineage ?? "-";
  const before = { testid, revision, lineage, tailBytes: Number(test.tail ?? 0) };
  const recorder = new Recorder(redis, objects, before, progress);
  const states = statesIn(objects, lineage);
  const stepSeconds = Number(test.step);
  const slices = new Slices(testcase, progress?.slice);
  let sequence = await sequenceOf(states, test, progress);
  const values = progress?.values === undefined ? [] : (JSON.parse(progress.values) as string[]);
  while (!isSequenceDone(sequence, inputs.length)) {
    const of = sequence;
    const slice = await slices.take(
      intervalsLeft(of, stepSeconds),
      (most) => continueSequence(testcase, of, inputs, stepSeconds, most),
      ` in step ${of.taken + 1}`,
    );
    if (slice !== undefined) {
      sequence = slice.sequence;
      if (slice.ended !== undefined) values.push(JSON.stringify(slice.ended));
      await recorder.add(slice.samples);
    }
    const timeIsUp = await pace.breathe();
    const { unavailable } = slices;
    if ((timeIsUp || unavailable !== undefined) && !isSequenceDone(sequence, inputs.length)) {
      const saved = { ...(await recorder.save()), values: JSON.stringify(values), slice: slices.save() };
      const reached = JSON.stringify(await storeSequence(states, sequence));
      return { kind: "suspend", progress: { ...saved, sequence: reached }, unavailable };
    }
  }
  const recorded = await recorder.close();
  const snapshot = await storeSnapshot(states, sequence.snapshot);
  return {
    kind: "whole",
    sequence,
    values,
    changes: {
      fields: {
        state: JSON.stringify(snapshot),
        points: values.at(-1) ?? "{}",
        time: String(snapshot.time),
        tail: String(recorded.tailBytes),
      },
      results: recorded.mode,
      chunks: recorded.chunks,
      segments: recorded.segments,
    },
  };
}

/** The sequence as an earlier invocation has left it, or its beginning. */
async function sequenceOf(states: States, test: Claimed["test"], progress: Claimed["progress"]): Promise<Sequence> {
  if (progress?.sequence === undefined) return beginSequence(await loadSnapshot(states, snapshotOf(test)));
  return await loadSequence(states, JSON.parse(progress.sequence) as Sequence);
}
