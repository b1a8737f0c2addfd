import { createHash } from "node:crypto";
import { SAMPLE_SECONDS } from "../../simulation/grid.ts";
import type { Run } from "../../simulation/run.ts";
import { decodeSamples, encodeSamples, type Samples } from "../../simulation/samples.ts";
import type { TestCase } from "../../simulation/testcase.ts";

/** A simulated warm-up: the run at its end, the values of all points there (JSON), and all samples. */
export interface Warmup {
  readonly run: Run;
  readonly points: string;
  readonly samples: Samples;
}

/**
 * A warm-up whose declared cost is below this is simulated rather than fetched, ms: a GET takes as long, and the first
 * test needs a lock and a PUT in addition. For the built-in test cases this is two and a half days.
 */
const CHEAP_MS = 10;
/** A warm-up with more samples would fill a worker's memory: it lasts months, and is simulated each time. Bytes. */
const MAX_BYTES = 32 * 1024 * 1024;
/** The layout below. It is part of the key, so a new layout finds no object of an older one. */
const LAYOUT = 2;

/** Whether a run is a warm-up that is worth sharing. An initial condition without a warm-up counts as one sample. */
export function isWorthSharing(testcase: TestCase, run: Run): boolean {
  const seconds = Math.max(run.grid.length, SAMPLE_SECONDS);
  if (run.kind !== "initialize" || seconds * testcase.emulator.cost <= CHEAP_MS) return false;
  const columns = 1 + Object.keys(testcase.inputs).length + Object.keys(testcase.measurements).length;
  return (run.grid.intervals + 1) * columns * Float64Array.BYTES_PER_ELEMENT <= MAX_BYTES;
}

/**
 * The key of a warm-up, from everything that its result depends on. Solver settings belong to the test case and change
 * with its version; the sampling is in the grid, with begin and end. The scenario's end does not matter.
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

/** The reverse, to the last bit. `endTime` is the end of the scenario that is set now. */
export function decodeWarmup(bytes: Uint8Array, endTime: number | null): Warmup {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 4 + buffer.readUInt32LE(0);
  const { run, points } = JSON.parse(buffer.toString("utf8", 4, end)) as { run: Run; points: string };
  return { run: { ...run, endTime }, points, samples: decodeSamples(buffer.subarray(end)) };
}
