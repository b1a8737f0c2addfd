/** A system of ordinary differential equations, y′ = f(t, y), with functions of t and y at whose zeros something happens. */
export interface Problem {
  /** The number of states. */
  readonly size: number;
  /** Writes y′ at `time` and `y` into `slope`. */
  derive(time: number, y: Float64Array, slope: Float64Array): void;
  /** The number of event indicators. */
  readonly indicators: number;
  /** Writes the event indicators at `time` and `y` into `values`. */
  indicate(time: number, y: Float64Array, values: Float64Array): void;
  /** Of the local error: relative, and absolute for each state. */
  readonly relativeTolerance: number;
  readonly absoluteTolerance: number;
}

/** An element of an array, where the index is known to be within it. */
export function at(values: Float64Array, index: number): number {
  return values[index] as number;
}

/** Root of the mean of the squares of `values` times `weights`: what all of an integrator's tests compare with 1. */
export function weightedNorm(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  const n = weights.length;
  if (n === 1) return Math.abs(at(values, 0) * at(weights, 0));
  for (let i = 0; i < n; i++) {
    const product = at(values, i) * at(weights, i);
    sum += product * product;
  }
  return Math.sqrt(sum / n);
}

/** Copies the first elements of `from` into all of `to`: of a few, faster than a view would be. */
export function copy(from: Float64Array, to: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = at(from, i);
}
