import type { InputValues } from "./emulator.ts";
import { account, type KpiAccount, type Kpis, openAccount, type PriceScenario, readKpis } from "./kpis/kpis.ts";
import type { Snapshot } from "./run.ts";
import { concatSamples, decodeSamples, encodeSamples, type Samples, sampleCount } from "./samples.ts";
import { beginSequence, continueSequence, intervalsLeft, isSequenceDone, type Sequence } from "./sequence.ts";
import type { TestCase } from "./testcase.ts";

/** Where a trial begins: a test's snapshot, and the current values of all points and `time`. */
export interface Beginning {
  readonly snapshot: Snapshot;
  readonly points: Readonly<Record<string, number>>;
}

/** The inputs to try, and the results to return. */
export interface TrialPlan {
  /** The inputs of each step. */
  readonly inputs: readonly InputValues[];
  readonly stepSeconds: number;
  /** Points to return, besides `time`. */
  readonly points: readonly string[];
  /** Whether to return all samples, or only the values after each step. */
  readonly samples: boolean;
}

/** A trial between two slices: a plain value that survives JSON to the last bit. */
export interface TrialState {
  readonly sequence: Sequence;
  /** The KPIs of the trial only, as if a test had started where the trial begins. */
  readonly alone: KpiAccount;
  readonly values: readonly Readonly<Record<string, number>>[];
  /** All samples so far, encoded, in base64; '' if none are requested or there is none yet. */
  readonly samples: string;
}

/** The result of a trial. */
export interface TrialOutcome {
  /** `time` and the points' values after each step: fewer than planned if the scenario has ended. */
  readonly values: readonly Readonly<Record<string, number>>[];
  /** Of the trial only; and since the test's start, as if the test had taken these steps. */
  readonly kpis: { readonly rollout: Kpis; readonly total: Kpis };
  /** All samples after the beginning, `time` first; undefined if not requested. */
  readonly samples: Samples | undefined;
}

/** Rows of samples added to the KPIs at a time. A smaller number costs more time, a larger one more memory. */
const FOLD_ROWS = 2880;

/** Tries one sequence of inputs from a test's current state. The test itself does not change. */
export class Trial {
  readonly #testcase: TestCase;
  readonly #plan: TrialPlan;
  readonly #values: Readonly<Record<string, number>>[];
  readonly #kept: Samples[];
  #sequence: Sequence;
  #alone: KpiAccount;
  #unfolded: Samples[] = [];
  #unfoldedRows = 0;

  private constructor(testcase: TestCase, plan: TrialPlan, state: TrialState) {
    this.#testcase = testcase;
    this.#plan = plan;
    this.#values = [...state.values];
    this.#kept = state.samples === "" ? [] : [decodeSamples(Buffer.from(state.samples, "base64"))];
    this.#sequence = state.sequence;
    this.#alone = state.alone;
  }

  static begin(testcase: TestCase, plan: TrialPlan, { snapshot, points }: Beginning): Trial {
    const alone = openAccount(testcase, oneSample(points));
    return new Trial(testcase, plan, { sequence: beginSequence(snapshot), alone, values: [], samples: "" });
  }

  /** Continues a trial of another process. */
  static resume(testcase: TestCase, plan: TrialPlan, state: TrialState): Trial {
    return new Trial(testcase, plan, state);
  }

  get isDone(): boolean {
    return isSequenceDone(this.#sequence, this.#plan.inputs.length);
  }

  /** Whether anything was simulated. */
  get hasBegun(): boolean {
    return this.#sequence.taken > 0 || this.#sequence.run !== null;
  }

  /** The most sampling intervals that are left in the current step, or in the next one between steps. */
  get intervalsLeft(): number {
    return intervalsLeft(this.#sequence, this.#plan.stepSeconds);
  }

  /** Simulates at most `maxIntervals` more sampling intervals. Rejects with the emulator's error. */
  async continue(maxIntervals: number): Promise<void> {
    const { inputs, stepSeconds, points, samples: areWanted } = this.#plan;
    const slice = await continueSequence(this.#testcase, this.#sequence, inputs, stepSeconds, maxIntervals);
    this.#sequence = slice.sequence;
    this.#unfolded.push(slice.samples);
    this.#unfoldedRows += sampleCount(slice.samples);
    if (this.#unfoldedRows >= FOLD_ROWS) this.#fold();
    if (areWanted) this.#kept.push(only(slice.samples, points));
    if (slice.ended !== undefined) this.#values.push(pick(slice.ended, points));
  }

  /** All that another process needs to continue. */
  state(): TrialState {
    this.#fold();
    const samples = concatSamples(this.#kept);
    return {
      sequence: this.#sequence,
      alone: this.#alone,
      values: this.#values,
      samples: samples.names.length === 0 ? "" : Buffer.from(encodeSamples(samples)).toString("base64"),
    };
  }

  outcome(electricityPrice: PriceScenario): TrialOutcome {
    this.#fold();
    return {
      values: this.#values,
      kpis: {
        rollout: readKpis(this.#testcase, this.#alone, electricityPrice),
        total: readKpis(this.#testcase, this.#sequence.snapshot.kpis, electricityPrice),
      },
      samples: this.#plan.samples ? concatSamples(this.#kept) : undefined,
    };
  }

  #fold(): void {
    if (this.#unfolded.length === 0) return;
    this.#alone = account(this.#testcase, this.#alone, concatSamples(this.#unfolded));
    this.#unfolded = [];
    this.#unfoldedRows = 0;
  }
}

/** Current values as a single sample, `time` first. */
function oneSample(points: Readonly<Record<string, number>>): Samples {
  const names = ["time", ...Object.keys(points).filter((name) => name !== "time")];
  return { names, columns: names.map((name) => Float64Array.of(points[name] ?? Number.NaN)) };
}

/** `time` and the requested points, in the emulator's order. */
function pick(values: Readonly<Record<string, number>>, points: readonly string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name === "time" || points.includes(name)));
}

function only(samples: Samples, points: readonly string[]): Samples {
  const indexes = samples.names.flatMap((name, i) => (name === "time" || points.includes(name) ? [i] : []));
  return {
    names: indexes.map((i) => samples.names[i] ?? ""),
    columns: indexes.map((i) => samples.columns[i] ?? new Float64Array(0)),
  };
}
