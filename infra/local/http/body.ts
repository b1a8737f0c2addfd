import type { IncomingMessage } from "node:http";

/** The request's body exceeds the service's limit. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** The whole body. A body above the limit is read to its end but not kept, so that the client gets the answer. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.once("end", () => (bytes > maxBytes ? reject(new TooLarge()) : resolve(Buffer.concat(chunks))));
    request.once("error", reject);
    // `close` follows `end`, too: the error is made only without an end.
    request.once("close", () => {
      if (!request.complete) reject(new Error("The client went away"));
    });
  });
}
