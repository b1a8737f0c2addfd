import { UNCERTAIN_POINTS, type UncertaintyLevel } from "../scenario.ts";
import type { TestCase } from "../testcase.ts";
import { uncertainIrradiation, uncertainTemperature } from "./uncertainty.ts";

/** A forecast's error. The caller remembers `drawnAt` for as long as hour, horizon and scenario stay the same. */
export interface Uncertainty {
  readonly temperature: UncertaintyLevel | null;
  readonly solar: UncertaintyLevel | null;
  /** The scenario's seed; without one, an integer ≥ 0 that is the same in all processes. */
  readonly seedBase: number;
  /** The test's time (s) at which the error was drawn, in the hour of the forecast: the generator's seed is `seedBase + drawnAt`. */
  readonly drawnAt: number;
}

/** `time` (s), and the values of each point in its unit. */
export type Forecast = Readonly<Record<string, number[]>>;

/** The longest horizon (s) of a forecast under uncertainty. */
export const MAX_UNCERTAIN_HORIZON_SECONDS = 48 * 3600;

const HOUR = 3600;

/**
 * How many times a forecast has: 0, interval, … up to and including horizon. So that a horizon of 0.3 s has four
 * intervals of 0.1 s, a time that misses the horizon by rounding alone is in.
 */
export function forecastLength(horizon: number, interval: number): number {
  return Math.floor((horizon / interval) * (1 + 4 * Number.EPSILON)) + 1;
}

/**
 * Forecasts of boundary data at `now`, `now + interval`, … up to and including `now + horizon` (s), each cut to an integer.
 * At the end of a year after `now` it is what the year's table has in its last row, as BOPTEST's forecast is.
 * Throws on an unknown point. `horizon` must be ≥ 0 and `interval` > 0; `readForecastRequest` lets nothing else pass.
 */
export function forecast(
  testcase: TestCase,
  pointNames: readonly string[],
  now: number,
  horizon: number,
  interval: number,
  uncertainty: Uncertainty | null,
): Forecast {
  const times = Float64Array.from({ length: forecastLength(horizon, interval) }, (_, i) =>
    Math.trunc(now + i * interval),
  );
  const entries = pointNames.map((point): [string, number[]] => {
    const falsify = uncertainty === null ? undefined : falsifier(point, uncertainty);
    const values =
      falsify === undefined
        ? testcase.boundary.values(point, times, times[0])
        : interpolateHourly(testcase, point, hoursFrom(now, horizon), falsify, times);
    return [point, [...values]];
  });
  return Object.fromEntries([["time", [...times]] as [string, number[]], ...entries]);
}

/** What turns a point's data into its uncertain forecast; undefined if the point is certain. */
function falsifier(point: string, uncertainty: Uncertainty): ((data: Float64Array) => Float64Array) | undefined {
  const { temperature, solar, seedBase, drawnAt } = uncertainty;
  const seed = Math.trunc(seedBase + drawnAt);
  if (point === UNCERTAIN_POINTS.temperature_uncertainty && temperature !== null) {
    return (data) => uncertainTemperature(data, temperature, seed);
  }
  if (point === UNCERTAIN_POINTS.solar_uncertainty && solar !== null) {
    return (data) => uncertainIrradiation(data, solar, seed);
  }
  return undefined;
}

/** Full hours from the one under way to the first that is not before `h0 + horizon + 3600`: enough for every time asked for. */
function hoursFrom(now: number, horizon: number): Float64Array {
  const first = Math.floor(now / HOUR) * HOUR;
  return Float64Array.from({ length: Math.ceil(horizon / HOUR) + 2 }, (_, i) => first + i * HOUR);
}

function interpolateHourly(
  testcase: TestCase,
  point: string,
  hours: Float64Array,
  falsify: (data: Float64Array) => Float64Array,
  times: Float64Array,
): Float64Array {
  const first = hours[0] ?? 0;
  const hourly = falsify(testcase.boundary.values(point, hours, first));
  return times.map((time) => {
    const hour = (time - first) / HOUR;
    const index = Math.min(Math.floor(hour), hourly.length - 2);
    const before = hourly[index] as number;
    const after = hourly[index + 1] as number;
    // A value that is missing (NaN) at the next hour must not reach this one.
    if (hour === index) return before;
    return before + (after - before) * (hour - index);
  });
}
