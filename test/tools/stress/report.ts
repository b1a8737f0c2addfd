import type { StressOptions } from "./options.ts";
import { sum, type Tally } from "./tally.ts";
import type { Verdict } from "./verify.ts";

/** Percentiles of times, ms. */
interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Line extends Omit<Tally, "readTimes" | "createTimes" | "wrong"> {
  readonly operationsPerSecond: number;
  readonly read: Times;
  readonly create: Times;
  readonly wrong: number;
}

export interface Report {
  readonly options: StressOptions;
  readonly processes: readonly Line[];
  readonly all: Line;
  readonly verification: Verdict;
  readonly passed: boolean;
}

export function makeReport(options: StressOptions, tallies: readonly Tally[], verdict: Verdict): Report {
  const all = sum(tallies);
  const failures = [...verdict.failures, ...all.wrong];
  const unexpected = options.faults === 0 ? Object.keys(all.errors).length : 0;
  return {
    options,
    processes: tallies.map(line),
    all: line(all),
    verification: { ...verdict, failures },
    passed: failures.length === 0 && unexpected === 0,
  };
}

function line(tally: Tally): Line {
  const { readTimes, createTimes, wrong, ...counts } = tally;
  const errors = Object.values(tally.errors).reduce((all, count) => all + count, 0);
  return {
    ...counts,
    wrong: wrong.length,
    operationsPerSecond: round((tally.iterations - errors) / Math.max(tally.seconds, 1e-9)),
    read: percentiles(readTimes),
    create: percentiles(createTimes),
  };
}

function percentiles(times: readonly number[]): Times {
  const sorted = Float64Array.from(times).sort();
  const at = (part: number) => round(sorted[Math.ceil(part * sorted.length) - 1] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

const round = (value: number) => Math.round(value * 10) / 10;

const COLUMNS = [
  "process",
  "iterations",
  "reads ok",
  "busy",
  "missing",
  "read MB",
  "creates ok",
  "busy",
  "exists",
  "created MB",
  "errors",
  "ops/s",
  "read p50/p95/p99 ms",
  "create p50/p95/p99 ms",
];

/** The report as a table in Markdown, with the result of the verification. */
export function writeReport({ options, processes, all, verification, passed }: Report): string {
  const rows = [...processes.map((each, i) => cells(String(i + 1), each)), cells("all", all)];
  const { created, objects, bytes, adopted, dropped, failures } = verification;
  const healed = adopted + dropped > 0 ? ` (after ${adopted} orphans were adopted and ${dropped} ghosts dropped)` : "";
  const errors = Object.entries(all.errors).map(([name, count]) => `${count} ${name}`);
  return [
    `${options.processes} processes, ${options.durationSeconds} s, ${100 * options.writeProbability} % creates, ${options.keys} keys, ${options.smallest} to ${options.largest} bytes${options.faults > 0 ? `, S3 failing with 500, 503, 409 and no answer at ${100 * options.faults} % each` : ""}`,
    "",
    `| ${COLUMNS.join(" | ")} |`,
    `|${" --- |".repeat(COLUMNS.length)}`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
    `Other errors: ${errors.length === 0 ? "none" : errors.join(", ")}`,
    `Verified: ${created} objects created, ${objects} in the bucket and in the index, ${bytes} bytes in all${healed}; ${failures.length === 0 ? "each with its own bytes, none created twice, no lock left" : `${failures.length} failures`}`,
    ...failures.slice(0, 50).map((failure) => `  ${failure}`),
    passed ? "PASSED" : "FAILED",
  ].join("\n");
}

function cells(name: string, { iterations, reads, writes, errors, operationsPerSecond, read, create }: Line): string[] {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const failed = Object.values(errors).reduce((all, count) => all + count, 0);
  const times = ({ p50, p95, p99 }: Times) => `${p50} / ${p95} / ${p99}`;
  return [
    name,
    ...[iterations, reads.ok, reads.busy, reads.missing, megabytes(reads.bytes)].map(String),
    ...[writes.ok, writes.busy, writes.exists, megabytes(writes.bytes), failed, operationsPerSecond].map(String),
    times(read),
    times(create),
  ];
}
