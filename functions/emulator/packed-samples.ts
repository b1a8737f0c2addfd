import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { encodeSamples, type Samples } from "../simulation/samples.ts";

/** Quick rather than small: samples travel once. A quarter of the time that gzip's second level takes, for the same size. */
const LEVEL = 1;

/** Samples as a reply has them, before base64: `encodeSamples`, zstd. */
export function packSamples(samples: Samples): Buffer {
  return zstdCompressSync(encodeSamples(samples), { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
}

/**
 * The reverse, as far as `encodeSamples`.
 *
 * @param limit the largest size of what is unpacked, bytes: for what comes from elsewhere
 * @throws Error if these are no such bytes, or more of them
 */
export function unpackSamples(packed: Uint8Array, limit?: number): Buffer {
  return zstdDecompressSync(packed, limit === undefined ? {} : { maxOutputLength: limit });
}
