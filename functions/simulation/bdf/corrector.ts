import type { Coefficients } from "./coefficients.ts";
import { differences, IterationMatrix } from "./iteration.ts";
import type { Memory } from "./memory.ts";
import { at, copy, type Problem, weightedNorm } from "./problem.ts";

/** Iterations; and the growth from one to the next that is divergence. */
const MOST_ITERATIONS = 3;
const DIVERGENCE = 2;
/** The rate of convergence is remembered, but for this share. */
const FORGETTING = 0.3;
/** The iteration matrix is made anew after so many steps, or for another γ; its Jacobian after so many. */
const MATRIX_STEPS = 20;
const MATRIX_CHANGE = 0.3;
const JACOBIAN_STEPS = 50;
/** A Jacobian is not to blame for an iteration that fails if γ has changed by more than this. */
const JACOBIAN_CHANGE = 0.2;

/** What came before this attempt at a step. */
export type Attempt = "first" | "after an error" | "after no convergence";

/** Solves for y at the end of a step, by Newton's method with a matrix that is kept as long as it serves. */
export class Corrector {
  private readonly problem: Problem;
  readonly matrix: IterationMatrix;
  /** y − its prediction, and the norm of that. */
  readonly correction: Float64Array;
  norm = 0;
  private readonly y: Float64Array;
  private readonly slope: Float64Array;
  private readonly residual: Float64Array;

  constructor(problem: Problem) {
    this.problem = problem;
    const n = problem.size;
    this.matrix = new IterationMatrix(n);
    this.correction = new Float64Array(n);
    this.y = new Float64Array(n);
    this.slope = new Float64Array(n);
    this.residual = new Float64Array(n);
  }

  /** Whether it converged from the prediction in `memory`. */
  solve(memory: Memory, coefficients: Coefficients, weights: Float64Array, attempt: Attempt): boolean {
    const gamma = memory.step / at(coefficients.rows, 1);
    let isFresh = false;
    let isNeeded =
      attempt !== "first" ||
      memory.steps === 0 ||
      memory.steps >= memory.matrixAge + MATRIX_STEPS ||
      Math.abs(gamma / memory.matrixGamma - 1) > MATRIX_CHANGE;
    let blames = attempt === "after no convergence" ? "all" : "nothing";
    for (;;) {
      copy(memory.history, this.y);
      this.problem.derive(memory.time, this.y, this.slope);
      if (isNeeded) {
        isFresh = this.renew(memory, gamma, weights, blames);
        isNeeded = false;
      }
      if (this.iterate(memory, gamma, coefficients, weights)) return true;
      if (isFresh) return false;
      isNeeded = true;
      blames = "the Jacobian";
    }
  }

  /** Whether the Jacobian is new, too. */
  private renew(memory: Memory, gamma: number, weights: Float64Array, blames: string): boolean {
    const change = memory.steps === 0 ? 0 : Math.abs(gamma / memory.matrixGamma - 1);
    const isNew =
      memory.steps === 0 ||
      memory.steps > memory.jacobianAge + JACOBIAN_STEPS ||
      blames === "all" ||
      (blames === "the Jacobian" && change < JACOBIAN_CHANGE);
    if (isNew) {
      memory.jacobianAge = memory.steps;
      const { problem, y, slope, residual } = this;
      differences(problem, memory.time, memory.step, y, slope, weights, residual, memory.jacobian);
    }
    this.matrix.factor(gamma, memory.jacobian);
    memory.matrixGamma = gamma;
    memory.matrixAge = memory.steps;
    memory.convergence = 1;
    return isNew;
  }

  private iterate(memory: Memory, gamma: number, coefficients: Coefficients, weights: Float64Array): boolean {
    const { correction, residual, slope, y } = this;
    const { history, size, time } = memory;
    const inverse = 1 / at(coefficients.rows, 1);
    // For a matrix of another γ: the mean error of its eigenvalues.
    const ratio = gamma / memory.matrixGamma;
    const relaxation = ratio === 1 ? 1 : 2 / (1 + ratio);
    let before = 0;
    correction.fill(0);
    for (let iteration = 0; ; iteration++) {
      if (iteration > 0) this.problem.derive(time, y, slope);
      for (let i = 0; i < size; i++) {
        residual[i] = gamma * at(slope, i) - (inverse * at(history, size + i) + at(correction, i));
      }
      this.matrix.solve(residual);
      for (let i = 0; i < size; i++) {
        residual[i] = at(residual, i) * relaxation;
        correction[i] = at(correction, i) + at(residual, i);
        y[i] = at(history, i) + at(correction, i);
      }
      const change = weightedNorm(residual, weights);
      if (iteration > 0) memory.convergence = Math.max(FORGETTING * memory.convergence, change / before);
      if (change * Math.min(1, memory.convergence) <= coefficients.iterationLimit) {
        this.norm = iteration === 0 ? change : weightedNorm(correction, weights);
        return true;
      }
      if (iteration + 1 === MOST_ITERATIONS) return false;
      if (iteration > 0 && change > DIVERGENCE * before) return false;
      before = change;
    }
  }
}
