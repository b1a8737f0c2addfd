import type { InputValues } from "../../simulation/emulator.ts";
import { describeAllowed, describeNames, describeValue } from "../../simulation/messages.ts";
import { STEP_MS } from "../../simulation/sequence.ts";
import { readSteps } from "../../simulation/steps.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { TrialPlan } from "../../simulation/trial.ts";
import type { AdvanceParams } from "../commands/advance.ts";
import type { Body } from "../commands/bodies.ts";
import {
  candidateBytes,
  MAX_ANSWER_BYTES,
  MAX_CANDIDATES,
  MAX_TRIED_STEPS,
  refuseSimulated,
} from "../commands/limits.ts";
import { readSetStep } from "../commands/set-step.ts";
import { type NameStep, readStepBodies, Warnings } from "../commands/step-bodies.ts";

/** A rollout as a client sent it, and as it goes through the request stream. */
export interface RolloutParams {
  /** The inputs of each step of each candidate. */
  readonly candidates: readonly (readonly AdvanceParams[])[];
  /** Whether the client sent one candidate as `inputs`: then the answer is one outcome, not a list. */
  readonly isSingle: boolean;
  /** Seconds; null for the test's step. */
  readonly step: number | null;
  /** Null for all points. */
  readonly points: readonly string[] | null;
  readonly samples: boolean;
}

/** A rollout that can be computed. */
export interface RolloutPlan {
  readonly candidates: readonly (readonly InputValues[])[];
  readonly isSingle: boolean;
  readonly stepSeconds: number;
  /** The points to return, besides `time`. */
  readonly points: readonly string[];
  readonly samples: boolean;
  readonly warnings: Warnings;
  /** Computing time by the emulator's declared cost, ms. */
  readonly estimatedMs: number;
}

/** What is tried of one candidate. */
export function trialPlan({ stepSeconds, points, samples }: RolloutPlan, inputs: readonly InputValues[]): TrialPlan {
  return { inputs, stepSeconds, points, samples };
}

export type Refused = { readonly ok: false; readonly status: 400 | 413; readonly message: string };
const refused = (status: 400 | 413, message: string): Refused => ({ ok: false, status, message });

/** The name of a candidate's step in messages: counted from 1, and its place in the body. */
function stepName(candidate: number, isSingle: boolean): NameStep {
  return (step) =>
    isSingle
      ? `Step ${step + 1} (inputs[${step}])`
      : `Candidate ${candidate + 1}, step ${step + 1} (candidates[${candidate}][${step}])`;
}

/** Reads the body of POST rollout, without the rules of the test. */
export function readRollout(body: Body): { readonly ok: true; readonly params: RolloutParams } | Refused {
  const isSingle = Object.hasOwn(body, "inputs");
  if (isSingle === Object.hasOwn(body, "candidates")) {
    return refused(400, "A rollout takes either inputs, a list of steps, or candidates, a list of such lists.");
  }
  const lists = isSingle ? [body.inputs] : body.candidates;
  if (!Array.isArray(lists) || lists.length === 0) {
    return refused(400, `The field candidates is ${describeValue(lists)}. It must be a list of lists of steps.`);
  }
  if (lists.length > MAX_CANDIDATES) {
    return refused(413, `There are ${lists.length} candidates, and one call may have ${MAX_CANDIDATES}.`);
  }
  const candidates: (readonly AdvanceParams[])[] = [];
  for (const [candidate, list] of lists.entries()) {
    if (!Array.isArray(list) || list.length === 0) {
      const what = isSingle ? "The field inputs" : `Candidate ${candidate + 1} (candidates[${candidate}])`;
      return refused(400, `${what} is ${describeValue(list)}. It must be a list of at least one step.`);
    }
    const read = readStepBodies(list, stepName(candidate, isSingle));
    if (!read.ok) return refused(400, read.message);
    candidates.push(read.params);
  }
  const steps = countSteps(candidates);
  if (steps > MAX_TRIED_STEPS) {
    return refused(413, `The candidates have ${steps} steps together, and one call may have ${MAX_TRIED_STEPS}.`);
  }
  const options = readOptions(body);
  return options.ok ? { ok: true, params: { candidates, isSingle, ...options.params } } : options;
}

type Options = Pick<RolloutParams, "step" | "points" | "samples">;

function readOptions(body: Body): { readonly ok: true; readonly params: Options } | Refused {
  let step: number | null = null;
  if (body.step !== undefined && body.step !== null) {
    const read = readSetStep({ step: body.step });
    if (!read.ok) return refused(400, read.message);
    step = read.params.step;
  }
  const points = body.points ?? null;
  if (points !== null && !(Array.isArray(points) && points.every((name) => typeof name === "string"))) {
    return refused(400, `The field points is ${describeValue(points)}. It must be a list of point names.`);
  }
  const samples = body.samples ?? false;
  if (typeof samples !== "boolean") {
    return refused(400, `The field samples is ${describeValue(samples)}. It must be true or false.`);
  }
  return { ok: true, params: { step, points, samples } };
}

/** Reads the rest with the rules of the test: inputs and their limits, points, step. */
export function planRollout(
  testcase: TestCase,
  test: { readonly held: InputValues; readonly stepSeconds: number },
  params: RolloutParams,
): { readonly ok: true; readonly plan: RolloutPlan } | Refused {
  const known = [...Object.keys(testcase.inputs), ...Object.keys(testcase.measurements)];
  const unknown = (params.points ?? []).filter((name) => name !== "time" && !known.includes(name));
  if (unknown.length > 0) {
    const message = `The field points has points that there are not: ${describeNames(unknown)}. Allowed are ${describeAllowed(known)}.`;
    return refused(400, message);
  }
  const points = params.points === null ? known : known.filter((name) => params.points?.includes(name));
  const stepSeconds = params.step ?? test.stepSeconds;
  const tooLarge = refuseSize(params, points, stepSeconds);
  if (tooLarge !== undefined) return refused(413, tooLarge);

  const warnings = new Warnings();
  const candidates: (readonly InputValues[])[] = [];
  for (const [candidate, bodies] of params.candidates.entries()) {
    const name = stepName(candidate, params.isSingle);
    const read = readSteps(testcase, test.held, bodies);
    if (!read.ok) return refused(400, `${name(read.step)}: ${read.message}`);
    warnings.add(read.warnings, name);
    candidates.push(read.inputs);
  }
  const estimatedMs = countSteps(candidates) * (STEP_MS + stepSeconds * testcase.emulator.cost);
  const { isSingle, samples } = params;
  return { ok: true, plan: { candidates, isSingle, stepSeconds, points, samples, warnings, estimatedMs } };
}

function refuseSize(
  { candidates, samples }: RolloutParams,
  points: readonly string[],
  stepSeconds: number,
): string | undefined {
  const tooLong = refuseSimulated(countSteps(candidates), stepSeconds);
  if (tooLong !== undefined) return tooLong;
  const sizes = candidates.map(({ length }) => candidateBytes(points, length, stepSeconds, samples));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= MAX_ANSWER_BYTES) return undefined;
  const fit = Math.floor((candidates.length * MAX_ANSWER_BYTES) / bytes);
  return `The answer would have about ${bytes} bytes, and may have ${MAX_ANSWER_BYTES}: ${fit} such candidates would fit, or more with fewer points${samples ? ", or without samples" : ""}.`;
}

function countSteps(candidates: readonly (readonly unknown[])[]): number {
  return candidates.reduce((sum, { length }) => sum + length, 0);
}
