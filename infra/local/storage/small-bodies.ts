import { Recent } from "../../../functions/platform/recent.ts";
import type { Stores } from "./fauxqs.ts";

const MAX_BYTES = 16 * 1024 ** 2;
/** Of an object, bytes. Larger ones are read so rarely that a look into the database does not count. */
const SMALL_BYTES = 64 * 1024;

interface Kept {
  readonly etag: string;
  readonly body: Buffer;
}

/**
 * Keeps the content of small objects that were written or read last in memory. fauxqs itself keeps only what describes an
 * object, and looks into its database for every read. The ETag is the content's hash: it shows whether what is kept is
 * still the object, whoever has written or deleted it meanwhile.
 */
export function keepSmallBodies({ s3Store: store }: Stores): void {
  const kept = new Recent<Kept>(MAX_BYTES, ({ body }) => body.length);
  const keep = (bucket: string, key: string, etag: string, body: Buffer) => {
    if (body.length <= SMALL_BYTES) kept.set(`${bucket}/${key}`, { etag, body });
  };
  const putObject = store.putObject.bind(store);
  store.putObject = (bucket, key, body, ...rest) => {
    const object = putObject(bucket, key, body, ...rest);
    keep(bucket, key, object.etag, body);
    return object;
  };
  const getObject = store.getObject.bind(store);
  store.getObject = (bucket, key) => {
    const known = kept.get(`${bucket}/${key}`);
    if (known !== undefined) {
      // Throws if the object is gone.
      const object = store.headObject(bucket, key);
      if (object.etag === known.etag) return { ...object, body: known.body };
    }
    const object = getObject(bucket, key);
    keep(bucket, key, object.etag, object.body);
    return object;
  };
}
