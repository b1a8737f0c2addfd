import { type States, statesIn } from "../../results/state.ts";
import type { InputValues } from "../../simulation/emulator.ts";
import { isAtEnd } from "../../simulation/run.ts";
import {
  beginSequence,
  continueSequence,
  intervalsLeft,
  isSequenceDone,
  type Sequence,
  type SequenceSlice,
} from "../../simulation/sequence.ts";
import { readSteps } from "../../simulation/steps.ts";
import type { Changes } from "../../streams/commit.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope, type Suspended } from "../outcome.ts";
import { countAdvance, decode, encode } from "../record/record.ts";
import { simulateInSlices } from "../simulate/slices.ts";
import { loadSequence, loadSnapshot, storeSequence, storeSnapshot } from "../simulate/stored-states.ts";
import { changesOf, openRecorder } from "../simulate/stretch.ts";
import type { AdvanceParams } from "./advance.ts";
import { refuseAnswer, refuseSimulated, valuesBytes } from "./limits.ts";
import { listStepName, Warnings } from "./step-bodies.ts";

/**
 * Takes many steps as one command: one commit of all or none. All inputs are read before the simulation, so one wrong
 * input leaves the test as it was. Stops at the scenario's end. For `time_rat` it is one advance.
 */
export async function advanceMany(context: Context, bodies: readonly AdvanceParams[]): Promise<CarriedOut> {
  const { testcase, test, request } = context;
  const snapshot = decode(test, "state");
  const stepSeconds = decode(test, "step");
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

  const simulated = await simulateSteps(context, read.inputs, stepSeconds);
  if (simulated.kind === "suspend") return simulated;
  const { values, time, changes } = simulated;
  const timing = countAdvance(decode(test, "timing"), request.arrivalMs, context.clock(), stepSeconds);
  const warnings = new Warnings();
  warnings.add(read.warnings, name);
  const of = values.length < bodies.length ? `${values.length} of ${bodies.length}` : `${values.length}`;
  const message = `Advanced from ${snapshot.time} s to ${time} s in ${of} steps.`;
  return answered(envelope(200, warnings.appendTo(message), `[${values.join(",")}]`), {
    ...changes,
    fields: { ...changes.fields, ...encode({ timing }) },
  });
}

/** Steps simulated to their end, with the values after each step (JSON) and the time (s); or suspended. */
export type Simulated =
  | { readonly kind: "whole"; readonly values: readonly string[]; readonly time: number; readonly changes: Changes }
  | Suspended;

/** Simulates steps with these inputs, and records their samples. The caller has checked that none is past the end. */
export async function simulateSteps(
  context: Context,
  inputs: readonly InputValues[],
  stepSeconds: number,
): Promise<Simulated> {
  const { test, testcase, progress, objects } = context;
  const lineage = decode(test, "lineage");
  const recorder = openRecorder(context, lineage, decode(test, "tail"));
  const states = statesIn(objects, lineage);
  let sequence = await sequenceOf(states, context);
  const values = progress?.values === undefined ? [] : (JSON.parse(progress.values) as string[]);
  const suspended = await simulateInSlices<SequenceSlice>(context, {
    isDone: () => isSequenceDone(sequence, inputs.length),
    intervalsLeft: () => intervalsLeft(sequence, stepSeconds),
    where: () => ` in step ${sequence.taken + 1}`,
    simulate: (most) => continueSequence(testcase, sequence, inputs, stepSeconds, most),
    accept: async (slice) => {
      sequence = slice.sequence;
      if (slice.ended !== undefined) values.push(JSON.stringify(slice.ended));
      await recorder.add(slice.samples);
    },
    save: async () => ({
      ...(await recorder.save()),
      values: JSON.stringify(values),
      sequence: JSON.stringify(await storeSequence(states, sequence)),
    }),
  });
  if (suspended !== undefined) return suspended;
  const recorded = await recorder.close();
  const snapshot = await storeSnapshot(states, sequence.snapshot);
  const changes = changesOf(snapshot, values.at(-1) ?? "{}", recorded);
  return { kind: "whole", values, time: snapshot.time, changes };
}

/** The sequence as an earlier invocation saved it, or its beginning. */
async function sequenceOf(states: States, { test, progress }: Context): Promise<Sequence> {
  if (progress?.sequence === undefined) return beginSequence(await loadSnapshot(states, decode(test, "state")));
  return await loadSequence(states, JSON.parse(progress.sequence) as Sequence);
}
