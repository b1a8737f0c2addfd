import { Service } from "../../typescript/src/index.ts";

/** Options of every command. */
export interface Common {
  readonly url: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** A failure outside of the service: the program prints the message, and ends with this code. */
export class Problem extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const EXIT = { refused: 1, usage: 2, controller: 3 } as const;

export const serviceOf = ({ url, key }: Common) => new Service(url, { key: key === "" ? undefined : key, retries: 3 });

/** For machines as JSON on one line; for people as a table of two or more columns. */
export function show({ json }: Common, value: unknown, rows: () => readonly (readonly unknown[])[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : table(rows()));
}

function table(rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "number" ? number(cell) : String(cell ?? "-"))));
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(6));

/** A progress bar on a terminal; nothing if standard error is no terminal. */
export function progress(label: string, done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  const width = 30;
  const full = Math.round((Math.min(done, total) / total) * width);
  const bar = "█".repeat(full) + "·".repeat(width - full);
  process.stderr.write(`\r${label} ${bar} ${Math.round((done / total) * 100)} %${done >= total ? "\n" : ""}`);
}
