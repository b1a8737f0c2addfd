import type { Samples } from "./samples.ts";

/** The values of all inputs of a test case: each value, and each `…_activate` (0 or 1). */
export type InputValues = Readonly<Record<string, number>>;

/**
 * A step's sampling grid: `intervals` equal intervals from `start` over `length` seconds.
 * Grid point i lies at `start + i * length / intervals`; time is never accumulated.
 */
export interface Grid {
  readonly start: number;
  readonly length: number;
  readonly intervals: number;
}

/** A whole step: all intervals of a grid of some length, under constant inputs. */
export interface PlannedStep {
  readonly grid: Grid;
  readonly inputs: InputValues;
}

/** The result of simulating: the emulator's whole state (opaque bytes), and the samples. */
export interface Simulated {
  readonly state: Uint8Array;
  readonly samples: Samples;
}

/**
 * A building emulator: a pure function from state and inputs to state and samples.
 * Equal arguments give equal bytes in every process; no call depends on earlier ones.
 */
export interface Emulator {
  /** Computing time, ms per s of simulated time, an estimate on the slow side. It decides which function simulates. */
  readonly cost: number;

  /** The initial condition at `time` (s) without active inputs: the state, and one sample at that time. */
  initialize(time: number): Promise<Simulated>;

  /**
   * Simulates the grid's intervals `from` (inclusive) to `to` (exclusive) with `inputs` held constant.
   * The samples are those at the *ends* of these intervals: `to - from` of them.
   * Splitting a grid into several calls does not change a bit of the result.
   */
  advance(state: Uint8Array, inputs: InputValues, grid: Grid, from: number, to: number): Promise<Simulated>;

  /**
   * Simulates candidates, lists of consecutive steps that all begin at the same state. It tells samples alone, by the same bits as
   * `advance` step by step. Only emulators have it for which that is cheaper.
   *
   * @returns of the first candidates, one at least: the samples, unpacked when they are asked for, which may throw as `advance` rejects;
   * undefined for one that has failed or could not be tried so, which says nothing yet: `advance` has the last word
   */
  tryCandidates?(
    state: Uint8Array,
    candidates: readonly (readonly PlannedStep[])[],
  ): Promise<readonly ((() => Samples) | undefined)[]>;
}
