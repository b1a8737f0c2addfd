import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { moment, number } from "../state/format.ts";
import { indexAt } from "../state/times.ts";
import { axesOf } from "./axes.ts";
import { cursorTime, noteCursor } from "./move.ts";
import { type Theme, theme } from "./theme.ts";

/** A line of a plot that stands still. */
export interface StillLine {
  readonly label: string;
  readonly color: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null | undefined)[];
  readonly width?: number;
  readonly dashed?: boolean;
  /** Not named beside the plot: there are too many of its kind. */
  readonly isNameless?: boolean;
}

/** What lies between two limits. */
export interface StillBand {
  readonly times: readonly number[];
  readonly lower: readonly (number | null | undefined)[];
  readonly upper: readonly (number | null | undefined)[];
}

export interface LinesProps {
  readonly title: string;
  readonly lines: readonly StillLine[];
  readonly band?: StillBand | undefined;
  readonly height: number;
}

/** A plot of lines that each have times of their own, and their values under the pointer. */
export function Lines({ title, lines, band, height }: LinesProps) {
  const place = useRef<HTMLDivElement>(null);
  const colors = theme.value;
  useEffect(() => {
    const element = place.current;
    if (element === null || lines.length === 0) return;
    const all = [...boundsOf(band, colors), ...lines];
    const tables = all.map(({ times, values }): uPlot.AlignedData => [[...times], [...values]] as uPlot.AlignedData);
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { sync: { key: "still", setSeries: false }, drag: { x: true, y: false }, points: { size: 6 } },
        scales: { x: { time: false } },
        axes: axesOf(colors),
        series: [{}, ...all.map(seriesOf)],
        bands: band === undefined ? [] : [{ series: [1, 2], fill: colors.band }],
        hooks: { setCursor: [noteCursor] },
      },
      uPlot.join(tables),
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      cursorTime.value = undefined;
    };
  }, [lines, band, colors, height]);
  const names = lines.filter(({ isNameless }) => !isNameless).map(({ label }) => label);
  return (
    <>
      <StillLegend lines={lines} />
      <div class="plot" ref={place} role="img" aria-label={`${title}: ${names.join(", ")}`} />
    </>
  );
}

function boundsOf(band: StillBand | undefined, { bound }: Theme): StillLine[] {
  if (band === undefined) return [];
  return [band.upper, band.lower].map((values) => ({
    label: "Comfort",
    color: bound,
    times: band.times,
    values,
    width: 1,
  }));
}

function seriesOf({ label, color, width = 2, dashed = false }: StillLine): uPlot.Series {
  return {
    label,
    stroke: color,
    width,
    spanGaps: true,
    pxAlign: 0,
    points: { show: false },
    ...(dashed ? { dash: [5, 4] } : {}),
  };
}

/** What the lines are called, and their values under the pointer. */
function StillLegend({ lines }: { lines: readonly StillLine[] }) {
  const at = cursorTime.value;
  return (
    <ul class="legend">
      {lines
        .filter(({ isNameless }) => !isNameless)
        .map(({ label, color, times, values }) => (
          <li key={label}>
            <i class="chip" style={{ background: color }} />
            {label}
            {at !== undefined && (
              <output>
                {" "}
                {at > (times.at(-1) ?? 0) || at < (times[0] ?? 0) ? "–" : number(values[indexAt(times, at)])}
              </output>
            )}
          </li>
        ))}
      {at !== undefined && <li>{moment(at)}</li>}
    </ul>
  );
}

/** A colour between good (0) and bad (1). */
export function goodToBad(share: number): string {
  const hue = 175 - 155 * Math.min(1, Math.max(0, share));
  return `hsl(${hue.toFixed(0)} 62% 46%)`;
}
