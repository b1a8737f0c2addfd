import { s3Error } from "./faults.ts";
import type { App, Stores } from "./fauxqs.ts";
import { identify } from "./operations.ts";

const CONDITIONAL = new Set(["PutObject", "CopyObject", "CompleteMultipartUpload"]);

/**
 * `If-None-Match: *` on requests that create an object: 412 if it exists. At this point the body has been read, and this
 * hook and the handler run without a pause, so that no other request comes between look-up and write.
 */
export function installCreateOnly(app: App, { s3Store }: Stores): void {
  // Its own look-up of a missing object makes an error with a trace, for every object that is created.
  const buckets: unknown = Reflect.get(s3Store, "buckets");
  if (!(buckets instanceof Map)) throw new Error("this version of fauxqs keeps its buckets elsewhere");
  const exists = (bucket: string, key: string): boolean => buckets.get(bucket)?.has(key) === true;
  // The callback form on purpose: an async hook would leave a gap before the handler.
  app.addHook("preHandler", (request, reply, done) => {
    const call = request.headers["if-none-match"] === "*" ? identify(request) : undefined;
    const { bucket, key, operation } = call ?? {};
    if (operation && CONDITIONAL.has(operation) && bucket && key && exists(bucket, key)) {
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
