import type { Columns } from "../client/types.ts";

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
