import type { Columns } from "../client/types.ts";
import type { Line } from "../state/panels.ts";

type Values = (number | null | undefined)[];

/** What a plot of past and future draws: one time axis, and for each line its past, and its forecast where it has one. */
export interface Drawn {
  readonly times: number[];
  readonly past: readonly Values[];
  /** Of those lines alone that have a forecast, in their order. */
  readonly future: readonly Values[];
}

/**
 * Puts samples and forecast on one time axis. A forecast begins where the samples end; what reaches back is left out.
 * `of` makes a value what is shown of it.
 */
export function drawn(
  lines: readonly Line[],
  past: Columns | undefined,
  future: Columns | undefined,
  of: (line: Line, value: number) => number,
): Drawn {
  const before = (past?.time ?? []) as number[];
  const end = before.at(-1) ?? Number.NEGATIVE_INFINITY;
  const after = (future?.time ?? []) as number[];
  const from = after.findIndex((time) => time >= end);
  const later = from === -1 ? [] : after.slice(from);
  const nothing = (length: number): Values => new Array(length).fill(null);
  const show = (line: Line, value: number | null | undefined) =>
    value === null || value === undefined ? null : of(line, value);
  return {
    times: [...before, ...later],
    past: lines.map((line) => {
      const values = past?.[line.point] ?? [];
      const active = line.activate === undefined ? undefined : past?.[line.activate];
      const own = before.map((_, i) => (active !== undefined && active[i] === 0 ? null : show(line, values[i])));
      return [...own, ...nothing(later.length)];
    }),
    future: forecastOf(lines).map((line) => {
      const values = future?.[line.point];
      if (values === undefined) return nothing(before.length + later.length);
      const own = later.map((_, i) => show(line, values[from + i]));
      // From the last sample on, so that there is no gap.
      const past_ = nothing(before.length);
      const last = past?.[line.point]?.at(-1);
      if (before.length > 0) past_[before.length - 1] = show(line, last);
      return [...past_, ...own];
    }),
  };
}

export function forecastOf(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ hasForecast }) => hasForecast);
}
