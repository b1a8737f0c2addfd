import { at, type Problem, weightedNorm } from "./problem.ts";

/** Bounds, as shares of the time that is to be gone; of y that a first step may change; of the length that was found. */
const LEAST_UNITS = 100;
const MOST_SHARE = 0.1;
const BIAS = 0.5;
const ATTEMPTS = 4;

/**
 * The length of the first step, s: such that its error of second order, h² y″ / 2, is about 1 in the norm of errors. y″ comes from
 * a difference of f; the length is a fixed point, found by a few iterations (CVODE's user guide, Mathematical Considerations).
 */
export function firstStep(
  problem: Problem,
  time: number,
  y: Float64Array,
  slope: Float64Array,
  weights: Float64Array,
  until: number,
): number {
  const n = problem.size;
  const rounding = Number.EPSILON * Math.max(Math.abs(time), Math.abs(until));
  const distance = until - time;
  const least = LEAST_UNITS * rounding;
  let inverse = 0;
  for (let i = 0; i < n; i++) {
    inverse = Math.max(inverse, Math.abs(at(slope, i)) / (MOST_SHARE * Math.abs(at(y, i)) + 1 / at(weights, i)));
  }
  const most = MOST_SHARE * distance * inverse > 1 ? 1 / inverse : MOST_SHARE * distance;
  let length = Math.sqrt(least * most);
  if (most < least) return length;

  const moved = new Float64Array(n);
  const difference = new Float64Array(n);
  let isFound = false;
  let found = length;
  for (let attempt = 1; ; attempt++) {
    for (let i = 0; i < n; i++) moved[i] = at(y, i) + length * at(slope, i);
    problem.derive(time + length, moved, difference);
    for (let i = 0; i < n; i++) difference[i] = (1 / length) * (at(difference, i) - at(slope, i));
    const curvature = weightedNorm(difference, weights);
    found = length;
    if (isFound || attempt === ATTEMPTS) break;
    const next = curvature * most * most > 2 ? Math.sqrt(2 / curvature) : Math.sqrt(length * most);
    const ratio = next / length;
    if (ratio > 0.5 && ratio < 2) isFound = true;
    found = next;
    if (attempt > 1 && ratio > 2) {
      found = length;
      isFound = true;
    }
    length = found;
  }
  return Math.min(Math.max(BIAS * found, least), most);
}
