import { decodeSamples, encodeSamples, type Samples, sampleCount } from "../simulation/samples.ts";

/** Stored samples of a part of a test: the revision that made them, their time range, and the samples, encoded. */
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

/** The chunk as one line of text. The time range stays readable in redis-cli. */
export function writeChunk(chunk: Chunk): string {
  return `${chunk.revision} ${chunk.from} ${chunk.to} ${Buffer.from(chunk.bytes).toString("base64")}`;
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
  return decodeSamples(chunk.bytes);
}
