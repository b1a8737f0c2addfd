import type { Rounds } from "./stats.ts";

/** A table, as Markdown prints it and as a machine reads it. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A part of the report. */
export interface Section {
  readonly title: string;
  readonly tables: readonly Table[];
  /** What the figures mean, and what to know about how they came about. */
  readonly notes: readonly string[];
  /** The promises that these figures are held against. */
  readonly targets: readonly Target[];
}

export interface Target {
  readonly what: string;
  readonly figure: number;
  readonly limit: number;
  readonly isMet: boolean;
}

export function atMost(what: string, figure: number, limit: number): Target {
  return { what, figure, limit, isMet: figure <= limit };
}

export function atLeast(what: string, figure: number, limit: number): Target {
  return { what, figure, limit, isMet: figure >= limit };
}

export function writeTable({ title, head, rows }: Table): string {
  const cells = [head, ...rows.map((row) => row.map(cell))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [top = [], ...others] = cells;
  return [
    `**${title}**`,
    "",
    line(top),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...others.map(line),
  ].join("\n");
}

export function writeSection({ title, tables, notes, targets }: Section): string {
  const judged = targets.map(
    ({ what, figure, limit, isMet }) =>
      `- ${isMet ? "met" : "MISSED"}: ${what}: ${number(figure)} (limit ${number(limit)})`,
  );
  return [
    `## ${title}`,
    ...tables.map(writeTable),
    ...(judged.length > 0 ? [judged.join("\n")] : []),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
  ].join("\n\n");
}

function cell(value: string | number): string {
  return typeof value === "number" ? number(value) : value;
}

/** Three significant digits, whole numbers above a thousand. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

/** A median and between which values the rounds were. */
export function spread({ median, lowest, highest }: Rounds): string {
  return `${number(median)} (${number(lowest)}–${number(highest)})`;
}
