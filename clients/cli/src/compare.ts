import { existsSync, readFileSync } from "node:fs";
import type { Kpis } from "../../typescript/src/index.ts";
import { UNITS } from "./kpis.ts";
import { type Common, EXIT, Problem, serviceOf, show } from "./session.ts";

interface Row {
  readonly kpi: string;
  readonly a: number | null;
  readonly b: number | null;
  /** (B − A) / A, %; null where there is nothing to divide by. */
  readonly percent: number | null;
}

/** The KPIs of two tests, or of files that `run --json` has written, side by side. Of each KPI the smaller is the better. */
export async function compare(a: string, b: string, options: Common): Promise<void> {
  const [one, other] = [await kpisOf(a, options), await kpisOf(b, options)];
  const rows = (Object.keys(one) as (keyof Kpis)[]).map((kpi): Row => {
    const [x, y] = [one[kpi], other[kpi] ?? null];
    return { kpi, a: x, b: y, percent: x === null || y === null || x === 0 ? null : (100 * (y - x)) / x };
  });
  show(options, rows, () => [
    ["KPI", "unit", "A", "B", "B − A, %", "better"],
    ...rows.map((row) => [row.kpi, UNITS[row.kpi], row.a, row.b, row.percent?.toFixed(2), better(row)]),
  ]);
  if (!options.json) process.stdout.write(`\nA: ${a}\nB: ${b}\n`);
}

function better({ kpi, a, b }: Row): string {
  // That one is how long the controller takes: nobody's merit, unless steps come late.
  if (kpi === "time_rat" || a === null || b === null) return "";
  if (a === b) return "equal";
  return a < b ? "A" : "B";
}

async function kpisOf(what: string, options: Common): Promise<Kpis> {
  if (!what.endsWith(".json")) return await serviceOf(options).test(what).kpis();
  if (!existsSync(what)) throw new Problem(`There is no file ${what}`, EXIT.usage);
  try {
    const { kpis } = JSON.parse(readFileSync(what, "utf8")) as { kpis?: Kpis };
    if (typeof kpis === "object" && kpis !== null) return kpis;
  } catch {
    // Told below.
  }
  throw new Problem(`${what} is not what run --json writes: it has no kpis`, EXIT.usage);
}
