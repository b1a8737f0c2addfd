import { at, type Problem, weightedNorm } from "./problem.ts";

/**
 * The iteration matrix of Newton's method, I − γ ∂f/∂y, as factors of Gauss's elimination with pivots. Room for them is made once.
 */
export class IterationMatrix {
  private readonly size: number;
  private readonly factors: Float64Array;
  private readonly pivots: Uint8Array;

  constructor(size: number) {
    this.size = size;
    this.factors = new Float64Array(size * size);
    this.pivots = new Uint8Array(size);
  }

  factor(gamma: number, jacobian: Float64Array): void {
    const { size: n, factors, pivots } = this;
    for (let k = 0; k < n * n; k++) factors[k] = (k % (n + 1) === 0 ? 1 : 0) - gamma * at(jacobian, k);
    for (let k = 0; k < n; k++) {
      let pivot = k;
      for (let i = k + 1; i < n; i++) {
        if (Math.abs(at(factors, k * n + i)) > Math.abs(at(factors, k * n + pivot))) pivot = i;
      }
      pivots[k] = pivot;
      for (let j = 0; j < n && pivot !== k; j++) swap(factors, j * n + k, j * n + pivot);
      const inverse = 1 / at(factors, k * n + k);
      for (let i = k + 1; i < n; i++) factors[k * n + i] = at(factors, k * n + i) * inverse;
      for (let j = k + 1; j < n; j++) {
        const value = at(factors, j * n + k);
        for (let i = k + 1; i < n; i++) factors[j * n + i] = at(factors, j * n + i) - value * at(factors, k * n + i);
      }
    }
  }

  /** Replaces the right side by the solution. */
  solve(side: Float64Array): void {
    const { size: n, factors, pivots } = this;
    for (let k = 0; k < n; k++) swap(side, k, pivots[k] as number);
    for (let k = 0; k < n; k++) {
      for (let i = k + 1; i < n; i++) side[i] = at(side, i) - at(side, k) * at(factors, k * n + i);
    }
    for (let k = n - 1; k >= 0; k--) {
      side[k] = at(side, k) / at(factors, k * n + k);
      for (let i = 0; i < k; i++) side[i] = at(side, i) - at(side, k) * at(factors, k * n + i);
    }
  }
}

function swap(values: Float64Array, i: number, j: number): void {
  const value = at(values, i);
  values[i] = at(values, j);
  values[j] = value;
}

/**
 * ∂f/∂y by difference quotients: increments of half of the digits, but no smaller than what rounding of f leaves of them (CVODE's
 * user guide, Mathematical Considerations).
 *
 * @param slope f at `time` and `y`
 * @param changed room for f at another y
 */
export function differences(
  problem: Problem,
  time: number,
  step: number,
  y: Float64Array,
  slope: Float64Array,
  weights: Float64Array,
  changed: Float64Array,
  jacobian: Float64Array,
): void {
  const n = problem.size;
  const norm = weightedNorm(slope, weights);
  const least = norm === 0 ? 1 : 1000 * Math.abs(step) * Number.EPSILON * n * norm;
  for (let j = 0; j < n; j++) {
    const before = at(y, j);
    const increment = Math.max(Math.sqrt(Number.EPSILON) * Math.abs(before), least / at(weights, j));
    y[j] = before + increment;
    problem.derive(time, y, changed);
    y[j] = before;
    for (let i = 0; i < n; i++) jacobian[j * n + i] = (at(changed, i) - at(slope, i)) * (1 / increment);
  }
}
