/** Length of the data's year (s): it repeats from there on. */
export const YEAR_SECONDS = 31_536_000;

/** What a client may know of a forecast point. */
export interface BoundaryPoint {
  readonly Unit: string;
  readonly Description: string;
}

/**
 * What acts on a building from outside: weather, prices, emission factors, set-points, occupancy, internal gains.
 * Given for one year, which repeats.
 */
export interface BoundaryData {
  /** All points, in the order in which they are listed. */
  readonly points: Readonly<Record<string, BoundaryPoint>>;
  /**
   * Values of one point at `times` (s ≥ 0, the test's clock), in the point's unit; NaN where the data are missing. The end
   * of a year is the beginning of the next; with `since` (s), an end of a year after it is still that year's: its table's
   * last row. Throws on an unknown point.
   */
  values(point: string, times: ArrayLike<number>, since?: number): Float64Array;
}

/** A signal over one year: its value at `time`, 0 ≤ time ≤ 31 536 000 s, the year's end included. */
export interface Signal {
  (time: number): number;
  /** The value, if it is the same all year. */
  readonly always?: number;
}

/** A point and the signal that it carries. */
export interface BoundarySeries extends BoundaryPoint {
  readonly point: string;
  readonly signal: Signal;
}

/** Boundary data out of its series. Costs nothing until values are asked for. */
export function boundaryData(series: readonly BoundarySeries[]): BoundaryData {
  const signals = new Map(series.map(({ point, signal }) => [point, signal]));
  return {
    points: Object.fromEntries(
      series.map(({ point, Unit, Description }): [string, BoundaryPoint] => [point, { Unit, Description }]),
    ),
    values(point, times, since = Number.POSITIVE_INFINITY) {
      const signal = signals.get(point);
      if (signal === undefined) throw new Error(`no boundary data for ${JSON.stringify(point)}`);
      const values = new Float64Array(times.length);
      if (signal.always !== undefined) return values.fill(signal.always);
      for (let i = 0; i < values.length; i++) values[i] = signal(timeOfYear(times[i] ?? Number.NaN, since));
      return values;
    },
  };
}

/** The same value all year. */
export function constant(value: number): Signal {
  return Object.assign(() => value, { always: value });
}

/**
 * A table on a regular grid of `stepSeconds`, repeated over the year, each value held until the next:
 * prices, set-points, emission factors, occupancy, gains.
 */
export function held(stepSeconds: number, table: readonly number[]): Signal {
  return (time) => table[Math.floor(time / stepSeconds) % table.length] ?? Number.NaN;
}

/** A table on a regular grid of `stepSeconds`, repeated over the year, interpolated linearly between values: weather. */
export function interpolated(stepSeconds: number, table: readonly number[]): Signal {
  return (time) => {
    const index = Math.floor(time / stepSeconds);
    const before = table[index % table.length] ?? Number.NaN;
    const after = table[(index + 1) % table.length] ?? Number.NaN;
    return before + (after - before) * (time / stepSeconds - index);
  };
}

function timeOfYear(time: number, since: number): number {
  if (time < YEAR_SECONDS) return time;
  const rest = time % YEAR_SECONDS;
  return rest === 0 && time > since ? YEAR_SECONDS : rest;
}
