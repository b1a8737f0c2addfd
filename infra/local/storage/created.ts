import type { Stores } from "./fauxqs.ts";

/** An object that has just appeared. */
export interface Created {
  bucket: string;
  key: string;
  bytes: number;
  etag: string;
}

/**
 * Tells of each object that is put, posted with a form, copied or put together from parts, before its writer is
 * answered: all of these end in two calls of the store.
 */
export function installCreated({ s3Store: store }: Stores, tell: (created: Created) => void): void {
  const putObject = store.putObject.bind(store);
  store.putObject = (bucket, key, ...rest) => {
    const object = putObject(bucket, key, ...rest);
    tell({ bucket, key, bytes: object.contentLength, etag: object.etag });
    return object;
  };
  const complete = store.completeMultipartUpload.bind(store);
  store.completeMultipartUpload = (uploadId, parts) => {
    const bucket = bucketOf(store, uploadId);
    const object = complete(uploadId, parts);
    if (bucket !== undefined) tell({ bucket, key: object.key, bytes: object.contentLength, etag: object.etag });
    return object;
  };
}

/** Of an upload in parts; once it is complete nobody knows any more. */
function bucketOf(store: Stores["s3Store"], uploadId: string): string | undefined {
  const uploads: unknown = Reflect.get(store, "multipartUploads");
  if (!(uploads instanceof Map)) throw new Error("fauxqs keeps its uploads elsewhere now");
  return uploads.get(uploadId)?.bucket;
}
