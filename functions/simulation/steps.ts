import type { InputValues } from "./emulator.ts";
import { readInputs } from "./inputs.ts";
import type { TestCase } from "./testcase.ts";

/** A value that was clipped: in which step (from 0), and what the client should know. */
export interface StepWarning {
  readonly step: number;
  readonly message: string;
}

/** The inputs of consecutive steps, each as it holds from then on; or the first step (from 0) that is refused, and why. */
export type ReadSteps =
  | { readonly ok: true; readonly inputs: readonly InputValues[]; readonly warnings: readonly StepWarning[] }
  | { readonly ok: false; readonly step: number; readonly message: string };

/**
 * Reads what a client gives with several steps in a row, each as `readInputs` reads it: an input that a step does not
 * name keeps the value of the step before, and in the first step that of `held`. One bad step refuses all.
 */
export function readSteps(
  testcase: TestCase,
  held: InputValues,
  bodies: readonly Readonly<Record<string, unknown>>[],
): ReadSteps {
  const inputs: InputValues[] = [];
  const warnings: StepWarning[] = [];
  let before = held;
  for (const [step, body] of bodies.entries()) {
    const read = readInputs(testcase, before, body);
    if (!read.ok) return { ok: false, step, message: read.message };
    for (const message of read.warnings) warnings.push({ step, message });
    inputs.push(read.inputs);
    before = read.inputs;
  }
  return { ok: true, inputs, warnings };
}
