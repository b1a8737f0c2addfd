import { createHash } from "node:crypto";
import { SAMPLE_SECONDS } from "../../simulation/grid.ts";
import type { Run } from "../../simulation/run.ts";
import { decodeSamples, encodeSamples, type Samples } from "../../simulation/samples.ts";
import type { TestCase } from "../../simulation/testcase.ts";

/** What a warm-up comes to: the run at its end, the values of all points there (JSON), and the samples on the way. */
export interface Warmup {
  readonly run: Run;
  readonly points: string;
  readonly samples: Samples;
}

/**
 * A warm-up that takes no longer than this by its emulator's declared cost is sooner simulated than fetched, ms: a GET,
 * and for the first one a lock and a PUT besides, cost as much. For the built-in test cases that is two days.
 */
const CHEAP_MS = 10;
/** Samples beyond this would fill a worker's memory: such a warm-up, of months, is simulated each time. Bytes. */
const MOST_BYTES = 32 * 1024 * 1024;
/** The layout below. Part of the key, so that a change of it finds nothing of an older one. */
const LAYOUT = 2;

/** Whether a run is a warm-up that is worth looking for. Where there is none, an initial condition takes as much as a sample. */
export function isWorthSharing(testcase: TestCase, run: Run): boolean {
  const seconds = Math.max(run.grid.length, SAMPLE_SECONDS);
  if (run.kind !== "initialize" || seconds * testcase.emulator.cost <= CHEAP_MS) return false;
  const columns = 1 + Object.keys(testcase.inputs).length + Object.keys(testcase.measurements).length;
  return (run.grid.intervals + 1) * columns * Float64Array.BYTES_PER_ELEMENT <= MOST_BYTES;
}

/**
 * The key of a warm-up: everything that its outcome depends on. What a solver is set to belongs to the test case, whose
 * version changes with it; how the warm-up is sampled is in the grid, with its beginning and its end. Where the scenario
 * is to end is no part of it.
 */
export function warmupKey(testcase: TestCase, run: Run): string {
  const { start, length, intervals } = run.grid;
  const what = [LAYOUT, testcase.id, testcase.version, run.startTime, start, length, intervals, run.inputs];
  return `warmups/${createHash("sha256").update(JSON.stringify(what)).digest("hex")}`;
}

/** A warm-up as bytes: the length of the head (u32, little endian), the head as JSON, the samples. */
export function encodeWarmup({ run, points, samples }: Warmup): Uint8Array {
  const head = Buffer.from(JSON.stringify({ run: { ...run, endTime: null }, points }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, encodeSamples(samples)]);
}

/** The reverse, to the last bit; the scenario's end is the one that is asked for now. */
export function decodeWarmup(bytes: Uint8Array, endTime: number | null): Warmup {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 4 + buffer.readUInt32LE(0);
  const { run, points } = JSON.parse(buffer.toString("utf8", 4, end)) as { run: Run; points: string };
  return { run: { ...run, endTime }, points, samples: decodeSamples(buffer.subarray(end)) };
}
