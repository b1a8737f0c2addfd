/** The work of one process. A plain value, because it is sent over the channel. */
export interface Tally {
  iterations: number;
  reads: { ok: number; busy: number; missing: number; bytes: number };
  writes: { ok: number; busy: number; exists: number; bytes: number };
  /** By the error's name. */
  errors: Record<string, number>;
  /** Reads whose content was wrong or incomplete. */
  wrong: string[];
  /** ms */
  readTimes: number[];
  createTimes: number[];
  seconds: number;
}

/** A create with the outcome `ok`. */
export interface Made {
  readonly key: string;
  readonly sha256: string;
}

export type ToWorker =
  | { readonly kind: "start"; readonly index: number; readonly options: import("./options.ts").StressOptions }
  | { readonly kind: "known"; readonly keys: readonly string[] };

export type FromWorker =
  | { readonly kind: "ready" }
  | {
      readonly kind: "made";
      readonly made: readonly Made[];
      readonly reads: number;
      readonly writes: number;
      readonly errors: number;
    }
  | { readonly kind: "done"; readonly tally: Tally };

export function emptyTally(): Tally {
  return {
    iterations: 0,
    reads: { ok: 0, busy: 0, missing: 0, bytes: 0 },
    writes: { ok: 0, busy: 0, exists: 0, bytes: 0 },
    errors: {},
    wrong: [],
    readTimes: [],
    createTimes: [],
    seconds: 0,
  };
}

/** The sum of all processes; the time is the longest one. */
export function sum(tallies: readonly Tally[]): Tally {
  const all = emptyTally();
  for (const tally of tallies) {
    all.iterations += tally.iterations;
    for (const name of ["ok", "busy", "missing", "bytes"] as const) all.reads[name] += tally.reads[name];
    for (const name of ["ok", "busy", "exists", "bytes"] as const) all.writes[name] += tally.writes[name];
    for (const [name, count] of Object.entries(tally.errors)) all.errors[name] = (all.errors[name] ?? 0) + count;
    all.wrong.push(...tally.wrong);
    all.readTimes = all.readTimes.concat(tally.readTimes);
    all.createTimes = all.createTimes.concat(tally.createTimes);
    all.seconds = Math.max(all.seconds, tally.seconds);
  }
  return all;
}
