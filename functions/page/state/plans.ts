import type { Inputs, Rollout } from "../client/types.ts";
import type { Overwrite } from "./zones.ts";

/** A plan: the inputs of steps, and what it is called. */
export interface Plan {
  readonly name: string;
  readonly steps: readonly Inputs[];
}

/** What became of a plan. */
export interface Outcome extends Plan {
  readonly rollout: Rollout;
}

/** What a plan is judged by. */
export type Measure = "cost_tot" | "tdis_tot";

/** Plans that were tried. */
export interface Tried {
  /** Where the test stood, s. */
  readonly from: number;
  readonly input: Overwrite;
  readonly outcomes: readonly Outcome[];
  /** The index of the one that would be applied. */
  readonly chosen: number;
}

/** The built-in control, and so many constant values of one input, from one to the other. */
export function constantPlans(
  input: Overwrite,
  [from, to]: readonly [number, number],
  count: number,
  steps: number,
): Plan[] {
  const values = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / Math.max(1, count - 1));
  return [
    builtIn(input, steps),
    ...values.map((value) => ({ name: String(value), steps: held([value], input, steps) })),
  ];
}

/**
 * The built-in control, and so many plans of values at random, each held for a part of the plan.
 * `random` gives numbers from 0 to 1.
 */
export function randomPlans(
  input: Overwrite,
  [from, to]: readonly [number, number],
  count: number,
  steps: number,
  random: () => number,
): Plan[] {
  const parts = Math.min(steps, 6);
  const plans = Array.from({ length: count }, (_, i) => {
    const values = Array.from({ length: parts }, () => from + (to - from) * random());
    return { name: `Plan ${i + 1}`, steps: held(values, input, steps) };
  });
  return [builtIn(input, steps), ...plans];
}

function builtIn({ activate }: Overwrite, steps: number): Plan {
  return { name: "Built-in", steps: Array.from({ length: steps }, (_, i) => (i === 0 ? { [activate]: 0 } : {})) };
}

/** Values one after the other, each for an equal part of the steps. An input that is not named keeps its value. */
function held(values: readonly number[], { value, activate }: Overwrite, steps: number): Inputs[] {
  let last = -1;
  return Array.from({ length: steps }, (_, i): Inputs => {
    const part = Math.floor((i * values.length) / steps);
    if (part === last) return {};
    last = part;
    return { [value]: values[part] ?? 0, [activate]: 1 };
  });
}

/** Where each value lies between the least and the greatest, from 0 to 1. */
export function shares(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (high > low ? (value - low) / (high - low) : 0));
}
