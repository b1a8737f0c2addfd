import { HIGHEST_ORDER, type Memory } from "./memory.ts";
import { at } from "./problem.ts";

/** Of the estimated error: what the corrector's iteration may leave. */
const ITERATION_SHARE = 0.1;

/**
 * The coefficients of the next step: those of BDF of variable step in fixed-leading-coefficient form, which follow from the
 * lengths of the last steps (Jackson, Sacks-Davis: An Alternative Implementation of Variable Step-Size Multistep Formulas for
 * Stiff ODEs, ACM TOMS 6, 1980; Hindmarsh et al., ACM TOMS 31, 2005, section 2.1).
 */
export class Coefficients {
  /** By which a correction of y changes the history's rows: Λ(x) = (1 + x/ξ*) ∏ (1 + x/ξi), as powers of x. */
  readonly rows = new Float64Array(HIGHEST_ORDER + 1);
  /** The local error is this times the correction: at this order, one lower, one higher. */
  error = 0;
  errorBelow = 0;
  errorAbove = 0;
  /** The constant of the method, for `errorAbove` of steps of different lengths. */
  constant = 0;
  /** What is left of the iteration is below this. */
  iterationLimit = 0;

  /** For a step of `memory.step`, with what a change of order needs if one is due after it. */
  of(memory: Memory): void {
    const { order, step, lengths } = memory;
    const rows = this.rows;
    rows.fill(0, 2);
    rows[0] = 1;
    rows[1] = 1;
    // α0 of the formula with fixed steps; its counterpart of the steps that were.
    let leading = -1;
    let leadingAsIs = -1;
    let distance = step;
    let inverse = 1;
    let star = 1;
    if (order > 1) {
      for (let j = 2; j < order; j++) {
        distance += at(lengths, j - 2);
        inverse = step / distance;
        leading -= 1 / j;
        multiply(rows, j, inverse);
      }
      leading -= 1 / order;
      star = -at(rows, 1) - leading;
      distance += at(lengths, order - 2);
      inverse = step / distance;
      leadingAsIs = -at(rows, 1) - inverse;
      multiply(rows, order, star);
    }
    const a1 = 1 - leadingAsIs + leading;
    const a2 = 1 + order * a1;
    this.error = Math.abs(a1 / (leading * a2));
    this.constant = Math.abs((a2 * star) / (at(rows, order) * inverse));
    this.iterationLimit = ITERATION_SHARE / this.error;
    if (memory.wait !== 1) return;
    this.errorBelow = order > 1 ? below(star / at(rows, order), leading + 1 / order, leadingAsIs + inverse) : 1;
    const inverseAbove = step / (distance + at(lengths, order - 1));
    const a5 = leading - 1 / (order + 1);
    const a6 = leadingAsIs - inverseAbove;
    this.errorAbove = Math.abs((1 - a6 + a5) / a2 / (inverseAbove * (order + 2) * a5));
  }
}

function below(c: number, a3: number, a4: number): number {
  return Math.abs((c * (1 - a4 + a3)) / a3);
}

/** Multiplies the polynomial of degree `degree` - 1 by 1 + x · `factor`. */
function multiply(rows: Float64Array, degree: number, factor: number): void {
  for (let i = degree; i >= 1; i--) rows[i] = at(rows, i) + at(rows, i - 1) * factor;
}
