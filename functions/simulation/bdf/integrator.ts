import { firstStep } from "./first-step.ts";
import { interpolate } from "./history.ts";
import { Memory } from "./memory.ts";
import { at, copy, type Problem } from "./problem.ts";
import { findRoot } from "./roots.ts";
import { FIRST_GROWTH, Stepper } from "./step.ts";

/** How many units of rounding count as no time. */
const UNITS = 100;

/**
 * Backward differentiation formulas of variable order (1 to 5) and step, as CVODE integrates stiff equations: the same steps, orders,
 * Jacobians and roots (Hindmarsh, Brown, Grant, Lee, Serban, Shumaker, Woodward: SUNDIALS, ACM TOMS 31, 2005; Byrne, Hindmarsh: A
 * Polyalgorithm for the Numerical Solution of ODEs, ACM TOMS 1, 1975; CVODE's user guide, Mathematical Considerations). It is written
 * from these, for the few states of the built-in test cases, so that they come to the figures of models with that solver.
 */
export class Integrator {
  private readonly problem: Problem;
  readonly memory: Memory;
  /** s: where the last step ended for who uses it. */
  time = 0;
  private readonly stepper: Stepper;
  private readonly weights: Float64Array;
  private readonly y: Float64Array;
  /** The indicators where the last step, or the last root, ended. */
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  constructor(problem: Problem) {
    this.problem = problem;
    this.memory = new Memory(problem.size);
    this.stepper = new Stepper(problem);
    this.weights = new Float64Array(problem.size);
    this.y = new Float64Array(problem.size);
    this.low = new Float64Array(problem.indicators);
    this.high = new Float64Array(problem.indicators);
  }

  /** Forgets what was: the next step begins at `time` and `y`. */
  begin(time: number, y: Float64Array): void {
    const { memory } = this;
    memory.history.fill(0);
    memory.lengths.fill(0);
    memory.history.set(y);
    memory.time = time;
    memory.step = 0;
    memory.nextStep = 0;
    memory.growth = 1;
    memory.mostGrowth = FIRST_GROWTH;
    memory.order = 1;
    memory.nextOrder = 1;
    memory.wait = 2;
    memory.steps = 0;
    memory.keptConstant = 0;
    memory.convergence = 1;
  }

  /** Goes on where another integrator of the same problem was: `memory` is what that one's memory wrote. */
  resume(memory: readonly number[]): void {
    this.memory.read(memory);
    this.stepper.resume(this.memory);
    if (this.memory.steps > 0) this.indicateHere();
  }

  /**
   * One step of its own choice, to `stop` at most; shorter if there is a root on the way: then it returns true. `y` becomes the solution
   * at `time`, which is `stop` itself if that was reached.
   */
  step(stop: number, y: Float64Array): boolean {
    const { memory } = this;
    if (memory.steps === 0) this.prepare(stop);
    else if (this.isAt(stop)) {
      this.time = stop;
      interpolate(memory, stop, y);
      return false;
    } else this.limit(stop);
    this.weigh();
    const from = memory.time;
    this.stepper.take(memory, this.weights, stop);
    const root = this.root(from);
    if (root !== undefined) {
      this.time = root;
      interpolate(memory, root, y);
      return true;
    }
    if (this.isAt(stop)) {
      this.time = stop;
      interpolate(memory, stop, y);
    } else {
      this.time = memory.time;
      copy(memory.history, y);
    }
    return false;
  }

  private isAt(time: number): boolean {
    return Math.abs(this.memory.time - time) <= this.instant();
  }

  private instant(): number {
    return UNITS * Number.EPSILON * (Math.abs(this.memory.time) + Math.abs(this.memory.step));
  }

  private weigh(): void {
    const { relativeTolerance, absoluteTolerance } = this.problem;
    const { history } = this.memory;
    for (let i = 0; i < this.weights.length; i++) {
      this.weights[i] = 1 / (relativeTolerance * Math.abs(at(history, i)) + absoluteTolerance);
    }
  }

  private prepare(stop: number): void {
    const { memory, problem } = this;
    const { history, size, time } = memory;
    const y = history.slice(0, size);
    const slope = new Float64Array(size);
    this.weigh();
    problem.derive(time, y, slope);
    const length = firstStep(problem, time, y, slope, this.weights, stop);
    memory.step = time + length > stop ? (stop - time) * (1 - 4 * Number.EPSILON) : length;
    memory.nextStep = memory.step;
    for (let i = 0; i < size; i++) history[size + i] = memory.step * at(slope, i);
    this.indicateHere();
  }

  private indicateHere(): void {
    copy(this.memory.history, this.y);
    this.problem.indicate(this.memory.time, this.y, this.low);
  }

  private limit(stop: number): void {
    const { memory } = this;
    if (memory.time + memory.nextStep <= stop) return;
    memory.nextStep = (stop - memory.time) * (1 - 4 * Number.EPSILON);
    memory.growth = memory.nextStep / memory.step;
  }

  /** Of the last step, which began at `from`. Afterwards `low` is of where it ended, or of the root. */
  private root(from: number): number | undefined {
    const { memory, problem, y, low, high } = this;
    if (problem.indicators === 0) return undefined;
    copy(memory.history, y);
    problem.indicate(memory.time, y, high);
    const root = findRoot(from, low, memory.time, high, this.instant(), (time, values) => {
      interpolate(memory, time, y);
      problem.indicate(time, y, values);
    });
    copy(high, low);
    return root;
  }
}
