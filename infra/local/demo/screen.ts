import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../../bundle.ts";

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function showProgress(done: number, of: number): void {
  const percent = Math.floor((100 * done) / of);
  // On a terminal one growing line, otherwise ten lines.
  if (process.stdout.isTTY) process.stdout.write(`\r  ${percent} %${done === of ? "\n" : ""}`);
  else if (percent % 10 === 0 && Math.floor((100 * (done - 1)) / of) < percent) say(`  ${percent} %`);
}

/** Saves a plot in `demo/` and prints its path. */
export function savePlot(name: string, svg: string): void {
  const file = join(ROOT, "demo", name);
  mkdirSync(join(ROOT, "demo"), { recursive: true });
  writeFileSync(file, svg);
  say(`\nPlot: ${relative(process.cwd(), file)}`);
}

/** Lines of a table: the first two columns are left-aligned, the others right-aligned. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([name = "", unit = "", ...numbers]) =>
      `  ${name.padEnd(10)}${unit.padEnd(12)}${numbers.map((cell) => cell.padStart(14)).join("")}`.trimEnd(),
    )
    .join("\n");
}
