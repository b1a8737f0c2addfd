import { createReadStream, statSync } from "node:fs";
import { request } from "node:http";
import { request as requestTls } from "node:https";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { errorOf } from "../../typescript/src/errors.ts";
import { Unreachable, type UploadForm } from "../../typescript/src/index.ts";

/** An upload that makes no progress for so long has failed, ms. */
const STALLED_MS = 60_000;

/**
 * Posts a file with the fields of an upload form, as a stream. `fetch` does not tell how far it has come.
 * @param tell is told the bytes of the file that were sent so far
 * @throws BoptestError
 */
export async function sendFile(form: UploadForm, file: string, tell: (bytes: number) => void): Promise<void> {
  const boundary = crypto.randomUUID();
  const part = (head: string) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n`;
  const fields = Object.entries(form.fields).map(([name, value]) => `${part(`name="${name}"`)}\r\n${value}\r\n`);
  const kind = "Content-Type: application/octet-stream\r\n\r\n";
  const head = Buffer.from(`${fields.join("")}${part('name="file"; filename="file"')}${kind}`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { size } = statSync(file);

  async function* body() {
    yield head;
    let sent = 0;
    for await (const chunk of createReadStream(file)) {
      yield chunk as Buffer;
      sent += (chunk as Buffer).length;
      tell(sent);
    }
    yield tail;
  }

  const ask = form.url.startsWith("https:") ? requestTls : request;
  const headers = {
    "content-type": `multipart/form-data; boundary=${boundary}`,
    "content-length": head.length + size + tail.length,
  };
  const sending = ask(form.url, { method: "POST", headers, timeout: STALLED_MS });
  sending.once("timeout", () => sending.destroy(new Error(`nothing was sent or received for ${STALLED_MS / 1000} s`)));
  const answered = new Promise<{ status: number; said: string }>((resolve, reject) => {
    sending.once("error", reject);
    sending.once("response", (response) => {
      text(response).then((said) => resolve({ status: response.statusCode ?? 0, said }), reject);
    });
  });
  try {
    const [{ status, said }] = await Promise.all([answered, pipeline(body, sending)]);
    if (status >= 300) throw errorOf(status, said, undefined);
  } catch (error) {
    if (error instanceof Error && "status" in error) throw error;
    throw new Unreachable(`The upload of ${file} failed: ${error instanceof Error ? error.message : error}`);
  }
}
