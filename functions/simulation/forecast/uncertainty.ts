import type { UncertaintyLevel } from "../scenario.ts";
import { LegacyRandom } from "./legacy.ts";

/** AR(1) with normal noise: `e0 ~ N(F0, K0)`, `e[i+1] ~ N(F · e[i] + mu, K)`, in K. */
const TEMPERATURE = {
  low: { F0: 0, K0: 0.6, F: 0.92, K: 0.4, mu: 0 },
  medium: { F0: 0.15, K0: 1.2, F: 0.93, K: 0.6, mu: 0 },
  high: { F0: -0.58, K0: 1.5, F: 0.95, K: 0.7, mu: -0.015 },
} as const satisfies Record<UncertaintyLevel, object>;

/** AR(1) with Laplacian noise: `e0 ~ L(ag0, bg0)`, `e[i+1] ~ L(phi · e[i] + ag, bg)`, in W/m². */
const SOLAR = {
  low: { ag0: 4.44, bg0: 57.42, phi: 0.62, ag: 1.86, bg: 45.64 },
  medium: { ag0: 15.02, bg0: 122.6, phi: 0.63, ag: 4.44, bg: 91.97 },
  high: { ag0: 32.09, bg0: 119.94, phi: 0.67, ag: 10.63, bg: 87.44 },
} as const satisfies Record<UncertaintyLevel, object>;

/** A solar error is drawn again, up to so many times, while a daylight value lies outside these factors of the data. */
const SOLAR_TRIES = 200;
const DAYLIGHT = 50; // W/m²
const LOWEST_FACTOR = 0.2;
const HIGHEST_FACTOR = 2;

/** A forecast (K) of the hourly outdoor temperatures `data` (K), with an error drawn with `seed`, an integer ≥ 0. */
export function uncertainTemperature(data: Float64Array, level: UncertaintyLevel, seed: number): Float64Array {
  const { F0, K0, F, K, mu } = TEMPERATURE[level];
  const random = new LegacyRandom(seed);
  let error = 0;
  return data.map((value, i) => {
    error = i === 0 ? random.normal(F0, K0) : random.normal(F * error + mu, K);
    return value - error;
  });
}

/**
 * A forecast (W/m²) of the hourly global horizontal irradiation `data` (W/m²), with an error drawn with `seed`, an
 * integer ≥ 0: drawn until it is plausible by day (or given up: the last try stands), smoothed, and clipped.
 */
export function uncertainIrradiation(data: Float64Array, level: UncertaintyLevel, seed: number): Float64Array {
  let drawn = data;
  for (let attempt = 0; attempt < SOLAR_TRIES; attempt++) {
    drawn = drawIrradiation(data, level, seed + attempt * attempt);
    if (isPlausible(drawn, data)) break;
  }
  return smooth(drawn).map((value, i) => {
    const actual = data[i] as number;
    return Math.min(Math.max(value, LOWEST_FACTOR * actual), HIGHEST_FACTOR * actual);
  });
}

function drawIrradiation(data: Float64Array, level: UncertaintyLevel, seed: number): Float64Array {
  const { ag0, bg0, phi, ag, bg } = SOLAR[level];
  const random = new LegacyRandom(seed);
  let error = 0;
  return data.map((value, i) => {
    error = i === 0 ? random.laplace(ag0, bg0) : random.laplace(phi * error + ag, bg);
    return value - error;
  });
}

function isPlausible(drawn: Float64Array, data: Float64Array): boolean {
  return drawn.every((value, i) => {
    const actual = data[i] as number;
    // Where the data are missing (NaN), no error is implausible.
    return !(actual > DAYLIGHT) || (value >= LOWEST_FACTOR * actual && value <= HIGHEST_FACTOR * actual);
  });
}

/** A centred mean of three, of the values before smoothing; zeros, the first and the last value stay as they are. */
function smooth(values: Float64Array): Float64Array {
  return values.map((value, i) => {
    const before = values[i - 1];
    const after = values[i + 1];
    return value === 0 || before === undefined || after === undefined ? value : (before + value + after) / 3;
  });
}
