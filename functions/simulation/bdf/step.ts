import { Coefficients } from "./coefficients.ts";
import { type Attempt, Corrector } from "./corrector.ts";
import { changeOrder, correct, predict, rescale, takeBack } from "./history.ts";
import { HIGHEST_ORDER, type Memory } from "./memory.ts";
import { at, type Problem, weightedNorm } from "./problem.ts";

/** Growth of the step: not below the first, at most the second; after the very first step the third. */
const LEAST_GROWTH = 1.5;
const MOST_GROWTH = 10;
export const FIRST_GROWTH = 1e4;
/** What an estimated error counts for, at the order, one lower, one higher: so that order and step are not changed for nothing. */
const BIAS = 6;
const BIAS_ABOVE = 10;
const TINY = 1e-6;
/** After an error: at least the first; at most the second, if it was not the only one. */
const LEAST_SHRINKING = 0.1;
const MOST_SHRINKING = 0.2;
/** After no convergence. */
const SHRINKING = 0.25;
/** Errors in one step: after so many the order is lowered, too; so many, or failures to converge, are the end. */
const ERRORS_AT_ORDER = 3;
const MOST_ERRORS = 7;
const MOST_FAILURES = 10;
/** Steps without a change of order after beginning anew. */
const LONG_WAIT = 10;

/** Takes steps of BDF, of which each chooses the length and the order of the next. */
export class Stepper {
  private readonly problem: Problem;
  private readonly corrector: Corrector;
  private readonly coefficients = new Coefficients();
  private readonly spare: Float64Array;

  constructor(problem: Problem) {
    this.problem = problem;
    this.corrector = new Corrector(problem);
    this.spare = new Float64Array(problem.size);
  }

  /** What is not part of the memory, because it follows from it. */
  resume(memory: Memory): void {
    if (memory.steps > 0) this.corrector.matrix.factor(memory.matrixGamma, memory.jacobian);
  }

  /** One step, to `stop` at most. Throws if there is none that is good enough. */
  take(memory: Memory, weights: Float64Array, stop: number): void {
    const { corrector, coefficients } = this;
    if (memory.steps > 0 && memory.nextStep !== memory.step) {
      if (memory.nextOrder !== memory.order) changeOrder(memory, memory.nextOrder > memory.order ? 1 : -1);
      rescale(memory, memory.growth);
    }
    const from = memory.time;
    let attempt: Attempt = "first";
    let errors = 0;
    let failures = 0;
    for (;;) {
      memory.time = Math.min(from + memory.step, stop);
      predict(memory);
      coefficients.of(memory);
      if (!corrector.solve(memory, coefficients, weights, attempt)) {
        if (++failures === MOST_FAILURES) throw new Error(`the integrator does not converge at ${from} s`);
        this.retreat(memory, from, SHRINKING);
        attempt = "after no convergence";
        continue;
      }
      const error = corrector.norm * coefficients.error;
      if (error <= 1) {
        this.complete(memory, weights, error);
        return;
      }
      if (++errors === MOST_ERRORS) throw new Error(`the integrator cannot keep its tolerance at ${from} s`);
      attempt = "after an error";
      if (errors <= ERRORS_AT_ORDER) {
        const growth = Math.max(LEAST_SHRINKING, growthFor(BIAS * error, memory.order + 1));
        this.retreat(memory, from, errors > 1 ? Math.min(growth, MOST_SHRINKING) : growth);
      } else if (memory.order > 1) {
        takeBack(memory);
        memory.time = from;
        memory.mostGrowth = 1;
        changeOrder(memory, -1);
        rescale(memory, LEAST_SHRINKING);
      } else this.beginAnew(memory, from);
    }
  }

  private retreat(memory: Memory, from: number, growth: number): void {
    takeBack(memory);
    memory.time = from;
    memory.mostGrowth = 1;
    rescale(memory, growth);
  }

  /** At order 1, with the slope as it is, in case that the history is of another solution. */
  private beginAnew(memory: Memory, from: number): void {
    const { history, size } = memory;
    takeBack(memory);
    memory.time = from;
    memory.mostGrowth = 1;
    memory.step *= LEAST_SHRINKING;
    memory.nextStep = memory.step;
    memory.wait = LONG_WAIT;
    const slope = this.spare;
    this.problem.derive(from, history.slice(0, size), slope);
    for (let i = 0; i < size; i++) history[size + i] = memory.step * at(slope, i);
  }

  private complete(memory: Memory, weights: Float64Array, error: number): void {
    const { coefficients, corrector } = this;
    const { history, size, lengths } = memory;
    memory.steps++;
    for (let i = memory.order - 1; i >= 1; i--) lengths[i] = at(lengths, i - 1);
    if (memory.order === 1 && memory.steps > 1) lengths[1] = at(lengths, 0);
    lengths[0] = memory.step;
    correct(memory, coefficients.rows, corrector.correction);
    memory.wait--;
    if (memory.wait === 1 && memory.order < HIGHEST_ORDER) {
      history.set(corrector.correction, HIGHEST_ORDER * size);
      memory.keptConstant = coefficients.constant;
    }
    this.chooseNext(memory, weights, error);
    memory.mostGrowth = MOST_GROWTH;
  }

  private chooseNext(memory: Memory, weights: Float64Array, error: number): void {
    const { order } = memory;
    memory.nextOrder = order;
    if (memory.mostGrowth === 1) {
      // Something failed in this step: the next is no longer.
      memory.wait = Math.max(memory.wait, 2);
      grow(memory, 1);
      return;
    }
    const same = growthFor(BIAS * error, order + 1);
    if (memory.wait !== 0) {
      grow(memory, same);
      return;
    }
    memory.wait = 2;
    const below = order > 1 ? this.growthBelow(memory, weights) : 0;
    const above = order < HIGHEST_ORDER ? this.growthAbove(memory, weights) : 0;
    const best = Math.max(below, same, above);
    if (best >= LEAST_GROWTH && best !== same) {
      memory.nextOrder = best === below ? order - 1 : order + 1;
      if (best !== below) memory.history.set(this.corrector.correction, HIGHEST_ORDER * memory.size);
    }
    grow(memory, best);
  }

  private growthBelow({ history, order, size }: Memory, weights: Float64Array): number {
    const last = history.subarray(order * size, (order + 1) * size);
    return growthFor(BIAS * weightedNorm(last, weights) * this.coefficients.errorBelow, order);
  }

  private growthAbove(memory: Memory, weights: Float64Array): number {
    const { history, order, size } = memory;
    if (memory.keptConstant === 0) return 0;
    const { constant, errorAbove } = this.coefficients;
    const scale = (constant / memory.keptConstant) * (memory.step / at(memory.lengths, 1)) ** (order + 1);
    for (let i = 0; i < size; i++) {
      this.spare[i] = at(this.corrector.correction, i) - scale * at(history, HIGHEST_ORDER * size + i);
    }
    return growthFor(BIAS_ABOVE * weightedNorm(this.spare, weights) * errorAbove, order + 2);
  }
}

/** By how much a step may grow whose error, with its bias, is `error` and goes with the power `power` of its length. */
function growthFor(error: number, power: number): number {
  return 1 / (error ** (1 / power) + TINY);
}

/** A step that would grow by little stays as it is. */
function grow(memory: Memory, growth: number): void {
  if (growth < LEAST_GROWTH) {
    memory.growth = 1;
    memory.nextStep = memory.step;
    return;
  }
  memory.growth = Math.min(growth, memory.mostGrowth);
  memory.nextStep = memory.step * memory.growth;
}
