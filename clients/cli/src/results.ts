import { writeFileSync } from "node:fs";
import { parquetWriteFile } from "hyparquet-writer";
import type { Columns, Test } from "../../typescript/src/index.ts";

/** Writes results into a file: Parquet where its name ends in `.parquet`, else CSV. */
export function writeResults(file: string, results: Columns): void {
  if (!/\.parquet$/i.test(file)) {
    writeFileSync(file, toCsv(results));
    return;
  }
  const columnData = namesOf(results).map((name) => ({
    name,
    data: Float64Array.from(results[name] ?? []),
    type: "DOUBLE" as const,
  }));
  parquetWriteFile({ filename: file, columnData });
}

/** The unit of every point that has one, and of `time`. */
export async function unitsOf(test: Test): Promise<Readonly<Record<string, string>>> {
  const points = { ...(await test.inputs()), ...(await test.measurements()) };
  const units = Object.entries(points).map(([name, { Unit }]) => [name, Unit ?? ""]);
  return { ...Object.fromEntries(units), time: "s" };
}

/** Columns of the same length, `time` first. */
export function toCsv(results: Columns): string {
  const names = namesOf(results);
  const lines = results.time.map((_, i) => names.map((name) => results[name]?.[i]).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

const namesOf = (results: Columns) => ["time", ...Object.keys(results).filter((name) => name !== "time")];
