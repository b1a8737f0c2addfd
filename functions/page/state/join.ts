import type { Columns, Points } from "../client/types.ts";
import { indexAt } from "./times.ts";

/**
 * Samples, and those that came after them. `more` begins where `known` ends.
 * @returns both as one; undefined where they do not agree: the test went back meanwhile, and on from there
 */
export function joined(known: Columns, more: Columns): Columns | undefined {
  const last = known.time?.at(-1) ?? Number.NEGATIVE_INFINITY;
  const times = (more.time ?? []) as number[];
  const agrees = Object.entries(more).every(
    ([name, values]) => times[0] !== last || values[0] === known[name]?.at(-1) || name === "time",
  );
  if (!agrees) return undefined;
  const from = times[0] === last ? 1 : 0;
  return Object.fromEntries(
    Object.entries(known).map(([name, values]) => [name, [...values, ...(more[name] ?? []).slice(from)]]),
  );
}

/**
 * Samples, and after them the current values of points, as one sample. Boundary data are no current values: they come from
 * the forecast that was read before, as far as it reaches. The samples themselves where they are as new.
 */
export function withPoints(known: Columns, points: Points, forecast: Columns | undefined): Columns {
  const now = points.time;
  if (now === undefined || now <= (known.time?.at(-1) ?? Number.NEGATIVE_INFINITY)) return known;
  const ahead = (forecast?.time ?? []) as number[];
  const row = now > (ahead.at(-1) ?? Number.NEGATIVE_INFINITY) ? -1 : indexAt(ahead, now);
  return Object.fromEntries(
    Object.entries(known).map(([name, values]) => [name, [...values, points[name] ?? forecast?.[name]?.[row] ?? null]]),
  );
}
