import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "../../typescript/src/index.ts";

/** A point's trajectory beside BOPTEST's own: where it differs most. */
export interface ComparedPoint {
  readonly scenario: string;
  readonly point: string;
  /** In BOPTEST's measure: the difference, and the difference by the reference. Null if the test case has no such point. */
  readonly error: number | null;
  /** Of the whole range of the reference; null if it does not vary. */
  readonly ofRange: number | null;
  /** When it is largest, s; the values there. */
  readonly time: number;
  readonly reference: number;
  readonly ours: number | null;
  readonly agrees: boolean;
}

/** The columns of a CSV file, `time` (s) among them. */
export type Trajectories = ReadonlyMap<string, readonly number[]>;

/** BOPTEST's own tests compare at so many times, in so many digits; a larger error is a failure. */
const [TIMES, DIGITS, TOLERANCE] = [500, 8, 1e-3];
/** Of a smaller reference, the difference counts alone. */
const SMALL = 10 * TOLERANCE;
/** So many points are asked for at once. */
const AT_ONCE = 20;

/** What a checkout keeps in `results_<scenario>.csv`; undefined if there is none. */
export function trajectoriesOf(checkout: string, name: string, scenario: string): Trajectories | undefined {
  const file = join(checkout, "testing", "references", name, `results_${scenario}.csv`);
  if (!existsSync(file)) return undefined;
  const [head = "", ...rows] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const cells = rows.map((row) => row.split(",").map(Number));
  return new Map(head.split(",").map((column, i) => [column, cells.map((row) => row[i] ?? Number.NaN)]));
}

/** Compares what the test has simulated with the reference, as BOPTEST's own tests do. */
export async function comparePoints(test: Test, scenario: string, reference: Trajectories): Promise<ComparedPoint[]> {
  const times = reference.get("time") ?? [];
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const known = new Set(Object.keys({ ...(await test.inputs()), ...(await test.measurements()) }));
  const names = [...reference.keys()].filter((name) => name !== "time" && name !== "");
  const compared: ComparedPoint[] = names
    .filter((name) => !known.has(name))
    .map((point) => missing(scenario, point, first));
  const wanted = names.filter((name) => known.has(name));
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    const some = wanted.slice(i, i + AT_ONCE);
    const columns = new Map(Object.entries(await test.results(some, first, last)));
    const own = columns.get("time") ?? [];
    for (const point of some) {
      const series = { times: own, values: columns.get(point) ?? [] };
      compared.push(largest(scenario, point, { times, values: reference.get(point) ?? [] }, series));
    }
  }
  return compared;
}

interface Series {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

function missing(scenario: string, point: string, time: number): ComparedPoint {
  return { scenario, point, error: null, ofRange: null, time, reference: Number.NaN, ours: null, agrees: false };
}

function largest(scenario: string, point: string, reference: Series, ours: Series): ComparedPoint {
  const [theirs, mine] = [testPoints(reference), testPoints(ours)];
  let [error, at] = [0, 0];
  for (const [i, { value }] of theirs.entries()) {
    const difference = Math.abs((mine[i]?.value ?? Number.NaN) - value);
    const total = difference + (Math.abs(value) > SMALL ? difference / Math.abs(value) : 0);
    if (total > error || Number.isNaN(total)) [error, at] = [total, i];
  }
  const values = theirs.map(({ value }) => value);
  const range = Math.max(...values) - Math.min(...values);
  const [there, here] = [theirs[at]?.value ?? Number.NaN, mine[at]?.value ?? Number.NaN];
  return {
    scenario,
    point,
    error,
    ofRange: range > 0 ? Math.abs(here - there) / range : null,
    time: theirs[at]?.time ?? 0,
    reference: there,
    ours: here,
    agrees: error <= TOLERANCE,
  };
}

/** A series at equal distances, linear between its values, rounded. */
function testPoints({ times, values }: Series): { time: number; value: number }[] {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  let k = 0;
  return Array.from({ length: TIMES }, (_, i) => {
    const time = first + ((last - first) * i) / (TIMES - 1);
    while (k + 2 < times.length && (times[k + 1] ?? last) <= time) k++;
    const [t0 = 0, t1 = 0, v0 = Number.NaN, v1 = Number.NaN] = [times[k], times[k + 1], values[k], values[k + 1]];
    const value = t1 > t0 ? v0 + ((v1 - v0) * (time - t0)) / (t1 - t0) : v1;
    return { time, value: Number(value.toPrecision(DIGITS)) };
  });
}
