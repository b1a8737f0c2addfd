/**
 * Simulated samples: one Float64 column per point, all of the same length. `names[0]` is always `time` (s, the test's
 * time). Values have the point's unit.
 */
export interface Samples {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}

export function sampleCount(samples: Samples): number {
  return samples.columns[0]?.length ?? 0;
}

/** The column of a point. Throws if there is none of that name. */
export function column(samples: Samples, name: string): Float64Array {
  const found = samples.columns[samples.names.indexOf(name)];
  if (found === undefined) throw new Error(`samples have no column ${JSON.stringify(name)}`);
  return found;
}

/**
 * Joins samples of consecutive parts of one test. All must have the same names in the same order; throws otherwise. An
 * empty list gives samples without names and columns.
 */
export function concatSamples(list: readonly Samples[]): Samples {
  const first = list[0];
  if (first === undefined) return { names: [], columns: [] };
  if (list.length === 1) return first;
  const total = list.reduce((sum, samples) => sum + sampleCount(samples), 0);
  const columns = first.names.map(() => new Float64Array(total));
  let row = 0;
  for (const samples of list) {
    if (samples.names.length !== first.names.length || samples.names.some((name, i) => name !== first.names[i])) {
      throw new Error(`cannot join samples of [${samples.names}] to samples of [${first.names}]`);
    }
    columns.forEach((joined, i) => {
      joined.set(samples.columns[i] ?? [], row);
    });
    row += sampleCount(samples);
  }
  return { names: first.names, columns };
}

/** The values of the last sample, including `time`; empty if there is no sample. */
export function lastValues(samples: Samples): Record<string, number> {
  const last = sampleCount(samples) - 1;
  const entries: [string, number][] = [];
  samples.names.forEach((name, i) => {
    const value = samples.columns[i]?.[last];
    if (value !== undefined) entries.push([name, value]);
  });
  return Object.fromEntries(entries);
}

/** The samples with `start ≤ time ≤ final` (s, may be infinite). Their times must be rising. Shares memory with `samples`. */
export function sliceByTime(samples: Samples, start: number, final: number): Samples {
  const times = samples.columns[0] ?? new Float64Array(0);
  const from = countWhile(times, (time) => time < start);
  const to = countWhile(times, (time) => time <= final);
  return { names: samples.names, columns: samples.columns.map((values) => values.subarray(from, Math.max(from, to))) };
}

export function withoutRows(samples: Samples): Samples {
  return { names: samples.names, columns: samples.columns.map(() => new Float64Array(0)) };
}

