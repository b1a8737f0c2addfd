import { open } from "node:fs/promises";
import type { Bucket } from "../platform/objects.ts";

/** The object is not there any more. */
export class Vanished extends Error {
  override readonly name = "Vanished";
}

/**
 * Downloads an object into a file.
 * @param options.maxBytes not more is written, whatever comes
 * @throws Vanished if there is none; the signal's reason; Error for one that is larger
 */
export async function download(
  bucket: Pick<Bucket, "open">,
  key: string,
  file: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<void> {
  const body = await bucket.open(key);
  if (body === undefined) throw new Vanished(`There is no object ${key}`);
  const handle = await open(file, "wx");
  try {
    let bytes = 0;
    for await (const chunk of body) {
      options.signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > options.maxBytes) throw new Error(`The object ${key} has more than ${options.maxBytes} bytes`);
      await handle.write(chunk);
    }
  } finally {
    await handle.close();
  }
}
