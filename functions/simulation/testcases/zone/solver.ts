/** What a zone's heater gets from outside: `heat` (W), where it is activated. */
export interface Order {
  readonly isActivated: boolean;
  readonly heat: number;
}

/** Temperature (K) and heat (W) of a zone at some times. */
export interface Course {
  readonly temperature: Float64Array;
  readonly heat: Float64Array;
}

/** What the zones' equations come to: a course for each zone, and all of the state at its end, as numbers. */
export interface Solution {
  readonly courses: readonly Course[];
  readonly state: readonly number[];
}

/** Solves the equations of a building's zones. Equal arguments give equal bits, and nothing is kept between two calls. */
export interface ZoneSolver {
  /** The initial condition at `time` (s), without orders: courses of one row. */
  initialize(time: number): Solution;
  /**
   * From the first of `times` (s), where `state` is, to all others. Throws if that is no state of it.
   * @param orders for each zone, held all the time
   */
  solve(state: readonly number[], orders: readonly Order[], times: Float64Array): Solution;
}
