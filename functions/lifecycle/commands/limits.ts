import { gridOver } from "../../simulation/grid.ts";

/** Limits of calls with many steps: rollouts, and `advance` with a list. */

/** Most candidates of one rollout. */
export const MAX_CANDIDATES = 1_000;
/** Most steps of one rollout, all candidates together. */
export const MAX_TRIED_STEPS = 100_000;
/** Most steps of one `advance`. */
export const MAX_STEPS = 1_000;
/** Most simulated time of one call, s: ten years. */
export const MAX_SIMULATED_SECONDS = 315_360_000;
/** Most rollouts of one test that workers have not computed yet. */
export const MAX_ROLLOUTS = 16;
/** Most computing time of one rollout in all invocations, ms. */
export const MAX_ROLLOUT_MS = 300_000;
/**
 * Largest answer, bytes: it goes through a Redis request of 10 MB and a Lambda answer of 6 MB. The estimate counts each
 * number with its greatest length.
 */
export const MAX_ANSWER_BYTES = 4_000_000;

/** A double in JSON has at most 24 characters; most have 19 or fewer. A comma follows. */
const VALUE_BYTES = 20;
/** Braces and the eight KPIs, twice. */
const CANDIDATE_BYTES = 600;

/** Estimates what the values after one step take in an answer: an object with the point's names. */
export function valuesBytes(points: readonly string[]): number {
  const names = ["time", ...points];
  return names.reduce((sum, name) => sum + name.length + 3 + VALUE_BYTES, 2);
}

/** Estimates what the answer to a candidate of so many steps takes, bytes. */
export function candidateBytes(
  points: readonly string[],
  steps: number,
  stepSeconds: number,
  withSamples: boolean,
): number {
  const rows = stepSeconds === 0 ? 0 : gridOver(0, stepSeconds).intervals;
  const samples = withSamples ? steps * rows * (1 + points.length) * VALUE_BYTES : 0;
  return CANDIDATE_BYTES + steps * valuesBytes(points) + samples;
}

/** Why an answer with so many of one thing, each of so many bytes, is refused, or undefined if it is not. */
export function refuseAnswer(count: number, bytesOfEach: number, what: string): string | undefined {
  const bytes = count * bytesOfEach;
  if (bytes <= MAX_ANSWER_BYTES) return undefined;
  const fit = Math.floor(MAX_ANSWER_BYTES / bytesOfEach);
  return `The answer would have about ${bytes} bytes, and may have ${MAX_ANSWER_BYTES}: ${fit} ${what} would fit.`;
}

/** Why a call that simulates too much is refused, or undefined if it is not. */
export function refuseSimulated(steps: number, stepSeconds: number): string | undefined {
  const seconds = steps * stepSeconds;
  if (seconds <= MAX_SIMULATED_SECONDS) return undefined;
  const fit = Math.floor(MAX_SIMULATED_SECONDS / stepSeconds);
  return `${steps} steps of ${stepSeconds} s are ${seconds} s, and one call may simulate ${MAX_SIMULATED_SECONDS} s: ${fit} steps of that length would fit.`;
}
