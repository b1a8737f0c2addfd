import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { beginOfNumbers } from "../simulation/samples.ts";

/*
 * Encoded samples, packed:
 *   4 bytes  "smz" and the version
 *   rest     zstd, of
 *     head   as `encodeSamples` has it, up to the numbers
 *     rest   the numbers, taken as whole numbers of 64 bits: third differences, first all lowest bytes, …, then all highest ones
 * A column is smooth between events, so its third differences are small; zstd alone finds nothing in digits that never repeat.
 */
const MAGIC = Buffer.from([0x73, 0x6d, 0x7a, 0x01]);
const [LEVEL, ORDER, BYTES] = [1, 3, 8];

/**
 * Packs what `encodeSamples` gave; to the last bit, `unpack` is the reverse. zstd of another version of Node.js may give other
 * bytes: nobody may compare them, nor name an object by them.
 */
export function pack(encoded: Uint8Array): Uint8Array {
  const begin = beginOfNumbers(encoded);
  const numbers = halvesOf(new Uint8Array(encoded.subarray(begin)));
  for (let order = 0; order < ORDER; order++) subtract(numbers);
  const all = new Uint8Array(encoded.length);
  all.set(encoded.subarray(0, begin));
  const [from, to] = [new Uint8Array(numbers.buffer), all.subarray(begin)];
  for (let byte = 0, at = 0; byte < BYTES; byte++) {
    for (let i = byte; i < from.length; i += BYTES) to[at++] = from[i] as number;
  }
  return Buffer.concat([MAGIC, zstdCompressSync(all, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })]);
}

export function isPacked(bytes: Uint8Array): boolean {
  return MAGIC.equals(bytes.subarray(0, MAGIC.length));
}

/** Throws on bytes that `pack` did not make. */
export function unpack(packed: Uint8Array): Uint8Array {
  const all = zstdDecompressSync(packed.subarray(MAGIC.length));
  const begin = beginOfNumbers(all);
  const from = all.subarray(begin);
  const numbers = halvesOf(new Uint8Array(from.length));
  const to = new Uint8Array(numbers.buffer);
  for (let byte = 0, at = 0; byte < BYTES; byte++) {
    for (let i = byte; i < to.length; i += BYTES) to[i] = from[at++] as number;
  }
  for (let order = 0; order < ORDER; order++) add(numbers);
  from.set(to);
  return all;
}

/** The lower and the upper half of each number. */
function halvesOf(numbers: Uint8Array<ArrayBuffer>): Uint32Array {
  return new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length / Uint32Array.BYTES_PER_ELEMENT);
}

/** Of each number the one before it. */
function subtract(halves: Uint32Array): void {
  for (let i = halves.length - 2; i >= 2; i -= 2) {
    const low = halves[i] as number;
    const lowBefore = halves[i - 2] as number;
    halves[i] = low - lowBefore;
    halves[i + 1] = (halves[i + 1] as number) - (halves[i - 1] as number) - (low < lowBefore ? 1 : 0);
  }
}

/** The reverse. */
function add(halves: Uint32Array): void {
  for (let i = 2; i < halves.length; i += 2) {
    const low = (halves[i] as number) + (halves[i - 2] as number);
    halves[i] = low;
    halves[i + 1] = (halves[i + 1] as number) + (halves[i - 1] as number) + (low > 0xffffffff ? 1 : 0);
  }
}
