import { CsvError, type InfoRecord, parse } from "csv-parse/sync";

/** A CSV file of numbers: columns by the names in its first line. */
export interface Table {
  /** A value that the file leaves empty is NaN; `time` has none. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  readonly rows: number;
}

/** A CSV file cannot be read. The message is the end of a sentence that begins with the file's name. */
export class BadCsv extends Error {
  override readonly name = "BadCsv";
}

/**
 * Texts of an empty cell. These are the words that pandas, with which BOPTEST reads these files, takes for a missing value.
 */
const EMPTY: ReadonlySet<string> = new Set(
  ["", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>"].concat([
    "N/A",
    "NA",
    "NULL",
    "NaN",
    "None",
    "n/a",
    "nan",
    "null",
  ]),
);

/** Size limit of one line, in characters. A quote that is never closed makes the rest of a file one line. */
const MAX_LINE = 1_000_000;

/** The names of the columns of a CSV file, as its first line has them; none if that line cannot be read. */
export function readColumnNames(bytes: Uint8Array): readonly string[] {
  let names: readonly string[] = [];
  try {
    eachLine(bytes, (cells) => {
      names = cells;
      return "stop";
    });
  } catch (error) {
    if (!(error instanceof BadCsv)) throw error;
  }
  return names;
}

/**
 * Reads the wanted columns of a CSV file: a line of names, then lines of numbers, separated by commas. What follows a `#` is a
 * comment. A cell may stand in quotes. Cells may be empty, and a line may end before its last cells: these values are missing
 * (NaN). Lines of nothing but empty cells, as spreadsheets leave at the end, are passed over.
 *
 * @param maxValues how many values the wanted columns may have, times included
 * @returns undefined if the file has no column `time`, and so contains no boundary data
 * @throws BadCsv naming the line
 */
export function readCsv(bytes: Uint8Array, isWanted: (name: string) => boolean, maxValues: number): Table | undefined {
  let columns: readonly Column[] | undefined;
  let [width, rows] = [0, 0];
  /** The first line of nothing but empty cells. */
  let emptyLine: number | undefined;
  eachLine(bytes, (cells, line) => {
    if (columns === undefined) {
      if (!cells.includes("time")) return "stop";
      columns = wantedColumns(cells, isWanted);
      width = cells.length;
      return;
    }
    if (cells.slice(width).some((cell) => cell !== "")) {
      throw new BadCsv(`has ${cells.length} values in line ${line}, and ${width} columns`);
    }
    if (cells.every((cell) => EMPTY.has(cell))) {
      emptyLine ??= line;
      return;
    }
    if (emptyLine !== undefined) throw noTime(emptyLine);
    if (++rows * columns.length > maxValues) {
      throw new BadCsv(`makes more than ${maxValues} values of boundary data in all`);
    }
    for (const { name, index, values } of columns) {
      const cell = cells[index] ?? "";
      if (name === "time" && EMPTY.has(cell)) throw noTime(line);
      values.push(EMPTY.has(cell) ? Number.NaN : numberIn(cell, name, line));
    }
  });
  return columns && { columns: new Map(columns.map(({ name, values }) => [name, Float64Array.from(values)])), rows };
}

/** A wanted column, while the file is read. */
interface Column {
  readonly name: string;
  readonly index: number;
  readonly values: number[];
}

function wantedColumns(names: readonly string[], isWanted: (name: string) => boolean): Column[] {
  return names.flatMap((name, index) => {
    if (name !== "time" && !isWanted(name)) return [];
    if (names.indexOf(name) !== index) throw new BadCsv(`has more than one column ${JSON.stringify(name)}`);
    return [{ name, index, values: [] }];
  });
}

/** Ends the reading of a file. */
class Stop extends Error {}

/**
 * Calls `visit` for each line that contains something beside comments, with its cells, and its number from 1. No line is kept.
 * @throws BadCsv; whatever `visit` throws
 */
function eachLine(bytes: Uint8Array, visit: (cells: readonly string[], line: number) => unknown): void {
  try {
    parse(bytes, {
      bom: true,
      comment: "#",
      max_record_size: MAX_LINE,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (record: readonly string[], { lines }: InfoRecord) => {
        const cells = record.map((cell) => cell.trim());
        const isBlank = cells.length === 1 && cells[0] === "";
        if (!isBlank && visit(cells, lines) === "stop") throw new Stop();
        return null;
      },
    });
  } catch (error) {
    if (error instanceof Stop) return;
    if (!(error instanceof CsvError)) throw error;
    const why =
      error.code === "CSV_MAX_RECORD_SIZE"
        ? `has a line of more than ${MAX_LINE} characters`
        : "has a quote that is never closed";
    throw new BadCsv(`${why}, in or before line ${error.lines}`);
  }
}

function noTime(line: number): BadCsv {
  return new BadCsv(`has no time in line ${line}. Every row needs its time, in seconds`);
}

function numberIn(cell: string, name: string, line: number): number {
  const value = Number(cell);
  if (Number.isFinite(value)) return value;
  throw new BadCsv(`has ${JSON.stringify(cell.slice(0, 40))} for ${name} in line ${line}, which is no number`);
}
