import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { encodeSamples, type Samples } from "../simulation/samples.ts";

/** Quick rather than small: samples travel once. A quarter of the time that gzip's second level takes, for the same size. */
const LEVEL = 1;

/** Samples as a reply has them, in base64: `encodeSamples`, zstd. */
export function packSamples(samples: Samples): Buffer {
  return zstdCompressSync(encodeSamples(samples), { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
}

/**
 * The reverse, as far as `encodeSamples`.
 *
 * @param packed base64
 * @param limit the largest size, bytes
 * @throws Error if these are no such bytes, or more of them
 */
export function unpackSamples(packed: string, limit: number): Buffer {
  return zstdDecompressSync(Buffer.from(packed, "base64"), { maxOutputLength: limit });
}
