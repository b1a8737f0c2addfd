import type { Pointer } from "../fmi/c-library.ts";
import koffi from "../native.ts";
import type { Integrand } from "./integrand.ts";
import { addresses, type CvodeLibrary, cvodeLibrary } from "./library.ts";

/** What is integrated, and how exactly. */
export interface Problem {
  readonly integrand: Integrand;
  /** Relative; and absolute, for each state. */
  readonly tolerance: number;
  readonly absoluteTolerances: Float64Array;
}

/** How a step ended. */
export type StepEnd = "step" | "stop" | "root";

/** What a step came to; `refused`: no step at all, for the event indicators cannot be evaluated at `time`. */
export interface Step {
  readonly time: number;
  readonly end: StepEnd | "refused";
}

/** The integration failed: CVODE's own words. */
export class CvodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CvodeError";
  }
}

const [BDF, ONE_STEP] = [2, 2];
const [TSTOP_RETURN, ROOT_RETURN] = [1, 2];
/** CV_RTFUNC_FAIL: whatever else than 0 a root function returns, it is this. */
const ROOTS_FAILED = -12;
const NO_LIMIT = 0;
const ERROR_HANDLER = koffi.proto("cvodeErrorHandler", "void", ["int", "str", "str", "str", "void *"]);

/**
 * SUNDIALS' CVODE: backward differentiation formulas of variable order and step, Newton's method with a dense Jacobian by
 * difference quotients, roots found on the way (Hindmarsh et al., ACM TOMS 31, 2005). It is for one problem.
 */
export class Cvode {
  readonly #library: CvodeLibrary = cvodeLibrary();
  readonly #context: Pointer;
  readonly #memory: Pointer;
  /** Where the integrator stands. */
  readonly #vector: Pointer;
  /** What `interpolate` fills. */
  readonly #between: Pointer;
  readonly #values: Float64Array;
  readonly #reached = new Float64Array(1);
  /** Addresses of the values of both vectors. */
  readonly states: Pointer;
  readonly interpolated: Pointer;
  /** What is to be undone in the end, last first. */
  readonly #frees: (() => void)[] = [];
  readonly #integrand: Integrand;
  #isLimited = false;
  #complaint = "";

