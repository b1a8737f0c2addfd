import { column, type Samples, sampleCount } from "../samples.ts";
import type { TestCase } from "../testcase.ts";
import { addToPeaks, highestMeans, noPeaks, type PeakAccount } from "./peaks.ts";
import { kpiPlan, PEAKS, type PriceScenario } from "./plan.ts";
import { QUANTITIES, type Quantity, ratesOf } from "./rates.ts";

export { PRICE_SCENARIOS, type PriceScenario } from "./plan.ts";

/**
 * All that the KPIs need to know of the past: a plain value of constant size that survives JSON to the last bit.
 * Samples are folded in as they are produced; all scenarios of the electricity price at once, so that a change of
 * scenario needs no history.
 */
export interface KpiAccount {
  /** The test's start (s): what lies before is not counted. */
  readonly start: number;
  /** Time (s) of the last sample. */
  readonly time: number;
  /**
   * The rates at the last sample, and their trapezoidal integrals since the start (rate · s). Null: unknown, because the
   * test case has no value of a price, an emission factor or a limit at that time. An unknown integral stays unknown.
   */
  readonly rates: Readonly<Record<Quantity, number | null>>;
  readonly integrals: Readonly<Record<Quantity, number | null>>;
  readonly peaks: PeakAccount;
}

/**
 * The KPIs that follow from the simulation alone: all but `time_rat`. Null where the test case has no such signal, or where
 * its boundary data have had a gap since the test's start.
 */
export interface Kpis {
  /** kWh/m², $/m² (or €/m²), kgCO₂/m² */
  readonly ener_tot: number | null;
  readonly cost_tot: number | null;
  readonly emis_tot: number | null;
  /** K·h and ppm·h per zone */
  readonly tdis_tot: number | null;
  readonly idis_tot: number | null;
  /** kW/m² */
  readonly pele_tot: number | null;
  readonly pgas_tot: number | null;
  readonly pdih_tot: number | null;
}

/** kWh per J, rounded as the benchmark's published results have it. */
const KWH_PER_JOULE = 2.77778e-7;
const SECONDS_PER_HOUR = 3600;
const WATTS_PER_KILOWATT = 1000;

const COST = { constant: "costConstant", dynamic: "costDynamic", highly_dynamic: "costHighlyDynamic" } as const;

/** Opens the account of a test that starts at the first of `samples`. Throws as `account` does, and if there is none. */
export function openAccount(testcase: TestCase, samples: Samples): KpiAccount {
  const start = samples.columns[0]?.[0];
  if (start === undefined) throw new Error("a KPI account opens with a sample");
  // a first trapezoid of no width, up to the first sample, adds nothing
  const zeros = perQuantity(() => 0);
  return account(testcase, { start, time: start, rates: zeros, integrals: zeros, peaks: noPeaks }, samples);
}

/**
 * The account with `samples` folded in: those that follow its last one, in rising order of time. Folding them in any number
 * of slices gives the same bits. Throws if a point of the KPI map is missing from the samples, or if a result is not finite
 * and no gap of the boundary data is the reason.
 */
export function account(testcase: TestCase, before: KpiAccount, samples: Samples): KpiAccount {
  const times = column(samples, "time");
  const last = sampleCount(samples) - 1;
  const time = times[last];
  if (time === undefined) return before;
  const { quantities, powers } = ratesOf(testcase, samples);
  const finiteOrNull = (quantity: Quantity, value: number): number | null => {
    if (Number.isFinite(value)) return value;
    // JSON holds no NaN: what the boundary data leave unknown is null. A model's own NaN is an error.
    if (Number.isNaN(value) && areFinite(testcase, samples)) return null;
    throw new Error(`KPIs: ${quantity} is not finite at ${time} s`);
  };
  return {
    start: before.start,
    time,
    rates: perQuantity((quantity) => finiteOrNull(quantity, quantities[quantity][last] ?? 0)),
    integrals: perQuantity((quantity) => {
      const sum = before.integrals[quantity];
      const rate = before.rates[quantity] ?? Number.NaN;
      return finiteOrNull(
        quantity,
        sum === null ? Number.NaN : integrate(sum, before.time, rate, times, quantities[quantity]),
      );
    }),
    peaks: addToPeaks(before.peaks, before.start, times, powers),
  };
}

/** Whether all points of the KPIs are finite in all samples. If so, a KPI that is not finite lacks boundary data. */
function areFinite(testcase: TestCase, samples: Samples): boolean {
  const { powers, temperatures, co2 } = kpiPlan(testcase);
  return [...powers, ...temperatures, ...co2].every(({ point }) => column(samples, point).every(Number.isFinite));
}

/** The KPIs so far, with one scenario of the electricity price. Costs the same however long the test is. */
export function readKpis(testcase: TestCase, { integrals, peaks }: KpiAccount, electricityPrice: PriceScenario): Kpis {
  const plan = kpiPlan(testcase);
  const perArea = (sum: number | null): number | null => (sum === null ? null : (sum * KWH_PER_JOULE) / testcase.area);
  const perZone = (sum: number | null, entries: number): number | null =>
    sum === null || entries === 0 ? null : sum / SECONDS_PER_HOUR / entries;
  const means = highestMeans(peaks);
  const peak = (kind: (typeof PEAKS)[number]): number | null => {
    const index = PEAKS.indexOf(kind);
    const mean = means[index] ?? null;
    const isMetered = plan.powers.some((power) => power.peak === index);
    return mean === null || !isMetered ? null : mean / WATTS_PER_KILOWATT / testcase.area;
  };
  return {
    ener_tot: perArea(integrals.energy),
    cost_tot: perArea(integrals[COST[electricityPrice]]),
    emis_tot: perArea(integrals.emissions),
    tdis_tot: perZone(integrals.thermalDiscomfort, plan.temperatureEntries),
    idis_tot: perZone(integrals.indoorAirQuality, plan.co2Entries),
    pele_tot: peak("ElectricPower"),
    pgas_tot: peak("GasPower"),
    pdih_tot: peak("DistrictHeatingPower"),
  };
}

/** The integral after `times` and `rates`, by the trapezoidal rule, sample by sample. */
function integrate(before: number, since: number, rate: number, times: Float64Array, rates: Float64Array): number {
  let integral = before;
  let lastTime = since;
  let lastRate = rate;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    const next = rates[i] as number;
    // A trapezoid of no width adds nothing, even where a rate is unknown (NaN).
    if (time !== lastTime) integral += ((lastRate + next) / 2) * (time - lastTime);
    lastTime = time;
    lastRate = next;
  }
  return integral;
}

function perQuantity<T>(value: (quantity: Quantity) => T): Record<Quantity, T> {
  return Object.fromEntries(QUANTITIES.map((quantity) => [quantity, value(quantity)])) as Record<Quantity, T>;
}
