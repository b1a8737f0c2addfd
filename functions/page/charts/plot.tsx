import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Line, Panel } from "../state/panels.ts";
import type { WatchedTest } from "../state/test.ts";
import type { Range } from "../state/window.ts";
import { axesOf } from "./axes.ts";
import { drawn, forecastOf } from "./columns.ts";
import { moveByPointer, noteCursor } from "./move.ts";
import { lineColor, type Theme, theme } from "./theme.ts";

/** A plot of a panel over the time that the test's window shows. */
export function Plot({ panel, test, height }: { panel: Panel; test: WatchedTest; height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  /** What is not on the screen is not drawn: moving many plots takes time. */
  const isSeen = useSignal(true);
  const { lines } = panel;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const create = (colors: Theme) => {
      plot.current?.destroy();
      const made = new uPlot(optionsOf(panel, test, colors, element.clientWidth, height), [[]], element);
      plot.current = made;
      draw(made, panel, test);
    };
    const stopTheme = theme.subscribe(create);
    const stopLooking = noteSeen(element, isSeen);
    const stopMoving = moveByPointer(element, test);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      stopTheme();
      stopLooking();
      stopMoving();
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [panel, test, height]);

  useSignalEffect(() => {
    void [test.past.value, test.future.value, test.checkpoints.value];
    if (plot.current !== undefined && isSeen.value) draw(plot.current, panel, test);
  });
  useSignalEffect(() => {
    const [min, max] = test.range.value;
    if (isSeen.value) plot.current?.setScale("x", { min, max });
  });

  const what = lines.map(({ label }) => label).join(", ");
  return <div class="plot" ref={place} role="img" aria-label={`${panel.title} over time: ${what}`} />;
}

function noteSeen(element: HTMLElement, isSeen: Signal<boolean>): () => void {
  const observer = new IntersectionObserver((entries) => {
    isSeen.value = entries.at(-1)?.isIntersecting ?? true;
  });
  observer.observe(element);
  return () => observer.disconnect();
}

function draw(plot: uPlot, { lines, shown }: Panel, test: WatchedTest): void {
  const of = (line: Line, value: number) => (line.right ?? shown).of(value);
  const { times, past, future } = drawn(lines, test.past.peek(), test.future.peek(), of);
  const [min, max] = test.range.peek();
  plot.batch(() => {
    plot.setData([times, ...past, ...future] as uPlot.AlignedData, false);
    plot.setScale("x", { min, max });
  });
}

function optionsOf(panel: Panel, test: WatchedTest, colors: Theme, width: number, height: number): uPlot.Options {
  const { lines, shown } = panel;
  const right = lines.some((each) => each.right !== undefined) ? "right" : undefined;
  // Limits of comfort come in pairs: between the upper and the lower is the band.
  const uppers = lines.flatMap(({ kind }, i) => (kind === "bound" ? [i] : [])).filter((_, i) => i % 2 === 0);
  const forecast = forecastOf(lines);
  const bands = uppers.flatMap((i) =>
    [1 + i, 1 + lines.length + forecast.indexOf(lines[i] as Line)].map(
      (first): uPlot.Band => ({ series: [first, first + 1], fill: colors.band }),
    ),
  );
  return {
    width,
    height,
    legend: { show: false },
    cursor: {
      sync: { key: "time", setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
    },
    scales: {
      x: { time: false, range: () => [...test.range.peek()] as [number, number] },
      y: { range: padded },
      right: { range: padded },
    },
    axes: axesOf(colors, right),
    series: [
      {},
      ...lines.map((line) => seriesOf(line, colors, false)),
      ...forecast.map((line) => seriesOf(line, colors, true)),
    ],
    bands,
    hooks: {
      setCursor: [noteCursor],
      setSelect: [(plot) => zoom(plot, test)],
      drawClear: [(plot) => shadeFuture(plot, test, colors)],
      draw: [(plot) => markCheckpoints(plot, test, colors)],
    },
  };

  function seriesOf(line: Line, colors: Theme, isForecast: boolean): uPlot.Series {
    const stepped =
      line.kind === "line" ? {} : { paths: uPlot.paths.stepped?.({ align: 1 }) as uPlot.Series.PathBuilder };
    return {
      scale: line.right === undefined ? "y" : "right",
      stroke: lineColor(colors, line.color),
      width: line.kind === "bound" ? 1 : 2,
      points: { show: false },
      spanGaps: false,
      // Whole pixels would make stairs of a slope.
      pxAlign: 0,
      ...stepped,
      ...(isForecast ? { dash: [5, 4] } : {}),
    };
  }

  /** Room above and below, and some height for what never changes. */
  function padded(_plot: uPlot, min: number | null, max: number | null): [number, number] {
    if (min === null || max === null) return [0, 1];
    if (shown.unit === "°C") {
      const room = Math.max((max - min) * 0.08, (2 - (max - min)) / 2);
      return [min - room, max + room];
    }
    // Of what can be nothing, nothing is shown.
    const [low, high] = [Math.min(0, min), Math.max(0, max)];
    if (high - low < 1e-9) return [0, 1];
    const room = (high - low) * 0.08;
    return [low < 0 ? low - room : 0, high + room];
  }
}

function zoom(plot: uPlot, test: WatchedTest): void {
  const { left, width } = plot.select;
  if (width < 8) return;
  const range: Range = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  test.shown.value = { kind: "zoom", range };
}

/** What is not simulated yet has another ground. */
function shadeFuture(plot: uPlot, test: WatchedTest, colors: Theme): void {
  const now = test.time.peek();
  if (now === undefined) return;
  const { left, top, width, height } = plot.bbox;
  const x = Math.max(left, plot.valToPos(now, "x", true));
  if (x >= left + width) return;
  plot.ctx.save();
  plot.ctx.fillStyle = colors.future;
  plot.ctx.fillRect(x, top, left + width - x, height);
  plot.ctx.restore();
}

/** Checkpoints stand on the time axis. */
function markCheckpoints(plot: uPlot, test: WatchedTest, colors: Theme): void {
  const { left, top, width, height } = plot.bbox;
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = colors.text;
  for (const { time } of test.checkpoints.peek()) {
    const x = plot.valToPos(time, "x", true);
    if (x < left || x > left + width) continue;
    const size = 5 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x - size, top + height);
    ctx.lineTo(x + size, top + height);
    ctx.lineTo(x, top + height - 1.6 * size);
    ctx.fill();
  }
  ctx.restore();
}