  constructor({ integrand, tolerance, absoluteTolerances }: Problem) {
    const states = integrand.length;
    this.#integrand = integrand;
    const cvode = this.#library;
    const context = new BigUint64Array(1);
    this.#check(cvode.SUNContext_Create(null, context), "SUNContext_Create");
    this.#context = context[0] ?? 0n;
    this.#frees.push(() => cvode.SUNContext_Free(context));
    this.#vector = this.#newVector(states);
    this.#between = this.#newVector(states);
    this.states = this.#valuesOf(this.#vector);
    this.interpolated = this.#valuesOf(this.#between);
    this.#values = view(this.states, states);
    const tolerances = this.#newVector(states);
    view(this.#valuesOf(tolerances), states).set(absoluteTolerances);

    const memory = made(cvode.CVodeCreate(BDF, this.#context), "CVodeCreate");
    this.#memory = memory;
    this.#frees.push(() => cvode.CVodeFree(BigUint64Array.of(memory)));
    const complain = koffi.register((_code: number, _module: string, _function: string, message: string) => {
      this.#complaint = message;
    }, koffi.pointer(ERROR_HANDLER));
    this.#frees.push(() => koffi.unregister(complain));
    this.#check(cvode.CVodeSetErrHandlerFn(memory, complain, null), "CVodeSetErrHandlerFn");
    integrand.link({ cvode: memory, weights: this.#newVector(states), ...addresses() });
    this.#check(cvode.CVodeSetUserData(memory, integrand.data), "CVodeSetUserData");
    this.#check(cvode.CVodeInit(memory, integrand.derivatives, 0, this.#vector), "CVodeInit");
    this.#check(cvode.CVodeSVtolerances(memory, tolerance, tolerances), "CVodeSVtolerances");

    const matrix = made(cvode.SUNDenseMatrix(states, states, this.#context), "SUNDenseMatrix");
    this.#frees.push(() => cvode.SUNMatDestroy(matrix));
    const solver = made(cvode.SUNLinSol_Dense(this.#vector, matrix, this.#context), "SUNLinSol_Dense");
    this.#frees.push(() => cvode.SUNLinSolFree(solver));
    this.#check(cvode.CVodeSetLinearSolver(memory, solver, matrix), "CVodeSetLinearSolver");
    if (integrand.jacobian !== null) this.#check(cvode.CVodeSetJacFn(memory, integrand.jacobian), "CVodeSetJacFn");
    if (integrand.indicators === null) return;
    this.#findRoots(integrand.indicatorCount, integrand.indicators);
    this.#check(cvode.CVodeSetNoInactiveRootWarn(memory), "CVodeSetNoInactiveRootWarn");
  }

  /**
   * Begins anew at `time` with these states, as if there had been nothing before. It never steps beyond `stop`.
   * @param longest what the next step has at most, s
   */
  begin(time: number, states: Float64Array, stop: number, longest?: number): void {
    this.#values.set(states);
    this.#check(this.#library.CVodeReInit(this.#memory, time, this.#vector), "CVodeReInit");
    this.#findAllRoots();
    this.#check(this.#library.CVodeSetStopTime(this.#memory, stop), "CVodeSetStopTime");
    this.#limit(longest);
  }

  /**
   * CVODE does not look at functions that were 0 where it began, and goes on so when it begins anew: it is told of them as
   * if for the first time. The same ones alone would change nothing, so there are none in between.
   */
  #findAllRoots(): void {
    const { indicators, indicatorCount } = this.#integrand;
    if (indicators === null) return;
    this.#findRoots(0, null);
    this.#findRoots(indicatorCount, indicators);
  }

  #findRoots(count: number, indicators: Pointer | null): void {
    this.#check(this.#library.CVodeRootInit(this.#memory, count, indicators), "CVodeRootInit");
  }

  /**
   * One step of the integrator's own choice, towards `stop`; shorter if there is a root on the way. After one that was
   * refused it is to begin anew.
   */
  step(stop: number): Step {
    const code = this.#library.CVode(this.#memory, stop, this.#vector, this.#reached, ONE_STEP);
    const refusedAt = this.#integrand.takeRefused();
    if (code === ROOTS_FAILED && refusedAt !== undefined) {
      this.#complaint = "";
      return { time: refusedAt, end: "refused" };
    }
    this.#check(code, "CVode");
    this.#limit(undefined);
    const end = code === ROOT_RETURN ? "root" : code === TSTOP_RETURN ? "stop" : "step";
    return { time: this.#reached[0] ?? Number.NaN, end };
  }

  #limit(longest: number | undefined): void {
    if (longest === undefined && !this.#isLimited) return;
    this.#check(this.#library.CVodeSetMaxStep(this.#memory, longest ?? NO_LIMIT), "CVodeSetMaxStep");
    this.#isLimited = longest !== undefined;
  }

  /** The solution at a time within the last step, in `interpolated`. */
  interpolate(time: number): void {
    this.#check(this.#library.CVodeGetDky(this.#memory, time, 0, this.#between), "CVodeGetDky");
  }

  /** Frees what it holds. It is of no use afterwards. */
  close(): void {
    for (const free of this.#frees.toReversed()) free();
    this.#integrand.close();
  }

  #newVector(length: number): Pointer {
    const vector = made(this.#library.N_VNew_Serial(length, this.#context), "N_VNew_Serial");
    this.#frees.push(() => this.#library.N_VDestroy(vector));
    return vector;
  }

  #valuesOf(vector: Pointer): Pointer {
    return made(this.#library.N_VGetArrayPointer(vector), "N_VGetArrayPointer");
  }

  #check(code: number, call: string): void {
    const complaint = this.#complaint;
    this.#complaint = "";
    if (code >= 0) return;
    this.#integrand.check();
    throw new CvodeError(`${call} failed with flag ${code}${complaint === "" ? "" : `: ${complaint}`}`);
  }
}

function made(address: Pointer | null, call: string): Pointer {
  if (!address) throw new CvodeError(`${call} failed`);
  return address;
}

function view(address: Pointer, length: number): Float64Array {
  return new Float64Array(koffi.view(address, 8 * length));
}
