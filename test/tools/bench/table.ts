import type { Rounds } from "./stats.ts";

/** Unformatted; `writeTable` formats the figures. */
export type Cell = string | number | Rounds;

/** A table; printed as Markdown or as JSON. */
export interface Table {
  readonly title: string;
  /** The number of rounds behind each figure with a spread. */
  readonly rounds?: number;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A part of the report. */
export interface Section {
  readonly title: string;
  readonly tables: readonly Table[];
  /** The meaning of the figures, and the conditions of the measurement. */
  readonly notes: readonly string[];
  /** The promises for these figures. */
  readonly targets: readonly Target[];
}

/** A promise, and this run's figure. Of several rounds the median counts. */
export interface Target {
  readonly what: string;
  readonly bound: "at most" | "at least";
  readonly limit: number;
  readonly figure: number | Rounds;
  readonly isMet: boolean;
}

export function atMost(what: string, figure: number | Rounds, limit: number): Target {
  return { what, bound: "at most", limit, figure, isMet: medianOf(figure) <= limit };
}

export function atLeast(what: string, figure: number | Rounds, limit: number): Target {
  return { what, bound: "at least", limit, figure, isMet: medianOf(figure) >= limit };
}

export function writeTable({ title, rounds, head, rows }: Table): string {
  const cells = [head, ...rows.map((row) => row.map(write))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [top = [], ...others] = cells;
  return [
    `**${title}${rounds === undefined ? "" : `; median (lowest–highest of ${rounds} rounds)`}**`,
    "",
    line(top),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...others.map(line),
  ].join("\n");
}

export function writeSection({ title, tables, notes }: Section): string {
  return [
    `## ${title}`,
    ...tables.map(writeTable),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
  ].join("\n\n");
}

/** The promises and their figures. */
export function targetTable(targets: readonly Target[]): Table {
  return {
    title: "Held against this run",
    head: ["promise", "limit", "figure", ""],
    rows: targets.map(({ what, bound, limit, figure, isMet }) => [
      what,
      `${bound === "at most" ? "≤" : "≥"} ${write(limit)}`,
      figure,
      isMet ? "met" : "MISSED",
    ]),
  };
}

function medianOf(figure: number | Rounds): number {
  return typeof figure === "number" ? figure : figure.median;
}

/** A median is followed by the range of the rounds, unless all rounds are equal. */
function write(value: Cell): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return number(value);
  const { median, lowest, highest } = value;
  return lowest === highest ? number(median) : `${number(median)} (${number(lowest)}–${number(highest)})`;
}

/** Three significant digits, whole numbers above a thousand. */
function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const isWhole = Number.isInteger(value) || Math.abs(value) >= 1000;
  return value.toLocaleString("en-US", isWhole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}
