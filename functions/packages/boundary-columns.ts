import { YEAR_SECONDS } from "../simulation/boundary.ts";
import { boundaryKey, inListingOrder } from "./boundary-points.ts";
import { BadCsv, readColumnNames, readCsv, type Table } from "./csv.ts";
import type { PackageLimits } from "./limits.ts";
import type { BoundaryColumn } from "./manifest.ts";
import { quoted, type Reasons } from "./reasons.ts";

/** How long before the year's end the last row may be, s. After it the year begins again. */
const LAST_ROW_SECONDS = 86_400;

/** The boundary data of a package's CSV files. */
export interface Boundary {
  /** In the order of listings. */
  readonly columns: readonly BoundaryColumn[];
  /** Names of columns of files that were refused. These columns exist, but were not checked. */
  readonly unread: ReadonlySet<string>;
}

/**
 * Reads the boundary data in a package's CSV files: every column whose name is one of BOPTEST's data keys. Files of the archive
 * without a column `time` contain no boundary data, and are passed over.
 *
 * @param files path in the archive → content
 * @param beside those of them that were uploaded beside the FMU: each must hold boundary data
 */
export function readBoundary(
  files: ReadonlyMap<string, Uint8Array>,
  beside: ReadonlySet<string>,
  limits: PackageLimits,
  reasons: Reasons,
): Boundary {
  const columns = new Map<string, BoundaryColumn>();
  const unread = new Set<string>();
  const from = new Map<string, string>();
  let values = 0;
  for (const [path, bytes] of files) {
    const table = readTable(path, bytes, limits.boundaryValues - values, reasons);
    if (table === "refused") for (const name of readColumnNames(bytes)) unread.add(name);
    if (table === undefined && beside.has(path)) {
      reasons.add(
        `${quoted(path)}, uploaded beside the FMU, has no column time. It takes the place of every file of its name in the FMU, so it must hold boundary data: a first line with names, one of them time. Upload a corrected file, or delete this one with DELETE …?file=${path}.`,
      );
    }
    if (table === "refused" || table === undefined || table.columns.size === 1) continue;
    const { time = new Float64Array(0), ...rest } = Object.fromEntries(table.columns);
    values += table.columns.size * table.rows;
    const problem = problemOf(time);
    if (problem !== undefined) {
      reasons.add(`${quoted(path)} ${problem}.`);
      for (const name of Object.keys(rest)) unread.add(name);
      continue;
    }
    const times = encodeDoubles(time);
    for (const [point, column] of Object.entries(rest)) {
      const key = boundaryKey(point);
      if (key === undefined) continue;
      const other = from.get(point);
      if (other !== undefined) {
        reasons.add(
          `${quoted(point)} is a column of both ${quoted(other)} and ${quoted(path)}. Take it out of one of them, or name one of the files in resource_file_exclusion of config.json.`,
        );
        continue;
      }
      from.set(point, path);
      const { Unit, Description, between } = key;
      columns.set(point, { point, Unit, Description, between, times, values: encodeDoubles(column) });
    }
  }
  return { columns: inListingOrder([...columns.values()]), unread };
}

function readTable(
  path: string,
  bytes: Uint8Array,
  maxValues: number,
  reasons: Reasons,
): Table | "refused" | undefined {
  try {
    return readCsv(bytes, (name) => boundaryKey(name) !== undefined, maxValues);
  } catch (error) {
    if (!(error instanceof BadCsv)) throw error;
    reasons.add(
      `${quoted(path)} ${error.message}. Correct the file, or name it in resource_file_exclusion of config.json if it holds no boundary data.`,
    );
    return "refused";
  }
}

/** What is wrong with a file's times, as the end of a sentence; undefined if nothing is. */
function problemOf(times: Float64Array): string | undefined {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) return "has no rows";
  for (let i = 1; i < times.length; i++) {
    if ((times[i] as number) <= (times[i - 1] as number))
      return `has times that do not rise: ${times[i - 1]}, ${times[i]}`;
  }
  if (first > 0) return `begins at ${first} s. Boundary data must cover a year, from 0 s to ${YEAR_SECONDS} s`;
  if (last < YEAR_SECONDS - LAST_ROW_SECONDS) {
    return `ends at ${last} s. Boundary data must cover a year, from 0 s to ${YEAR_SECONDS} s`;
  }
  return undefined;
}

/** Encodes doubles as base64 of their bytes, little endian like all machines that this runs on. */
export function encodeDoubles(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

/** Decodes what `encodeDoubles` encoded, to the last bit. */
export function decodeDoubles(text: string): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}
