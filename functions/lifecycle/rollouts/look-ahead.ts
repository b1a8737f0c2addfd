import { setImmediate as turn } from "node:timers/promises";
import { ModelFailed } from "../../emulator-client/failure.ts";
import type { Emulator, PlannedStep } from "../../simulation/emulator.ts";
import type { Snapshot } from "../../simulation/run.ts";
import type { Samples } from "../../simulation/samples.ts";
import { plannedSteps } from "../../simulation/sequence.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { type Beginning, Trial } from "../../simulation/trial.ts";
import { type RolloutPlan, trialPlan } from "./request.ts";

/** A rollout, as far as it matters here. */
interface Ahead {
  readonly testcase: TestCase;
  readonly beginning: Beginning;
  readonly plan: RolloutPlan;
}

/** Samples of a candidate, unpacked when they are asked for. */
type Tried = () => Samples;

/**
 * Candidates that the emulator has computed together. Each becomes a trial as any other, by an emulator that only tells what was
 * computed. A candidate that failed among others is left to the test case's own emulator: its failure is told as that tells it.
 */
export class LookAhead {
  readonly #of: Ahead;
  /** What there is of each candidate that was tried; undefined for one that is left to the test case's own emulator. */
  readonly #tried = new Map<number, Tried | undefined>();
  #isOff: boolean;

  /**
   * @param begun the candidate of which a part is simulated; -1 for none
   * @param isOff what `isOff` said in an earlier invocation
   */
  constructor(of: Ahead, begun: number, isOff: boolean) {
    this.#of = of;
    this.#tried.set(begun, undefined);
    // A step of no time leaves the model where it was: only `advance` does that.
    this.#isOff = isOff || of.testcase.emulator.tryCandidates === undefined || of.plan.stepSeconds === 0;
  }

  /** Nothing came of an attempt, or nothing can: each candidate is left to the test case's own emulator. */
  get isOff(): boolean {
    return this.#isOff;
  }

  /** Whether `compute` is to be called for this candidate. */
  isUnknown(candidate: number): boolean {
    return !this.#isOff && !this.#tried.has(candidate);
  }

  /**
   * Has this candidate computed, and some of those after it.
   *
   * @param snapshot the rollout's beginning, with its state
   * @throws ModelUnavailable
   */
  async compute(candidate: number, snapshot: Snapshot): Promise<void> {
    const { testcase, plan } = this.#of;
    const planned = plan.candidates.slice(candidate).map((inputs) => this.#stepsOf(inputs));
    const state = new Uint8Array(Buffer.from(snapshot.emulator, "base64"));
    const tried = (await testcase.emulator.tryCandidates?.(state, planned)) ?? [];
    if (tried.every((each) => each === undefined)) this.#isOff = true;
    for (const [i, each] of tried.entries()) this.#tried.set(candidate + i, each);
  }

  /** The trial of a candidate, at its end; undefined if it is not known. */
  async trialOf(candidate: number): Promise<Trial | undefined> {
    const { testcase, beginning, plan } = this.#of;
    const [tried, inputs] = [this.#tried.get(candidate), plan.candidates[candidate]];
    if (tried === undefined || inputs === undefined) return undefined;
    this.#tried.set(candidate, undefined);
    // Many of them follow one another without waiting for anything: the lease is renewed meanwhile.
    await turn();
    const emulator = emulatorOf(this.#stepsOf(inputs), tried, testcase.emulator);
    const snapshot = { ...beginning.snapshot, emulator: "" };
    const trial = Trial.begin({ ...testcase, emulator }, trialPlan(plan, inputs), { ...beginning, snapshot });
    try {
      while (!trial.isDone) await trial.continue(trial.intervalsLeft);
      return trial;
    } catch (error) {
      if (error instanceof ModelFailed) return undefined;
      throw error;
    }
  }

  #stepsOf(inputs: RolloutPlan["candidates"][number]): PlannedStep[] {
    const { testcase, beginning, plan } = this.#of;
    return plannedSteps(testcase, beginning.snapshot, inputs, plan.stepSeconds);
  }
}

/** An emulator that tells what was computed of these steps. Its states are empty: only the next of them goes on from one. */
function emulatorOf(steps: readonly PlannedStep[], tried: Tried, { cost }: Emulator): Emulator {
  let unpacked: Samples | undefined;
  return {
    cost,
    initialize: () => Promise.reject(new Error("a candidate is initialized already")),
    async advance(_state, _inputs, grid, from, to) {
      unpacked ??= tried();
      const { names, columns } = unpacked;
      let row = 0;
      for (const step of steps) {
        if (step.grid.start === grid.start) {
          const part = columns.map((values) => values.slice(row + from, row + to));
          return { state: new Uint8Array(0), samples: { names, columns: part } };
        }
        row += step.grid.intervals;
      }
      throw new Error("this step was not computed");
    },
  };
}
