import type { Samples } from "./samples.ts";

/** The held value of every input of a test case: each `…_u` and each `…_activate` (0 or 1). */
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

/** What comes out of simulating: the emulator's state (opaque bytes, all of it) and the samples on the way. */
export interface Simulated {
  readonly state: Uint8Array;
  readonly samples: Samples;
}

/**
 * A building emulator: a pure function from state and inputs to state and samples.
 * Equal arguments give equal bytes, in every process; nothing is kept between calls.
 */
export interface Emulator {
  /** What simulating takes, ms of computing per s of simulated time, on the slow side: decides who does it, not what. */
  readonly cost: number;

  /** The initial condition at `time` (s), no input active: the state, and the one sample at that instant. */
  initialize(time: number): Promise<Simulated>;

  /**
   * Simulates the grid's intervals `from` (inclusive) to `to` (exclusive) with `inputs` held constant.
   * The samples are those at the *ends* of these intervals: `to - from` of them.
   * Cutting a grid into several calls changes no bit of the outcome.
   */
  advance(state: Uint8Array, inputs: InputValues, grid: Grid, from: number, to: number): Promise<Simulated>;
}
