import { type DailyWave, dailyAngle, OMEGA } from "./daily.ts";
import {
  CONTROLLER_GAIN,
  HEAT_CAPACITY,
  MAX_HEAT,
  OUTDOOR_AMPLITUDE,
  OUTDOOR_MEAN,
  THERMAL_RESISTANCE,
} from "./parameters.ts";

/**
 * A range of temperatures in which the zone's equation
 *
 *     C dT/dt = (Tout(t) − T) / R + Q,   Tout(t) = mean + amplitude · sin ωt
 *
 * is linear, because Q is constant or proportional to T there:
 *
 *     dT/dt = rate · (level − T) + FORCING · sin ωt
 */
export interface Regime {
  /** 1/s */
  readonly rate: number;
  /** K: where the temperature would settle without the daily wave. */
  readonly level: number;
  /** K: the regime applies for `from ≤ T ≤ to`. */
  readonly from: number;
  readonly to: number;
}

/** W/K */
const LOSS = 1 / THERMAL_RESISTANCE;

/** K/s: how strongly the outdoor wave drives the zone. */
const FORCING = (OUTDOOR_AMPLITUDE * LOSS) / HEAT_CAPACITY;

/** The heater gives `heat` (W) at any temperature. */
export function constantHeat(heat: number): Regime {
  return {
    rate: LOSS / HEAT_CAPACITY,
    level: OUTDOOR_MEAN + heat * THERMAL_RESISTANCE,
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
  };
}

/**
 * The built-in controller, Q = clip(gain · (setpoint − T), 0, max), at `setpoint` (K). Three regimes, from cold to
 * warm: saturated, proportional, off. Q is continuous where they meet, and so is dT/dt.
 */
export function controlledHeat(setpoint: number): readonly Regime[] {
  const saturation = setpoint - MAX_HEAT / CONTROLLER_GAIN;
  return [
    { ...constantHeat(MAX_HEAT), to: saturation },
    {
      rate: (LOSS + CONTROLLER_GAIN) / HEAT_CAPACITY,
      level: (LOSS * OUTDOOR_MEAN + CONTROLLER_GAIN * setpoint) / (LOSS + CONTROLLER_GAIN),
      from: saturation,
      to: setpoint,
    },
    { ...constantHeat(0), from: setpoint },
  ];
}

/** The heat (W) that the built-in controller demands at `temperature` (K). */
export function controllerSignal(setpoint: number, temperature: number): number {
  return Math.min(Math.max(CONTROLLER_GAIN * (setpoint - temperature), 0), MAX_HEAT);
}

/** dT/dt (K/s) at `time` and `temperature`. */
export function slope(regime: Regime, time: number, temperature: number): number {
  return regime.rate * (regime.level - temperature) + FORCING * Math.sin(dailyAngle(time));
}

/**
 * The exact temperature (K) at `time`, if it was `temperature` at `since` and the regime applies in between. It is the
 * periodic solution, found with a sine and a cosine, plus the initial distance from it, which decays exponentially.
 */
export function solve(regime: Regime, since: number, temperature: number, time: number): number {
  return periodic(regime, time) + (temperature - periodic(regime, since)) * Math.exp(-regime.rate * (time - since));
}

/**
 * The same along `times`, which rise: from each to the next. To the bit what `solve` gives one by one, with a third of its
 * work.
 *
 * @param wave of the same times
 * @returns one temperature (K) less than there are times
 */
export function solveAlong(regime: Regime, temperature: number, times: Float64Array, wave: DailyWave): Float64Array {
  const temperatures = new Float64Array(times.length - 1);
  let since = times[0] as number;
  let before = periodicAt(regime, wave.sin[0] as number, wave.cos[0] as number);
  let [interval, decay] = [Number.NaN, Number.NaN];
  let current = temperature;
  for (let i = 0; i < temperatures.length; i++) {
    const time = times[i + 1] as number;
    // Of equal intervals most are equal to the bit.
    if (time - since !== interval) {
      interval = time - since;
      decay = Math.exp(-regime.rate * interval);
    }
    const after = periodicAt(regime, wave.sin[i + 1] as number, wave.cos[i + 1] as number);
    current = after + (current - before) * decay;
    temperatures[i] = current;
    since = time;
    before = after;
  }
  return temperatures;
}

function periodic(regime: Regime, time: number): number {
  const angle = dailyAngle(time);
  return periodicAt(regime, Math.sin(angle), Math.cos(angle));
}

function periodicAt({ rate, level }: Regime, sin: number, cos: number): number {
  return level + (FORCING * (rate * sin - OMEGA * cos)) / (rate * rate + OMEGA * OMEGA);
}
