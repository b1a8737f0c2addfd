import type { Pointer } from "../fmi/c-library.ts";
import koffi from "../native.ts";
import { type CvodeLibrary, cvodeLibrary } from "./library.ts";

/** What is integrated: x' = f(t, x), as long as no g_i(t, x) changes its sign. Vectors are given by their addresses. */
export interface Problem {
  readonly states: number;
  readonly indicators: number;
  /** Relative; and absolute, for each state. */
  readonly tolerance: number;
  readonly absoluteTolerances: Float64Array;
  /** Returns false where they cannot be evaluated: CVODE tries a shorter step. What it throws ends the integration. */
  derivatives(time: number, states: Pointer, derivatives: Pointer): boolean;
  /** The same, but CVODE knows no way on: the step ends as `refused`. */
  eventIndicators(time: number, states: Pointer, indicators: Pointer): boolean;
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
/** What a function returns to CVODE: fine, try again with a shorter step, give up. */
const [FINE, RECOVERABLE, HOPELESS] = [0, 1, -1];

const FUNCTION = koffi.proto("cvodeFunction", "int", ["double", "void *", "void *", "void *"]);
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
  /** Roots that are looked for: how many, and the function; null if none are. */
  #roots: readonly [count: number, address: Pointer] | null = null;
  /** Where the event indicators could not be evaluated, s. */
  #refusedAt: number | undefined;
  #isLimited = false;
  #thrown: unknown;
  #complaint = "";

  constructor(problem: Problem) {
    const { states, indicators, tolerance, absoluteTolerances } = problem;
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
    const complain = this.#register(ERROR_HANDLER, (_code, _module, _function, message) => {
      this.#complaint = String(message);
    });
    this.#check(cvode.CVodeSetErrHandlerFn(memory, complain, null), "CVodeSetErrHandlerFn");
    const derivatives = this.#registerGuarded((time, x, result) =>
      problem.derivatives(time, this.#valuesOf(x), this.#valuesOf(result)),
    );
    this.#check(cvode.CVodeInit(memory, derivatives, 0, this.#vector), "CVodeInit");
    this.#check(cvode.CVodeSVtolerances(memory, tolerance, tolerances), "CVodeSVtolerances");

    const matrix = made(cvode.SUNDenseMatrix(states, states, this.#context), "SUNDenseMatrix");
    this.#frees.push(() => cvode.SUNMatDestroy(matrix));
    const solver = made(cvode.SUNLinSol_Dense(this.#vector, matrix, this.#context), "SUNLinSol_Dense");
    this.#frees.push(() => cvode.SUNLinSolFree(solver));
    this.#check(cvode.CVodeSetLinearSolver(memory, solver, matrix), "CVodeSetLinearSolver");
    if (indicators === 0) return;
    const roots = this.#registerGuarded((time, x, result) => {
      const isDone = problem.eventIndicators(time, this.#valuesOf(x), result);
      if (!isDone) this.#refusedAt = time;
      return isDone;
    });
    this.#roots = [indicators, roots];
    this.#check(cvode.CVodeRootInit(memory, indicators, roots), "CVodeRootInit");
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
    if (this.#roots === null) return;
    this.#check(this.#library.CVodeRootInit(this.#memory, 0, null), "CVodeRootInit");
    this.#check(this.#library.CVodeRootInit(this.#memory, ...this.#roots), "CVodeRootInit");
  }

  /**
   * One step of the integrator's own choice, towards `stop`; shorter if there is a root on the way. After one that was
   * refused it is to begin anew.
   */
  step(stop: number): Step {
    this.#refusedAt = undefined;
    const code = this.#library.CVode(this.#memory, stop, this.#vector, this.#reached, ONE_STEP);
    const refusedAt: number | undefined = this.#refusedAt;
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
  }

  #newVector(length: number): Pointer {
    const vector = made(this.#library.N_VNew_Serial(length, this.#context), "N_VNew_Serial");
    this.#frees.push(() => this.#library.N_VDestroy(vector));
    return vector;
  }

  #valuesOf(vector: Pointer): Pointer {
    return made(this.#library.N_VGetArrayPointer(vector), "N_VGetArrayPointer");
  }

  #register(type: ReturnType<typeof koffi.proto>, callback: (...args: never[]) => unknown): Pointer {
    const address = koffi.register(callback, koffi.pointer(type));
    this.#frees.push(() => koffi.unregister(address));
    return address;
  }

  /** No exception may pass through C: it is kept, and thrown when CVODE has given up. */
  #registerGuarded(evaluate: (time: number, states: Pointer, result: Pointer) => boolean): Pointer {
    return this.#register(FUNCTION, (time: number, states: Pointer, result: Pointer) => {
      try {
        return evaluate(time, states, result) ? FINE : RECOVERABLE;
      } catch (error) {
        this.#thrown ??= error;
        return HOPELESS;
      }
    });
  }

  #check(code: number, call: string): void {
    const [thrown, complaint] = [this.#thrown, this.#complaint];
    this.#thrown = undefined;
    this.#complaint = "";
    if (code >= 0) return;
    if (thrown !== undefined) throw thrown;
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
