import type uPlot from "uplot";
import { clock, day } from "../state/format.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Distances between ticks of time, s: those that people count in. */
export const TIME_STEPS = [
  1,
  5,
  15,
  30,
  60,
  300,
  900,
  1800,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  91 * DAY,
  182 * DAY,
  365 * DAY,
];

/** Ticks' labels: the day where it begins, and hours in between. */
export function timeLabels(_plot: uPlot, ticks: number[], _axis: number, _space: number, step: number): string[] {
  return ticks.map((tick, i) => {
    if (step >= DAY) return day(tick);
    const isNewDay = i === 0 ? tick % DAY === 0 : Math.floor(tick / DAY) !== Math.floor((ticks[i - 1] ?? 0) / DAY);
    return isNewDay ? day(tick) : clock(tick);
  });
}
