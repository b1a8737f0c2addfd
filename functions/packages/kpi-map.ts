import { CO2, kpiPlan, POWERS, TEMPERATURES } from "../simulation/kpis/plan.ts";
import type { KpiMap, TestCase } from "../simulation/testcase.ts";
import { quoted, type Reasons } from "./reasons.ts";

/** Signals that BOPTEST's packages may name, and that no KPI counts: of a building, and of a zone. */
const UNCOUNTED = ["FreshWaterFlowRate"];
const UNCOUNTED_OF_ZONES = ["RelativeHumidity"];

/**
 * The KPI map in `kpis.json`: signal types to lists of measurements. A power is of the whole building, everything else of
 * the zone in brackets. Signals that no KPI counts are left out.
 */
export function readKpiMap(
  fields: Readonly<Record<string, unknown>>,
  measurements: ReadonlySet<string>,
  reasons: Reasons,
): KpiMap {
  const map: [string, readonly string[]][] = [];
  for (const [entry, points] of Object.entries(fields)) {
    if (!isSignal(entry)) {
      reasons.add(
        `kpis.json: ${quoted(entry)} is no signal type. There are ${POWERS.join(", ")}, and with a zone in brackets, as in ${TEMPERATURES[0]}[1], ${[...TEMPERATURES, CO2].join(", ")}.`,
      );
      continue;
    }
    if (!Array.isArray(points) || points.some((point) => typeof point !== "string")) {
      reasons.add(`kpis.json: ${quoted(entry)} must be a list of names of measurements.`);
      continue;
    }
    for (const point of points as string[]) {
      if (!measurements.has(point)) {
        reasons.add(`kpis.json: ${quoted(entry)} names ${quoted(point)}, which is no measurement of this model.`);
      }
    }
    if (!isUncounted(entry)) map.push([entry, points as string[]]);
  }
  return Object.fromEntries(map);
}

function isSignal(entry: string): boolean {
  const { type, zone } = partsOf(entry);
  if (zone === undefined) return POWERS.includes(type) || UNCOUNTED.includes(type);
  return TEMPERATURES.includes(type) || type === CO2 || UNCOUNTED_OF_ZONES.includes(type);
}

function isUncounted(entry: string): boolean {
  return [...UNCOUNTED, ...UNCOUNTED_OF_ZONES].includes(partsOf(entry).type);
}

function partsOf(entry: string): { readonly type: string; readonly zone: string | undefined } {
  const [, type = "", zone] = /^(\w+)(?:\[([^[\]]+)\])?$/.exec(entry) ?? [];
  return { type, zone };
}

/** Holds the KPI map of a whole test case against its boundary data: prices, emission factors, limits of comfort. */
export function checkNeeds(testcase: TestCase, reasons: Reasons): void {
  const { powers, temperatures, co2 } = kpiPlan(testcase);
  const needs = [
    ...powers.flatMap(({ prices, emissions }) => [...prices, emissions]),
    ...temperatures.flatMap(({ lower = "", upper }) => [lower, upper]),
    ...co2.map(({ upper }) => upper),
  ];
  for (const point of new Set(needs)) {
    if (Object.hasOwn(testcase.boundary.points, point)) continue;
    reasons.add(`The KPIs need ${quoted(point)}, which is a column of none of the CSV files in resources/.`);
  }
}
