import type { Columns } from "../../typescript/src/index.ts";

type Units = Readonly<Record<string, string>>;

const BARS = "▁▂▃▄▅▆▇█";

/** A line of blocks for each point, with its lowest and highest value. */
export function plotForTerminal(results: Columns, units: Units, width = 60): string {
  return series(results)
    .map(([name, values]) => {
      const [low, high] = range(values);
      const picked = Array.from({ length: width }, (_, i) => values[Math.floor((i * values.length) / width)] ?? low);
      const bars = picked.map((value) => BARS[Math.round(((value - low) / (high - low || 1)) * 7)]).join("");
      return `${name.slice(0, 24).padEnd(24)} ${bars} ${low.toPrecision(4)} … ${high.toPrecision(4)} ${units[name] ?? ""}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** A picture with a panel for each point, over days. */
export function plotAsSvg(results: Columns, units: Units): string {
  const [width, height, gap] = [800, 110, 40];
  const panels = series(results).map(([name, values], panel) => {
    const [low, high] = range(values);
    const [first = 0] = results.time;
    const span = (results.time.at(-1) ?? first) - first || 1;
    // A picture has no more than some points for each of its own.
    const every = Math.max(1, Math.floor(values.length / (2 * width)));
    const line = values.flatMap((value, i) => {
      if (i % every !== 0) return [];
      const x = (((results.time[i] ?? first) - first) / span) * width;
      return [`${x.toFixed(1)},${(height - ((value - low) / (high - low || 1)) * height).toFixed(1)}`];
    });
    const unit = units[name] ?? "";
    const title = `${escapeXml(name)}: ${low.toPrecision(5)} … ${high.toPrecision(5)}${unit === "" ? "" : ` ${escapeXml(unit)}`}, ${(span / 86_400).toPrecision(3)} days`;
    return `<g transform="translate(10 ${gap / 2 + panel * (height + gap)})"><text y="-5">${title}</text><rect width="${width}" height="${height}" fill="none" stroke="#ccc"/><polyline fill="none" stroke="#06c" points="${line.join(" ")}"/></g>`;
  });
  const total = panels.length * (height + gap) + gap / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width + 20}" height="${total}" font-family="sans-serif" font-size="12">${panels.join("\n")}</svg>\n`;
}

const series = ({ time: _time, ...points }: Columns) => Object.entries(points) as [string, readonly number[]][];
const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function range(values: readonly number[]): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}
