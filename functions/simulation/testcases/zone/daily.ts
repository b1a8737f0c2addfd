import { CO2_AMPLITUDE, CO2_MEAN, OUTDOOR_AMPLITUDE, OUTDOOR_MEAN } from "./parameters.ts";

const DAY_SECONDS = 86_400;

/** Angular frequency of the daily wave, rad/s. */
export const OMEGA = (2 * Math.PI) / DAY_SECONDS;

/** Angle of the daily wave, 0 … 2π. Computed from the time of day, so that later years are as exact as the first. */
export function dailyAngle(time: number): number {
  return OMEGA * (time % DAY_SECONDS);
}

/** Outdoor air temperature, K: coldest at 18:00, warmest at 6:00. */
export function outdoorTemperature(time: number): number {
  return OUTDOOR_MEAN + OUTDOOR_AMPLITUDE * Math.sin(dailyAngle(time));
}

/** The daily wave at some times: both are computed once for all that follows it. */
export interface DailyWave {
  readonly sin: Float64Array;
  readonly cos: Float64Array;
}

export function dailyWave(times: Float64Array): DailyWave {
  const both = new Float64Array(2 * times.length);
  const sin = both.subarray(0, times.length);
  const cos = both.subarray(times.length);
  for (let i = 0; i < times.length; i++) {
    const angle = dailyAngle(times[i] as number);
    sin[i] = Math.sin(angle);
    cos[i] = Math.cos(angle);
  }
  return { sin, cos };
}

/** CO₂ concentration of the zones' air at some times, ppm. */
export function co2Concentrations(times: Float64Array): Float64Array {
  const concentrations = new Float64Array(times.length);
  for (let i = 0; i < times.length; i++) {
    concentrations[i] = CO2_MEAN + CO2_AMPLITUDE * Math.sin(dailyAngle(times[i] as number));
  }
  return concentrations;
}

/** The next 6:00 or 18:00 after `time`: where the outdoor temperature turns, cos(ωt) = 0. */
export function nextTurn(time: number): number {
  const halfDay = DAY_SECONDS / 2;
  const quarter = DAY_SECONDS / 4;
  return quarter + halfDay * (Math.floor((time - quarter) / halfDay) + 1);
}
