import { ModelElsewhere, ModelFailed, ModelUnavailable } from "../../emulator-client/failure.ts";
import { SAMPLE_SECONDS } from "../../simulation/grid.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Unavailable } from "../outcome.ts";

/** Sampling intervals that are simulated at most before the lease and the time are looked at: a day of 30 s each. */
export const SLICE_INTERVALS = 2880;
/** What a slice is to take where that is not known beforehand, ms: calls are few, and the invocation's end is met. */
const WANTED_MS = 2_000;
/** Intervals of the first such slice: an hour. */
const FIRST_INTERVALS = 120;
/** How much longer than the one before a slice is at most, and how much shorter it is after one that was too long. */
const MOST_GROWTH = 8;

/** The emulator could not simulate what it was asked for, and would not the next time. */
export class SimulationFailed extends Error {
  override readonly name = "SimulationFailed";
  /** What the model logged last. */
  readonly log: readonly string[];

  constructor(message: string, cause: unknown) {
    super(cause instanceof ModelFailed ? `${message}: ${cause.message}` : message, { cause });
    this.log = cause instanceof ModelFailed ? cause.log : [];
  }
}

/**
 * How much is simulated at a time. What an emulator's declared cost tells to be short is always cut alike; of others
 * the measured time decides. How a run is cut changes no bit of what it comes to.
 */
export class Slices {
  readonly #testcase: TestCase;
  readonly #isMeasured: boolean;
  #intervals: number;
  #hasAnswered = false;
  #unavailable: Unavailable | undefined;

  /** @param saved what an earlier invocation knew of the same run, see {@link save} */
  constructor(testcase: TestCase, saved?: string) {
    this.#testcase = testcase;
    this.#isMeasured = testcase.emulator.cost * SAMPLE_SECONDS * SLICE_INTERVALS > WANTED_MS;
    this.#intervals = Number(saved ?? (this.#isMeasured ? FIRST_INTERVALS : SLICE_INTERVALS));
  }

  /**
   * Simulates a slice.
   *
   * @param left intervals that there are still to simulate; undefined where it begins with an initialization, which is
   * enough for one slice
   * @param where for the message of a failure: ` in step 2`
   * @returns undefined if nothing has happened: it took longer than a model may, and the next slice is shorter; or the
   * emulator could not be asked, see `unavailable`
   * @throws SimulationFailed; ModelElsewhere
   */
  async take<T>(
    left: number | undefined,
    simulate: (maxIntervals: number) => Promise<T>,
    where = "",
  ): Promise<T | undefined> {
    const intervals = Math.min(this.#intervals, left ?? (this.#isMeasured ? 1 : SLICE_INTERVALS));
    const startedAt = performance.now();
    try {
      const slice = await simulate(intervals);
      this.#hasAnswered = true;
      if (this.#isMeasured && left !== undefined) this.#adapt(intervals, performance.now() - startedAt);
      return slice;
    } catch (error) {
      if (error instanceof ModelElsewhere) throw error;
      if (error instanceof ModelUnavailable) {
        this.#unavailable = { error, hasAnswered: this.#hasAnswered };
        return undefined;
      }
      this.#hasAnswered = true;
      const isTooLong = error instanceof ModelFailed && error.failure === "timeout";
      if (!isTooLong || intervals <= 1) {
        throw new SimulationFailed(`The simulation of ${this.#testcase.id} failed${where}`, error);
      }
      this.#intervals = Math.ceil(intervals / MOST_GROWTH);
      return undefined;
    }
  }

  /** Set when the emulator could not be asked: whoever computes leaves off then, as when the time is up. */
  get unavailable(): Unavailable | undefined {
    return this.#unavailable;
  }

  /** What another process is to know that goes on with the run. */
  save(): string {
    return String(this.#intervals);
  }

  #adapt(intervals: number, tookMs: number): void {
    const wanted = Math.floor((intervals * WANTED_MS) / Math.max(1, tookMs));
    if (tookMs > WANTED_MS) this.#intervals = Math.max(1, wanted);
    // One that had fewer because no more were left tells nothing of longer ones.
    else if (intervals === this.#intervals)
      this.#intervals = Math.min(SLICE_INTERVALS, MOST_GROWTH * intervals, wanted);
  }
}
