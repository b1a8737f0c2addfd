import type { InputValues } from "../../functions/simulation/emulator.ts";
import { readInputs } from "../../functions/simulation/inputs.ts";
import { readKpis } from "../../functions/simulation/kpis.ts";
import {
  beginAdvance,
  beginInitialize,
  continueRun,
  finish,
  isDone,
  type Run,
  type Snapshot,
} from "../../functions/simulation/run.ts";
import { concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";

/**
 * A test as it must come out: the same commands carried out one after the other in this process, with no stream, no
 * worker and no cloud.
 */
export class Oracle {
  readonly #testcase: TestCase;
  #snapshot: Snapshot | undefined;
  #samples: Samples[] = [];
  step: number;
  points: Readonly<Record<string, number>> = {};

  constructor(testcaseid: string) {
    const testcase = findTestCase(testcaseid);
    if (testcase === undefined) throw new Error(`no test case ${testcaseid}`);
    this.#testcase = testcase;
    this.step = testcase.defaults.step;
  }

  /** A test as it is once it was selected. */
  static async select(testcaseid: string): Promise<Oracle> {
    const oracle = new Oracle(testcaseid);
    await oracle.initialize(oracle.#testcase.defaults.startTime, oracle.#testcase.defaults.warmupPeriod);
    return oracle;
  }

  async initialize(startTime: number, warmupPeriod: number): Promise<void> {
    this.#samples = [];
    await this.#run(beginInitialize(this.#testcase, { startTime, warmupPeriod, endTime: null }));
  }

  async advance(body: Record<string, unknown> = {}): Promise<Readonly<Record<string, number>>> {
    const read = readInputs(this.#testcase, this.#held().inputs, body);
    if (!read.ok) throw new Error(read.message);
    const inputs: InputValues = read.inputs;
    await this.#run(beginAdvance(this.#testcase, this.#held(), inputs, this.step));
    return this.points;
  }

  /** All but `time_rat`, which the wall clock makes. */
  kpis(): object {
    return readKpis(this.#testcase, this.#held().kpis, "constant");
  }

  /** Every sample of a point, or of `time`. */
  samples(point: string): number[] {
    const all = concatSamples(this.#samples);
    return [...(all.columns[all.names.indexOf(point)] ?? [])];
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
