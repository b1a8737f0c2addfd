import type { InputValues } from "./emulator.ts";
import { readInputs } from "./inputs.ts";
import type { TestCase } from "./testcase.ts";

/** A clipped value: its step (from 0), and the message for the client. */
export interface StepWarning {
  readonly step: number;
  readonly message: string;
}

/** All held inputs of each step; or the first step (from 0) that is refused, and the reason. */
export type ReadSteps =
  | { readonly ok: true; readonly inputs: readonly InputValues[]; readonly warnings: readonly StepWarning[] }
  | { readonly ok: false; readonly step: number; readonly message: string };

/**
 * Reads a client's inputs for several consecutive steps with `readInputs`. An input that a step does not name keeps its
 * value from the step before, or from `held` in the first step. One bad step refuses all.
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
