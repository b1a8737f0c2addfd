import { ModelElsewhere, ModelFailed, ModelUnavailable } from "../../emulator-client/failure.ts";
import { SAMPLE_SECONDS } from "../../simulation/grid.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { Suspended, Unavailable } from "../outcome.ts";

/** Most sampling intervals simulated before lease and time are checked again: a day of 30 s each. */
export const SLICE_INTERVALS = 2880;
/** Aim for a slice of unknown speed, ms: few calls, and no slice runs past the end of the invocation. */
const WANTED_MS = 2_000;
/** Intervals of the first such slice: an hour. */
const FIRST_INTERVALS = 120;
/** The most by which a slice is longer than the one before, and by which it is shorter after a timeout. */
const MAX_GROWTH = 8;

/** The emulator could not simulate the slice, and would fail again. */
export class SimulationFailed extends Error {
  override readonly name = "SimulationFailed";
  /** The last lines that the model logged. */
  readonly log: readonly string[];
  /** The model has ended the simulation by itself: that is no fault of it, and nothing comes after it. */
  readonly isEnd: boolean;

  constructor(message: string, cause: unknown) {
    super(cause instanceof ModelFailed ? `${message}: ${cause.message}` : message, { cause });
    this.log = cause instanceof ModelFailed ? cause.log : [];
    this.isEnd = cause instanceof ModelFailed && cause.failure === "ended";
  }
}

/** A simulation that is computed in slices: a step, a warm-up, a list of steps, a rollout. */
export interface Sliced<Slice> {
  isDone(): boolean;
  /** Most intervals that the next slice can have; undefined if it begins with an initialization, which is enough for one. */
  intervalsLeft(): number | undefined;
  /** Where the simulation is, for the message of a failure: ` in step 2`. */
  where?(): string;
  /** Simulates at most so many intervals. If it rejects, it is called again. */
  simulate(maxIntervals: number): Promise<Slice>;
  /** Takes over the slice. */
  accept(slice: Slice): Promise<void>;
  /** Saves the position as fields of the progress. `isUnavailable`: the emulator could not be called for the last slice. */
  save(isUnavailable: boolean): Promise<TestFields>;
}

/**
 * Simulates slice by slice, to the end or until the work must be suspended: the invocation's time is up, or the emulator
 * is unavailable.
 *
 * @param context.pace is asked after each slice
 * @param context.progress what an earlier invocation saved of the same work
 * @throws SimulationFailed; ModelElsewhere; LeaseLost
 */
export async function simulateInSlices<Slice>(
  context: {
    readonly testcase: TestCase;
    readonly pace: { breathe(): Promise<boolean> };
    readonly progress: TestFields | undefined;
  },
  work: Sliced<Slice>,
): Promise<Suspended | undefined> {
  const slices = new Slices(context.testcase, context.progress?.slice);
  while (!work.isDone()) {
    const slice = await slices.take(work.intervalsLeft(), (most) => work.simulate(most), work.where?.());
    if (slice !== undefined) await work.accept(slice);
    const timeIsUp = await context.pace.breathe();
    const { unavailable } = slices;
    if ((timeIsUp || unavailable !== undefined) && !work.isDone()) {
      const saved = await work.save(unavailable !== undefined);
      return { kind: "suspend", progress: { ...saved, slice: slices.save() }, unavailable };
    }
  }
  return undefined;
}

/**
 * Decides the length of slices. If the emulator's declared cost is low, all are of the same length; otherwise the
 * measured time decides. The lengths do not change a bit of the result.
 */
export class Slices {
  readonly #testcase: TestCase;
  readonly #isMeasured: boolean;
  #intervals: number;
  #hasAnswered = false;
  #unavailable: Unavailable | undefined;

  /** @param saved the result of {@link save} in an earlier invocation for the same work */
  constructor(testcase: TestCase, saved?: string) {
    this.#testcase = testcase;
    this.#isMeasured = testcase.emulator.cost * SAMPLE_SECONDS * SLICE_INTERVALS > WANTED_MS;
    this.#intervals = Number(saved ?? (this.#isMeasured ? FIRST_INTERVALS : SLICE_INTERVALS));
  }

  /**
   * Simulates a slice; for the parameters see {@link Sliced}.
   *
   * @returns undefined if nothing was simulated: the model timed out, and the next slice is shorter; or the emulator is
   * unavailable, see `unavailable`
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
      this.#intervals = Math.ceil(intervals / MAX_GROWTH);
      return undefined;
    }
  }

  /** Set once the emulator is unavailable. */
  get unavailable(): Unavailable | undefined {
    return this.#unavailable;
  }

  /** The slice length for the process that continues. */
  save(): string {
    return String(this.#intervals);
  }

  #adapt(intervals: number, tookMs: number): void {
    const wanted = Math.floor((intervals * WANTED_MS) / Math.max(1, tookMs));
    if (tookMs > WANTED_MS) this.#intervals = Math.max(1, wanted);
    // A slice that was short only because few intervals were left says nothing about longer slices.
    else if (intervals === this.#intervals) this.#intervals = Math.min(SLICE_INTERVALS, MAX_GROWTH * intervals, wanted);
  }
}