/** Number of leading times that meet a condition which, once false, stays false. Binary search. */
function countWhile(times: Float64Array, condition: (time: number) => boolean): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (condition(times[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/*
 * The encoding. All numbers are little endian, like all machines that this runs on:
 *   4 bytes  "smp" and the version: 1, or 2 if the header has `runs`
 *   u32      length of the header
 *   header   JSON: { names, rows, same, even, runs }: which columns are constant to the bit, which rise evenly, and of those
 *            that change rarely, as inputs do from step to step, for how many rows each value stays: [[column, [rows, …]], …]
 *   f64 …    column after column: one value for those in `same`, the first two for those in `even`, one for each run for
 *            those in `runs`, else `rows` values
 * Doubles are copied as bytes, so that all bits survive: −0, NaN with its payload, denormals.
 */
const MAGIC = [0x73, 0x6d, 0x70];
const [PLAIN, WITH_RUNS] = [1, 2];

interface Header {
  readonly names: readonly string[];
  readonly rows: number;
  readonly same: readonly number[];
  readonly even: readonly number[];
  readonly runs?: readonly (readonly [column: number, rows: readonly number[]])[];
}

/**
 * Encodes samples as bytes, exactly; equal samples give equal bytes. A constant column takes one value, an evenly
 * rising one, which time mostly is, two, and one that changes rarely a value for each change. `decodeSamples` is the
 * reverse.
 */
export function encodeSamples(samples: Samples): Uint8Array {
  const rows = sampleCount(samples);
  const same: number[] = [];
  const even: number[] = [];
  const runs: [number, readonly number[]][] = [];
  const stored = samples.columns.map((values, i) => {
    const lengths = runsOf(values);
    if (rows > 1 && lengths?.length === 1) same.push(i);
    else if (rows > 2 && isEven(values)) even.push(i);
    else if (rows > 1 && lengths !== undefined) {
      runs.push([i, lengths]);
      return bytesOf(firstsOf(values, lengths));
    }
    return bytesOf(values.subarray(0, same.at(-1) === i ? 1 : even.at(-1) === i ? 2 : rows));
  });
  const told: Header = { names: samples.names, rows, same, even, ...(runs.length > 0 && { runs }) };
  const header = new TextEncoder().encode(JSON.stringify(told));
  const bytes = new Uint8Array(8 + header.length + stored.reduce((sum, part) => sum + part.length, 0));
  bytes.set(MAGIC);
  bytes[3] = runs.length > 0 ? WITH_RUNS : PLAIN;
  new DataView(bytes.buffer).setUint32(4, header.length, true);
  bytes.set(header, 8);
  let offset = 8 + header.length;
  for (const part of stored) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Names and number of encoded samples, without decoding them. Throws on bytes that `encodeSamples` did not make. */
export function headOfSamples(bytes: Uint8Array): { readonly names: readonly string[]; readonly rows: number } {
  return readHeader(bytes).header;
}

/** Where the numbers begin in encoded samples: from there on there is nothing else. Throws on bytes that `encodeSamples` did not make. */
export function beginOfNumbers(bytes: Uint8Array): number {
  return readHeader(bytes).end;
}

function readHeader(bytes: Uint8Array): { readonly header: Header; readonly end: number } {
  const isKnown = bytes[3] === PLAIN || bytes[3] === WITH_RUNS;
  if (bytes.length < 8 || !isKnown || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new Error("no samples in these bytes");
  }
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as Header, end };
}

/** The samples that `encodeSamples` encoded, to the last bit. Throws on bytes that it did not make. */
export function decodeSamples(bytes: Uint8Array): Samples {
  const { header, end: headerEnd } = readHeader(bytes);
  const same = new Set(header.same);
  const even = new Set(header.even);
  const runs = new Map(header.runs);
  let offset = headerEnd;
  const columns = header.names.map((_, i) => {
    const lengths = runs.get(i);
    const end = offset + 8 * (same.has(i) ? 1 : even.has(i) ? 2 : (lengths?.length ?? header.rows));
    if (end > bytes.length) throw new Error(`samples are cut off: ${bytes.length} bytes of at least ${end}`);
    // A copy in memory of its own, aligned to 8 bytes. Not slice(): that of a Buffer shares memory.
    const stored = new Float64Array(new Uint8Array(bytes.subarray(offset, end)).buffer);
    offset = end;
    if (same.has(i)) return repeat(stored, [header.rows]);
    if (lengths !== undefined) return repeat(stored, lengths);
    return even.has(i) ? rise(stored, header.rows) : stored;
  });
  if (offset !== bytes.length) throw new Error(`samples of ${offset} bytes in ${bytes.length} bytes`);
  return { names: header.names, columns };
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** A column changes rarely if its values stay for so many rows in the mean. */
const MEAN_RUN = 8;

/**
 * For how many rows each value stays, or undefined if the values change often. Compares bits: −0 differs from 0, and NaNs may
 * differ from each other.
 */
function runsOf(values: Float64Array): number[] | undefined {
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const most = Math.max(1, Math.floor(values.length / MEAN_RUN));
  const lengths: number[] = [];
  let begin = 0;
  for (let i = 2; i < halves.length; i += 2) {
    if (halves[i] === halves[i - 2] && halves[i + 1] === halves[i - 1]) continue;
    if (lengths.length + 2 > most) return undefined;
    lengths.push(i / 2 - begin);
    begin = i / 2;
  }
  lengths.push(values.length - begin);
  return lengths;
}

/** The first value of each run, copied as bytes. */
function firstsOf(values: Float64Array, lengths: readonly number[]): Float64Array {
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const firsts = new Uint32Array(2 * lengths.length);
  let row = 0;
  lengths.forEach((length, run) => {
    firsts[2 * run] = halves[2 * row] as number;
    firsts[2 * run + 1] = halves[2 * row + 1] as number;
    row += length;
  });
  return new Float64Array(firsts.buffer);
}

/** Whether `rise` computes each value exactly from the first two. Excludes NaN and −0. */
function isEven(values: Float64Array): boolean {
  const [first = 0, second = 0] = values;
  const step = second - first;
  if (!(step > 0 && step < Number.POSITIVE_INFINITY) || first < 0 || Object.is(first, -0)) return false;
  for (let i = 2; i < values.length; i++) if (values[i] !== first + i * step) return false;
  return second === first + step;
}

/** `rows` values that continue the first two evenly. */
function rise([first = 0, second = 0]: Float64Array, rows: number): Float64Array {
  const step = second - first;
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) values[i] = first + i * step;
  return values;
}

/** Each stored double for so many rows, copied as bytes: an engine may change a NaN's payload when it reads one. */
function repeat(stored: Float64Array, lengths: readonly number[]): Float64Array {
  const halves = new Uint32Array(stored.buffer);
  const repeated = new Uint32Array(2 * lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  lengths.forEach((length, run) => {
    for (const end = at + 2 * length; at < end; at += 2) {
      repeated[at] = halves[2 * run] as number;
      repeated[at + 1] = halves[2 * run + 1] as number;
    }
  });
  return new Float64Array(repeated.buffer);
}
