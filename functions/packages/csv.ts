/** A CSV file of numbers: columns by the names in its first line. */
export interface Table {
  /** A value that the file leaves empty is NaN; `time` has none. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  readonly rows: number;
}

/** A CSV file cannot be read. */
export class BadCsv extends Error {
  override readonly name = "BadCsv";
}

/**
 * What an empty cell may hold beside blanks: the words that pandas, with which BOPTEST reads these files, takes for a
 * missing value.
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

/** The names of the columns of a CSV file, as its first line has them. */
export function readColumnNames(text: string): readonly string[] {
  const head = linesOf(text).next();
  return head.done ? [] : namesIn(head.value.text);
}

/**
 * Reads the columns that are wanted of a CSV file: a line of names, then lines of numbers, separated by commas. What
 * follows a `#` is a comment. Names may stand in quotes. Cells may be empty, and a line may end before its last cells:
 * these values are missing (NaN). Lines of nothing but empty cells, as spreadsheets leave at the end, are passed over.
 *
 * @returns undefined if the file has no column `time`, and so is none of boundary data
 * @throws BadCsv naming the line
 */
export function readCsv(text: string, isWanted: (name: string) => boolean, maxValues: number): Table | undefined {
  const lines = linesOf(text);
  const head = lines.next();
  if (head.done) return undefined;
  const names = namesIn(head.value.text);
  if (!names.includes("time")) return undefined;
  const wanted = names.map((name) => name === "time" || isWanted(name));
  names.forEach((name, i) => {
    if (wanted[i] && names.indexOf(name) !== i) throw new BadCsv(`has more than one column ${JSON.stringify(name)}`);
  });
  const values = names.map((): number[] => []);
  const width = wanted.filter(Boolean).length;
  let rows = 0;
  /** The first line of nothing but empty cells. */
  let emptyLine: number | undefined;
  for (const { text: line, number } of lines) {
    const cells = line.split(",").map(unquoted);
    if (cells.length > names.length && cells.slice(names.length).some((cell) => cell !== "")) {
      throw new BadCsv(`has ${cells.length} values in line ${number}, and ${names.length} columns`);
    }
    if (cells.every((cell) => EMPTY.has(cell))) {
      emptyLine ??= number;
      continue;
    }
    if (emptyLine !== undefined) throw noTime(emptyLine);
    if ((rows + 1) * width > maxValues) throw new BadCsv(`makes more than ${maxValues} values of boundary data in all`);
    for (let i = 0; i < names.length; i++) {
      if (!wanted[i]) continue;
      const name = names[i] ?? "";
      const cell = cells[i] ?? "";
      if (name === "time" && EMPTY.has(cell)) throw noTime(number);
      values[i]?.push(EMPTY.has(cell) ? Number.NaN : numberIn(cell, name, number));
    }
    rows++;
  }
  const columns = names.flatMap((name, i): [string, Float64Array][] =>
    wanted[i] ? [[name, Float64Array.from(values[i] ?? [])]] : [],
  );
  return { columns: new Map(columns), rows };
}

function noTime(line: number): BadCsv {
  return new BadCsv(`has no time in line ${line}. Every row needs its time, in seconds`);
}

function numberIn(cell: string, name: string, line: number): number {
  const value = Number(cell);
  if (Number.isFinite(value)) return value;
  throw new BadCsv(`has ${JSON.stringify(cell.slice(0, 40))} for ${name} in line ${line}, which is no number`);
}

function namesIn(line: string): string[] {
  return line.split(",").map(unquoted);
}

/** The lines that hold something beside comments, and their numbers, counted from 1. */
function* linesOf(text: string): Generator<{ readonly text: string; readonly number: number }, undefined> {
  let number = 0;
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; ) {
    const next = text.indexOf("\n", at);
    const end = next < 0 ? text.length : next;
    const whole = text.slice(at, end);
    const comment = whole.indexOf("#");
    const line = (comment < 0 ? whole : whole.slice(0, comment)).trim();
    at = end + 1;
    number++;
    if (line !== "") yield { text: line, number };
  }
}

function unquoted(cell: string): string {
  const trimmed = cell.trim();
  return trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"')
    ? trimmed.slice(1, -1).trim()
    : trimmed;
}
