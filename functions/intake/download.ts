import { open } from "node:fs/promises";
import type { Bucket } from "../platform/objects.ts";

/** An uploaded object was replaced or deleted. */
export class Vanished extends Error {
  override readonly name = "Vanished";
}

/**
 * Downloads an object into a file.
 * @param options.maxBytes size limit, bytes
 * @throws Vanished if there is no such object; the signal's reason; Error if the object is larger
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
