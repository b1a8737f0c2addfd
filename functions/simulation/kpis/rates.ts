import { column, type Samples, sampleCount } from "../samples.ts";
import type { TestCase } from "../testcase.ts";
import { kpiPlan, type LimitedSignal, PEAKS } from "./plan.ts";

/** Quantities that are integrated over time, with the unit of their rate. */
export const QUANTITIES = [
  "energy", // W
  "costConstant", // W · $/kWh
  "costDynamic",
  "costHighlyDynamic",
  "emissions", // W · kg/kWh
  "thermalDiscomfort", // K
  "indoorAirQuality", // ppm
] as const;
export type Quantity = (typeof QUANTITIES)[number];

const COSTS = ["costConstant", "costDynamic", "costHighlyDynamic"] as const;

/** The rates at each sample, and the total power (W) of each kind with a peak, in the order of `PEAKS`. */
export interface Rates {
  readonly quantities: Readonly<Record<Quantity, Float64Array>>;
  readonly powers: readonly Float64Array[];
}

/**
 * The rates of all quantities at each sample. Each sample is computed by itself, so slices of any length give the same
 * rates. Sums begin with 0, so that none is −0, which JSON cannot represent.
 */
export function ratesOf(testcase: TestCase, samples: Samples): Rates {
  const plan = kpiPlan(testcase);
  const rows = sampleCount(samples);
  const times = column(samples, "time");
  // One piece of memory for all sums: a step makes little garbage then.
  const sums = new Float64Array((QUANTITIES.length + PEAKS.length) * rows);
  const zeros = (i: number): Float64Array => sums.subarray(i * rows, (i + 1) * rows);
  const quantities = {} as Record<Quantity, Float64Array>;
  QUANTITIES.forEach((quantity, i) => {
    quantities[quantity] = zeros(i);
  });
  const powers = PEAKS.map((_, i) => zeros(QUANTITIES.length + i));
  const boundary = memoized((point) => testcase.boundary.values(point, times));

  for (const { point, prices, emissions, peak } of plan.powers) {
    const power = column(samples, point);
    addTo(quantities.energy, power);
    COSTS.forEach((cost, i) => {
      addProductTo(quantities[cost], power, boundary(prices[i] ?? ""));
    });
    addProductTo(quantities.emissions, power, boundary(emissions));
    const peakPower = peak === undefined ? undefined : powers[peak];
    if (peakPower !== undefined) addTo(peakPower, power);
  }
  const limits: [Float64Array, readonly LimitedSignal[]][] = [
    [quantities.thermalDiscomfort, plan.temperatures],
    [quantities.indoorAirQuality, plan.co2],
  ];
  for (const [sum, signals] of limits) {
    for (const { point, lower, upper } of signals) {
      const values = column(samples, point);
      addExcessTo(sum, values, boundary(upper));
      if (lower !== undefined) addExcessTo(sum, boundary(lower), values);
    }
  }
  return { quantities, powers };
}

function addTo(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
}

function addProductTo(sum: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (a[i] as number) * (b[i] as number);
}

/** Adds the excess of `high` over `low`, where it is positive. */
function addExcessTo(sum: Float64Array, high: Float64Array, low: Float64Array): void {
  for (let i = 0; i < sum.length; i++)
    sum[i] = (sum[i] as number) + Math.max(0, (high[i] as number) - (low[i] as number));
}

function memoized(read: (point: string) => Float64Array): (point: string) => Float64Array {
  const known = new Map<string, Float64Array>();
  return (point) => {
    const values = known.get(point) ?? read(point);
    known.set(point, values);
    return values;
  };
}
