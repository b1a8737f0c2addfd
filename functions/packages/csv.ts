/** A CSV file of numbers: columns by the names in its first line. */
export interface Table {
  readonly columns: ReadonlyMap<string, Float64Array>;
  readonly rows: number;
}

/** A CSV file cannot be read. */
export class BadCsv extends Error {
  override readonly name = "BadCsv";
}

/**
 * Reads the columns that are wanted of a CSV file: a line of names, then lines of numbers, separated by commas. What
 * follows a `#` is a comment. Names may stand in quotes.
 *
 * @returns undefined if the file has no column `time`, and so is none of boundary data
 * @throws BadCsv naming the line
 */
export function readCsv(text: string, isWanted: (name: string) => boolean, maxValues: number): Table | undefined {
  const lines = linesOf(text);
  const head = lines.next();
  if (head.done) return undefined;
  const names = head.value.text.split(",").map(unquoted);
  if (!names.includes("time")) return undefined;
  const wanted = names.map((name) => name === "time" || isWanted(name));
  names.forEach((name, i) => {
    if (wanted[i] && names.indexOf(name) !== i) throw new BadCsv(`has more than one column ${JSON.stringify(name)}`);
  });
  const values = names.map((): number[] => []);
  const width = wanted.filter(Boolean).length;
  let rows = 0;
  for (const { text: line, number } of lines) {
    const cells = line.split(",");
    if (cells.length !== names.length) {
      throw new BadCsv(`has ${cells.length} values in line ${number}, and ${names.length} columns`);
    }
    if ((rows + 1) * width > maxValues) throw new BadCsv(`makes more than ${maxValues} values of boundary data in all`);
    for (let i = 0; i < names.length; i++) {
      if (!wanted[i]) continue;
      const cell = unquoted(cells[i] ?? "");
      const value = cell === "" ? Number.NaN : Number(cell);
      if (!Number.isFinite(value)) {
        throw new BadCsv(
          `has ${JSON.stringify(cell.slice(0, 40))} for ${names[i]} in line ${number}, which is no number`,
        );
      }
      values[i]?.push(value);
    }
    rows++;
  }
  const columns = names.flatMap((name, i): [string, Float64Array][] =>
    wanted[i] ? [[name, Float64Array.from(values[i] ?? [])]] : [],
  );
  return { columns: new Map(columns), rows };
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
