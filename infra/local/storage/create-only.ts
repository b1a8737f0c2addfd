import { s3Error } from "./faults.ts";
import type { App, Stores } from "./fauxqs.ts";
import { identify } from "./operations.ts";

const CONDITIONAL = new Set(["PutObject", "CopyObject", "CompleteMultipartUpload"]);

/**
 * `If-None-Match: *` on requests that create an object: 412 if it exists. At this point the body has been read, and this
 * hook and the handler run without a pause, so that no other request comes between look-up and write.
 */
export function installCreateOnly(app: App, { s3Store }: Stores): void {
  // The callback form on purpose: an async hook would leave a gap before the handler.
  app.addHook("preHandler", (request, reply, done) => {
    const call = request.headers["if-none-match"] === "*" ? identify(request) : undefined;
    const { bucket, key, operation } = call ?? {};
    if (operation && CONDITIONAL.has(operation) && bucket && key && exists(s3Store, bucket, key)) {
      const { status, headers, body } = s3Error(412, "PreconditionFailed");
      void reply
        .code(status)
        .headers(headers ?? {})
        .send(body);
      return;
    }
    done();
  });
}

function exists(store: Stores["s3Store"], bucket: string, key: string): boolean {
  try {
    store.headObject(bucket, key);
    return true;
  } catch {
    return false;
  }
}
