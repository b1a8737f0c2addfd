import type uPlot from "uplot";
import type { Theme } from "./theme.ts";
import { TIME_STEPS, timeLabels } from "./time-axis.ts";

/** The axes of a plot over time; with `right`, one more at the right, of the scale of that name. */
export function axesOf(colors: Theme, right?: string): uPlot.Axis[] {
  const axis = {
    stroke: colors.text,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  const upright = { ...axis, space: 34, values: (_plot: uPlot, ticks: number[]) => ticks.map(tickLabel) };
  return [
    { ...axis, incrs: TIME_STEPS, values: timeLabels, space: 76, size: 30 },
    { ...upright, size: 56 },
    ...(right === undefined ? [] : [{ ...upright, scale: right, side: 1, size: 44, grid: { show: false } }]),
  ];
}

/** Without the noise of binary fractions; nothing has no sign. */
function tickLabel(tick: number): string {
  return String(Number(tick.toPrecision(6)) + 0);
}
