import { decodeSamples, encodeSamples, type Samples, sampleCount } from "../simulation/samples.ts";
import { isPacked, pack, unpack } from "./packed.ts";

/** A chunk of so many bytes is packed: a smaller one is not worth the time. */
const PACKED_FROM = 8 * 1024;

/** Stored samples of a part of a test: the revision that made them, their time range, and the samples, encoded, and packed if they were read. */
export interface Chunk {
  readonly revision: number;
  /** Times of the first and the last sample, s. */
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** A chunk of at least one sample. */
export function makeChunk(samples: Samples, revision: number): Chunk {
  const times = samples.columns[0];
  const rows = sampleCount(samples);
  return { revision, from: times?.[0] ?? 0, to: times?.[rows - 1] ?? 0, bytes: encodeSamples(samples) };
}

/** The chunk as one line of text, packed where that makes it shorter. The time range stays readable in redis-cli. */
export function writeChunk({ revision, from, to, bytes }: Chunk): string {
  const packed = bytes.length < PACKED_FROM ? bytes : pack(bytes);
  const shorter = packed.length < bytes.length ? packed : bytes;
  return `${revision} ${from} ${to} ${Buffer.from(shorter).toString("base64")}`;
}

/** How long the line of a new chunk would be if it were not packed, about. */
export function plainLength({ bytes }: Chunk): number {
  return Math.ceil((bytes.length * 4) / 3);
}

/** The reverse of {@link writeChunk}. */
export function readChunk(line: string): Chunk {
  const [revision, from, to, base64] = line.split(" ", 4);
  return {
    revision: Number(revision),
    from: Number(from),
    to: Number(to),
    bytes: Buffer.from(base64 ?? "", "base64"),
  };
}

/** The samples of a chunk. */
export function samplesOf(chunk: Chunk): Samples {
  return decodeSamples(isPacked(chunk.bytes) ? unpack(chunk.bytes) : chunk.bytes);
}
