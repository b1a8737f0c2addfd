import type { InputValues } from "../../functions/simulation/emulator.ts";
import { readInputs } from "../../functions/simulation/inputs.ts";
import { readKpis } from "../../functions/simulation/kpis/kpis.ts";
import {
  beginAdvance,
  beginInitialize,
  continueRun,
  finish,
  isAtEnd,
  isDone,
  type Run,
  type Snapshot,
} from "../../functions/simulation/run.ts";
import { concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import {
  changeScenario,
  FRESH_SCENARIO,
  readScenario,
  type Scenario,
  timePeriod,
} from "../../functions/simulation/scenario.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";

/** What a command comes to: an answer's status and payload. */
export interface Effect {
  readonly status: number;
  readonly payload: unknown;
}

/**
 * A test as it must come out: the same commands carried out one after the other in this process, with no stream, no
 * worker and no cloud.
 */
export class Oracle {
  readonly #testcase: TestCase;
  #snapshot: Snapshot | undefined;
  #samples: Samples[] = [];
  step: number;
  scenario: Scenario = FRESH_SCENARIO;
  points: Readonly<Record<string, number>> = {};

  /** @param of a built-in test case by its id, or any other as it is */
  constructor(of: string | TestCase) {
    const testcase = typeof of === "string" ? findTestCase(of) : of;
    if (testcase === undefined) throw new Error(`no test case ${of}`);
    this.#testcase = testcase;
    this.step = testcase.defaults.step;
  }

  /** A test as it is once it was selected. */
  static async select(of: string | TestCase): Promise<Oracle> {
    const oracle = new Oracle(of);
    await oracle.initialize(oracle.#testcase.defaults.startTime, oracle.#testcase.defaults.warmupPeriod);
    return oracle;
  }

  /** Another that stands where this one does, and goes its own way from here. */
  copy(): Oracle {
    const other = new Oracle(this.#testcase);
    other.#snapshot = this.#snapshot;
    other.#samples = [...this.#samples];
    other.step = this.step;
    other.scenario = this.scenario;
    other.points = this.points;
    return other;
  }

  async initialize(startTime: number, warmupPeriod: number, endTime: number | null = null): Promise<void> {
    this.#samples = [];
    await this.#run(beginInitialize(this.#testcase, { startTime, warmupPeriod, endTime }));
  }

  /** A command as it stands in a test's stream, with a body whose numbers are numbers. */
  async carryOut(method: string, body: Readonly<Record<string, unknown>>): Promise<Effect> {
    switch (method) {
      case "advance": {
        const read = readInputs(this.#testcase, this.#held().inputs, body);
        if (!read.ok) return { status: 400, payload: null };
        if (isAtEnd(this.#held())) return { status: 200, payload: {} };
        return { status: 200, payload: await this.advance(body) };
      }
      case "initialize":
        await this.initialize(
          Number(body.startTime ?? body.start_time),
          Number(body.warmupPeriod ?? body.warmup_period),
        );
        return { status: 200, payload: this.points };
      case "set_step":
        this.step = Number(body.step);
        return { status: 200, payload: { step: this.step } };
      case "set_inputs": {
        const read = readInputs(this.#testcase, this.#held().inputs, body);
        if (!read.ok) return { status: 400, payload: null };
        this.#snapshot = { ...this.#held(), inputs: read.inputs };
        return { status: 200, payload: read.inputs };
      }
      case "set_scenario":
        return await this.#setScenario(body);
      default:
        return { status: 400, payload: null };
    }
  }

  async advance(body: Record<string, unknown> = {}): Promise<Readonly<Record<string, number>>> {
    const read = readInputs(this.#testcase, this.#held().inputs, body);
    if (!read.ok) throw new Error(read.message);
    const inputs: InputValues = read.inputs;
    await this.#run(beginAdvance(this.#testcase, this.#held(), inputs, this.step));
    return this.points;
  }

  /** The scenario's end, s; null for none. */
  get endTime(): number | null {
    return this.#held().endTime;
  }

  /** All but `time_rat`, which the wall clock makes. */
  kpis(): object {
    return readKpis(this.#testcase, this.#held().kpis, this.scenario.electricity_price);
  }

  /** Every sample of a point, or of `time`. */
  samples(point: string): number[] {
    const all = concatSamples(this.#samples);
    return [...(all.columns[all.names.indexOf(point)] ?? [])];
  }

  async #setScenario(body: Readonly<Record<string, unknown>>): Promise<Effect> {
    const read = readScenario(this.#testcase, body);
    if (!read.ok) return { status: 400, payload: null };
    const { change } = read;
    this.scenario = changeScenario(this.scenario, change);
    if (change.time_period === null) return { status: 200, payload: change };
    const { startTime, warmupPeriod, endTime } = timePeriod(this.#testcase, change.time_period);
    await this.initialize(startTime, warmupPeriod, endTime);
    return { status: 200, payload: { ...change, time_period: this.points } };
  }

  #held(): Snapshot {
    if (this.#snapshot === undefined) throw new Error("not initialized");
    return this.#snapshot;
  }

  async #run(begun: Run): Promise<void> {
    let run = begun;
    while (!isDone(run)) {
      const slice = await continueRun(this.#testcase, run, 1_000_000_000);
      run = slice.run;
      this.points = slice.points;
      this.#samples.push(slice.samples);
    }
    this.#snapshot = finish(this.#testcase, run);
  }
}
