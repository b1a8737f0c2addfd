/** Time series as an SVG picture: panels above each other with a common time axis. */

export interface Series {
  label: string;
  color: string;
  values: readonly number[];
}

/** A range in which values should stay. */
export interface Band {
  label: string;
  color: string;
  from: number;
  to: number;
}

export interface Panel {
  /** Including the unit. */
  axis: string;
  series: readonly Series[];
  band?: Band;
}

export interface Plot {
  title: string;
  timeAxis: string;
  time: readonly number[];
  timeTicks: readonly number[];
  panels: readonly Panel[];
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

type Scale = (value: number) => number;

const WIDTH = 960;
const PANEL_HEIGHT = 250;
const MARGIN = { left: 74, right: 22, top: 52, bottom: 54, between: 44 };
const GRID = "#dde1e6";
const TEXT = "#30363d";

export function renderPlot({ title, timeAxis, time, timeTicks, panels }: Plot): string {
  const height = MARGIN.top + panels.length * PANEL_HEIGHT + (panels.length - 1) * MARGIN.between + MARGIN.bottom;
  const left = MARGIN.left;
  const right = WIDTH - MARGIN.right;
  const x = scale([time[0] ?? 0, time.at(-1) ?? 1], [left, right]);
  const parts = panels.map((panel, index) => {
    const top = MARGIN.top + index * (PANEL_HEIGHT + MARGIN.between);
    return renderPanel(panel, time, x, timeTicks, { left, right, top, bottom: top + PANEL_HEIGHT });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img"`,
    ` font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" font-size="13" fill="${TEXT}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(left, 24, title, 'font-size="17" font-weight="600"'),
    ...parts,
    text((left + right) / 2, height - 14, timeAxis, 'text-anchor="middle"'),
    "</svg>\n",
  ].join("\n");
}

function renderPanel(panel: Panel, time: readonly number[], x: Scale, timeTicks: readonly number[], box: Box): string {
  const { axis, series, band } = panel;
  const shown = series.flatMap(({ values }) => values);
  const ticks = niceTicks(minimum([...shown, band?.from ?? Infinity]), maximum([...shown, band?.to ?? -Infinity]));
  const y = scale([ticks[0] ?? 0, ticks.at(-1) ?? 1], [box.bottom, box.top]);
  const middle = (box.top + box.bottom) / 2;
  return [
    band && rect(box.left, y(band.to), box.right - box.left, y(band.from) - y(band.to), band.color),
    ...ticks.flatMap((tick) => [
      line(box.left, y(tick), box.right, y(tick), GRID),
      text(box.left - 8, y(tick) + 4, format(tick), 'text-anchor="end"'),
    ]),
    ...timeTicks.flatMap((tick) => [
      line(x(tick), box.top, x(tick), box.bottom, GRID),
      text(x(tick), box.bottom + 18, format(tick), 'text-anchor="middle"'),
    ]),
    ...series.map(({ color, values }) => {
      const points = values.map((value, index) => `${round(x(time[index] ?? 0))},${round(y(value))}`);
      return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="1.8" stroke-linejoin="round"/>`;
    }),
    `<rect x="${box.left}" y="${box.top}" width="${box.right - box.left}" height="${box.bottom - box.top}" fill="none" stroke="#8b949e"/>`,
    text(20, middle, axis, `text-anchor="middle" transform="rotate(-90 20 ${middle})"`),
    legend(panel, box),
  ]
    .filter((part) => part !== undefined)
    .join("\n");
}

/** The legend stands above the panel, so that it hides no line. */
function legend({ series, band }: Panel, { right, top }: Box): string {
  const entries = [...series, ...(band ? [band] : [])].reverse();
  let at = right;
  return entries
    .map((entry) => {
      at -= entry.label.length * 7 + 38;
      const key = "values" in entry ? rect(at, top - 15, 22, 3, entry.color) : rect(at, top - 19, 22, 11, entry.color);
      return key + text(at + 28, top - 9, entry.label, "");
    })
    .join("\n");
}

function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}

/** Round numbers that cover a range, about five of them. */
export function niceTicks(lowest: number, highest: number): number[] {
  const span = highest > lowest ? highest - lowest : 1;
  const power = 10 ** Math.floor(Math.log10(span / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => span / each <= 6) ?? 10 * power;
  const first = Math.floor(lowest / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

// Not by spreading into Math.min: a long series would exceed what a call can take.
const minimum = (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value), Infinity);
const maximum = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), -Infinity);

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function format(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "\u2212");
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeXml(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, color: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${color}"/>`;
}

function rect(x: number, y: number, width: number, height: number, color: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${color}"/>`;
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
