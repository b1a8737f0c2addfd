import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "./theme.ts";
import { TIME_STEPS, timeLabels } from "./time-axis.ts";

/** A line of a plot that stands still. */
export interface StillLine {
  readonly label: string;
  readonly color: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null | undefined)[];
  readonly width?: number;
  readonly dashed?: boolean;
}

/** A plot of lines that each have times of their own. */
export function Lines({ title, lines, height }: { title: string; lines: readonly StillLine[]; height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const colors = theme.value;
  useEffect(() => {
    const element = place.current;
    if (element === null || lines.length === 0) return;
    const axis = {
      stroke: colors.text,
      grid: { stroke: colors.grid, width: 1 },
      ticks: { show: false },
      font: "12px system-ui",
    };
    const tables = lines.map(({ times, values }): uPlot.AlignedData => [[...times], [...values]] as uPlot.AlignedData);
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false }, points: { size: 6 } },
        scales: { x: { time: false } },
        axes: [
          { ...axis, incrs: TIME_STEPS, values: timeLabels, space: 76, size: 30 },
          { ...axis, size: 56, space: 34 },
        ],
        series: [
          {},
          ...lines.map(({ label, color, width = 2, dashed = false }) => ({
            label,
            stroke: color,
            width,
            spanGaps: true,
            points: { show: false },
            ...(dashed ? { dash: [5, 4] } : {}),
          })),
        ],
      },
      uPlot.join(tables),
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [lines, colors, height]);
  return (
    <div class="plot" ref={place} role="img" aria-label={`${title}: ${lines.map(({ label }) => label).join(", ")}`} />
  );
}

/** A colour between good (0) and bad (1). */
export function goodToBad(share: number): string {
  const hue = 175 - 155 * Math.min(1, Math.max(0, share));
  return `hsl(${hue.toFixed(0)} 62% 46%)`;
}
