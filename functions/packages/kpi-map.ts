import { CO2, kpiPlan, POWERS, TEMPERATURES } from "../simulation/kpis/plan.ts";
import type { KpiMap, TestCase } from "../simulation/testcase.ts";
import type { SettingsFile } from "./beside.ts";
import { quoted, type Reasons } from "./reasons.ts";

/**
 * Reads a KPI map, from `kpis.json` or the field `kpis` of a plain FMU's `config.json`: signal types to lists of measurements. A power belongs to the whole building, a temperature
 * or CO₂ to the zone in brackets. No KPI counts other entries, so they are ignored whatever they contain: BOPTEST's own files have
 * signals of the types `None`, `RelativeHumidity[…]`, `FreshWaterFlowRate` and `ActuatorTravel[…]`, and more may come.
 */
export function readKpiMap(
  fields: Readonly<Record<string, unknown>>,
  measurements: ReadonlySet<string>,
  reasons: Reasons,
  file: SettingsFile = "kpis.json",
): KpiMap {
  const map: [string, readonly string[]][] = [];
  for (const [entry, points] of Object.entries(fields)) {
    const use = useOf(entry);
    if (use === "none") continue;
    if (use === "zone missing") {
      const type = entry.replace(/\[.*$/, "");
      reasons.add(`${file}: ${quoted(entry)} names no zone. Put the zone in brackets, as in ${quoted(`${type}[1]`)}.`);
      continue;
    }
    if (!Array.isArray(points) || points.some((point) => typeof point !== "string")) {
      reasons.add(`${file}: ${quoted(entry)} must be a list of names of measurements, as in ["PHea_y"].`);
      continue;
    }
    for (const point of points as string[]) {
      if (measurements.has(point)) continue;
      reasons.add(
        `${file}: ${quoted(entry)} names ${quoted(point)}, which is no measurement of this model. Measurements are its outputs, without those that only repeat an input. Correct the name, or take it out of the list.`,
      );
    }
    map.push([entry, points as string[]]);
  }
  return Object.fromEntries(map);
}

/** How the KPIs use an entry of the map: they count it, they ignore it, or it lacks the zone that it needs. */
function useOf(entry: string): "counted" | "none" | "zone missing" {
  if (POWERS.includes(entry)) return "counted";
  const [, type = "", zone] = /^(\w+)(\[.*)?$/s.exec(entry) ?? [];
  if (!TEMPERATURES.includes(type) && type !== CO2) return "none";
  return zone !== undefined && /^\[[^[\]]+\]$/.test(zone) ? "counted" : "zone missing";
}

/**
 * Checks that the boundary data contain what the KPIs of a test case need: prices, emission factors, limits of comfort.
 * @param unread columns of files that were refused: these columns are not reported as missing
 */
export function checkNeeds(testcase: TestCase, unread: ReadonlySet<string>, reasons: Reasons): void {
  const { powers, temperatures, co2 } = kpiPlan(testcase);
  const needs = [
    ...powers.flatMap(({ prices, emissions }) => [...prices, emissions]),
    ...temperatures.flatMap(({ lower = "", upper }) => [lower, upper]),
    ...co2.map(({ upper }) => upper),
  ];
  for (const point of new Set(needs)) {
    if (Object.hasOwn(testcase.boundary.points, point) || unread.has(point)) continue;
    reasons.add(
      `The KPIs need ${quoted(point)}, which is a column of none of the CSV files in resources/ with a column "time". Add a CSV file with these two columns, or take the signal out of kpis.json.`,
    );
  }
}
