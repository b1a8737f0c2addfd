import type { About, Columns } from "../client/types.ts";
import { zonesOf } from "./zones.ts";

/** The points of a zone's comfort limits. */
export function boundsOf(zone: string): readonly [lower: string, upper: string] {
  return [`LowerSetp[${zone}]`, `UpperSetp[${zone}]`];
}

/** The zones that have comfort limits. */
function zonesWithBounds(about: About): readonly string[] {
  const has = (point: string) => Object.hasOwn(about.forecast_points, point);
  return zonesOf(about)
    .map(({ name }) => name)
    .filter((zone) => boundsOf(zone).every(has));
}

/** The comfort limits of all zones. */
export function comfortPoints(about: About): string[] {
  return zonesWithBounds(about).flatMap(boundsOf);
}

/**
 * One zone of each comfort band: the first, and those whose limits are other ones at some time. `before`: those that were
 * found at other times.
 */
export function zonesApart(about: About, columns: Columns, before: readonly string[]): readonly string[] {
  const bandOf = (zone: string) => JSON.stringify(boundsOf(zone).map((point) => columns[point]));
  const bands = new Set(before.map(bandOf));
  const found = zonesWithBounds(about).filter((zone) => {
    const isNew = !bands.has(bandOf(zone));
    bands.add(bandOf(zone));
    return isNew;
  });
  return [...before, ...found];
}
