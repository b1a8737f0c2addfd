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
 * The encoding, version 1. All numbers are little endian, like all machines that this runs on:
 *   4 bytes  "smp" and the version
 *   u32      length of the header
 *   header   JSON: { names, rows, same, even }: which columns are constant to the bit, and which rise evenly
 *   f64 …    column after column: one value for those in `same`, the first two for those in `even`, else `rows` values
 * Doubles are copied as bytes, so that all bits survive: −0, NaN with its payload, denormals.
 */
const MAGIC = [0x73, 0x6d, 0x70, 0x01];

interface Header {
  readonly names: readonly string[];
  readonly rows: number;
  readonly same: readonly number[];
  readonly even: readonly number[];
}

/**
 * Encodes samples as bytes, exactly; equal samples give equal bytes. A constant column takes one value, an evenly
 * rising one, which time mostly is, two. `decodeSamples` is the reverse.
 */
export function encodeSamples(samples: Samples): Uint8Array {
  const rows = sampleCount(samples);
  const same: number[] = [];
  const even: number[] = [];
  const stored = samples.columns.map((values, i) => {
    if (rows > 1 && isConstant(values)) same.push(i);
    else if (rows > 2 && isEven(values)) even.push(i);
    return bytesOf(values.subarray(0, same.at(-1) === i ? 1 : even.at(-1) === i ? 2 : rows));
  });
  const header = new TextEncoder().encode(JSON.stringify({ names: samples.names, rows, same, even } satisfies Header));
  const bytes = new Uint8Array(8 + header.length + stored.reduce((sum, part) => sum + part.length, 0));
  bytes.set(MAGIC);
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

function readHeader(bytes: Uint8Array): { readonly header: Header; readonly end: number } {
  if (bytes.length < 8 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw new Error("no samples in these bytes");
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as Header, end };
}

/** The samples that `encodeSamples` encoded, to the last bit. Throws on bytes that it did not make. */
export function decodeSamples(bytes: Uint8Array): Samples {
  const { header, end: headerEnd } = readHeader(bytes);
  const same = new Set(header.same);
  const even = new Set(header.even);
  let offset = headerEnd;
  const columns = header.names.map((_, i) => {
    const end = offset + 8 * (same.has(i) ? 1 : even.has(i) ? 2 : header.rows);
    if (end > bytes.length) throw new Error(`samples are cut off: ${bytes.length} bytes of at least ${end}`);
    // A copy in memory of its own, aligned to 8 bytes. Not slice(): that of a Buffer shares memory.
    const stored = new Float64Array(Uint8Array.from(bytes.subarray(offset, end)).buffer);
    offset = end;
    if (same.has(i)) return repeat(stored, header.rows);
    return even.has(i) ? rise(stored, header.rows) : stored;
  });
  if (offset !== bytes.length) throw new Error(`samples of ${offset} bytes in ${bytes.length} bytes`);
  return { names: header.names, columns };
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Compares bits, not values: −0 differs from 0, and NaNs may differ from each other. */
function isConstant(values: Float64Array): boolean {
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let i = 2; i < halves.length; i++) if (halves[i] !== halves[i - 2]) return false;
  return true;
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

/** `rows` copies of one stored double, copied as bytes: an engine may change a NaN's payload when it reads one. */
function repeat(stored: Float64Array, rows: number): Float64Array {
  const halves = new Uint32Array(stored.buffer);
  const repeated = new Uint32Array(2 * rows);
  for (let i = 0; i < repeated.length; i++) repeated[i] = halves[i % 2] ?? 0;
  return new Float64Array(repeated.buffer);
}
