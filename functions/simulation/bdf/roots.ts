import { at } from "./problem.ts";

/** The indicators' values at a time within the step. */
export type Indicate = (time: number, values: Float64Array) => void;

/** No indicator changes its sign; none does, but one is 0 at the end. */
const NONE = -1;
const ZERO = -2;

/** The index of the indicator whose secant is the first to be 0, or one of these. */
function mostCertain(low: Float64Array, high: Float64Array): number {
  let found = NONE;
  let most = 0;
  for (let i = 0; i < low.length; i++) {
    const l = at(low, i);
    const h = at(high, i);
    // One that was 0 at the beginning is no root there.
    if (l === 0) continue;
    if (h === 0) {
      if (found === NONE) found = ZERO;
    } else if (l * h < 0) {
      const share = Math.abs(h / (h - l));
      if (share > most) {
        most = share;
        found = i;
      }
    }
  }
  return found;
}

/**
 * The first change of a sign between `low` and `high`, where the indicators are `lowValues` and `highValues`: by the modified rule of
 * false position (Illinois algorithm; Hiebert, Shampine: Implicitly Defined Output Points for Solutions of ODEs, SAND80-0180,
 * 1980), until it is known to `tolerance`. Its time is the end of the bracket, where the sign has changed, and `highValues`
 * are those there.
 */
export function findRoot(
  low: number,
  lowValues: Float64Array,
  high: number,
  highValues: Float64Array,
  tolerance: number,
  indicate: Indicate,
): number | undefined {
  let index = mostCertain(lowValues, highValues);
  if (index < 0) return index === ZERO ? high : undefined;
  const values = new Float64Array(highValues.length);
  // The side that was replaced last: if it is the same twice, the other one's value counts for less.
  let side = 0;
  let before = -1;
  let weight = 1;
  while (Math.abs(high - low) > tolerance) {
    if (before === side) weight = side === 2 ? 2 * weight : weight / 2;
    else weight = 1;
    const [l, h] = [at(lowValues, index), at(highValues, index)];
    const middle = within(low, high, high - ((high - low) * h) / (h - weight * l), tolerance);
    indicate(middle, values);
    before = side;
    const found = mostCertain(lowValues, values);
    if (found === NONE) {
      low = middle;
      lowValues.set(values);
      side = 2;
      continue;
    }
    high = middle;
    highValues.set(values);
    if (found === ZERO) break;
    index = found;
    side = 1;
  }
  return high;
}

/** Not so close to an end of the bracket that nothing is gained. */
function within(low: number, high: number, middle: number, tolerance: number): number {
  const length = high - low;
  const share = Math.abs(length) / tolerance > 5 ? 0.1 : 0.5 / (Math.abs(length) / tolerance);
  if (Math.abs(middle - low) < 0.5 * tolerance) return low + share * length;
  if (Math.abs(high - middle) < 0.5 * tolerance) return high - share * length;
  return middle;
}
