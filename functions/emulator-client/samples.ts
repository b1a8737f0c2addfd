import { unpackSamples } from "../emulator/packed-samples.ts";
import { decodeSamples, headOfSamples, type Samples } from "../simulation/samples.ts";
import type { ModelReply } from "./call.ts";
import { ModelFailed } from "./failure.ts";

/** The head of encoded samples, bytes per column. */
const HEAD_BYTES = 1_000;

/** The samples of a reply. A model's process is not trusted, so everything is checked. @throws ModelFailed */
export function readSamples(
  reply: Pick<ModelReply, "samples" | "log">,
  names: readonly string[],
  rows: number,
): Samples {
  const expected = rows * names.length * Float64Array.BYTES_PER_ELEMENT;
  const heads = names.reduce((sum, name) => sum + 2 * name.length, HEAD_BYTES * names.length);
  let samples: Samples;
  try {
    const bytes = unpackSamples(Buffer.from(reply.samples, "base64"), expected + heads);
    // Checked first: columns of almost no bytes could have any number of rows.
    const head = headOfSamples(bytes);
    if (head.rows !== rows || head.names.join("\n") !== names.join("\n"))
      throw new Error("other samples than asked for");
    samples = decodeSamples(bytes);
  } catch (error) {
    throw new ModelFailed("model", "The model gave samples that cannot be read", reply.log, error);
  }
  const odd = samples.columns.findIndex((values) => !values.every(Number.isFinite));
  if (odd >= 0) {
    throw new ModelFailed("model", `The model gave a value of ${names[odd]} that is no finite number`, reply.log);
  }
  return samples;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
