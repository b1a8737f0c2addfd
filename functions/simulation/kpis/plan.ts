import type { TestCase } from "../testcase.ts";

/** A power signal (W) and what it counts for. */
export interface PowerSignal {
  readonly point: string;
  /** Boundary data: price per kWh in the scenarios constant, dynamic and highly dynamic. */
  readonly prices: readonly string[];
  /** Boundary data: kgCO₂ per kWh. */
  readonly emissions: string;
  /** Index in `PEAKS` of the peak that the signal counts for. */
  readonly peak: number | undefined;
}

/** A measurement that should stay within limits of the boundary data. */
export interface LimitedSignal {
  readonly point: string;
  readonly lower?: string;
  readonly upper: string;
}

/** The signals of a test case's KPI map, resolved once. */
export interface KpiPlan {
  readonly powers: readonly PowerSignal[];
  readonly temperatures: readonly LimitedSignal[];
  readonly co2: readonly LimitedSignal[];
  /** Entries in the KPI map: the divisors of the means per zone. */
  readonly temperatureEntries: number;
  readonly co2Entries: number;
}

/** The scenarios of the electricity price. */
export const PRICE_SCENARIOS = ["constant", "dynamic", "highly_dynamic"] as const;
export type PriceScenario = (typeof PRICE_SCENARIOS)[number];

/** The powers that have a peak KPI. */
export const PEAKS = ["ElectricPower", "GasPower", "DistrictHeatingPower"] as const;

const PEAK_NAMES: readonly string[] = PEAKS;
/** Signal types of a KPI map: powers (W) of a whole building, temperatures (K) and CO₂ (ppm) of a zone. */
export const POWERS: readonly string[] = [...PEAK_NAMES, "BiomassPower", "SolarThermalPower"];
export const TEMPERATURES: readonly string[] = ["AirZoneTemperature", "OperativeZoneTemperature"];
/** BOPTEST knows this type, too, and counts it in no KPI: its discomfort is that of air and operative temperatures. */
const UNCOUNTED = "RadiativeZoneTemperature";
export const CO2 = "CO2Concentration";

const ELECTRICITY_PRICES = [
  "PriceElectricPowerConstant",
  "PriceElectricPowerDynamic",
  "PriceElectricPowerHighlyDynamic",
];

const plans = new WeakMap<TestCase, KpiPlan>();

/** The plan of a test case, made at first use. Throws if its KPI map has an unknown signal type. */
export function kpiPlan(testcase: TestCase): KpiPlan {
  const known = plans.get(testcase);
  if (known !== undefined) return known;
  const plan = makePlan(testcase);
  plans.set(testcase, plan);
  return plan;
}

function makePlan({ id, kpiMap }: TestCase): KpiPlan {
  const powers: PowerSignal[] = [];
  const temperatures: LimitedSignal[] = [];
  const co2: LimitedSignal[] = [];
  let temperatureEntries = 0;
  let co2Entries = 0;
  for (const [entry, points] of Object.entries(kpiMap)) {
    const [type = "", zone = ""] = entry.split(/[[\]]/);
    if (POWERS.includes(type)) {
      powers.push(...points.map((point) => powerSignal(type, point)));
    } else if (TEMPERATURES.includes(type)) {
      temperatureEntries++;
      temperatures.push(
        ...points.map((point) => ({ point, lower: `LowerSetp[${zone}]`, upper: `UpperSetp[${zone}]` })),
      );
    } else if (type === CO2) {
      co2Entries++;
      co2.push(...points.map((point) => ({ point, upper: `UpperCO2[${zone}]` })));
    } else if (type !== UNCOUNTED) {
      throw new Error(`KPI map of ${id}: unknown signal type ${JSON.stringify(entry)}`);
    }
  }
  return { powers, temperatures, co2, temperatureEntries, co2Entries };
}

function powerSignal(type: string, point: string): PowerSignal {
  const peak = PEAK_NAMES.indexOf(type);
  return {
    point,
    prices: type === "ElectricPower" ? ELECTRICITY_PRICES : ELECTRICITY_PRICES.map(() => `Price${type}`),
    emissions: `Emissions${type}`,
    peak: peak < 0 ? undefined : peak,
  };
}
