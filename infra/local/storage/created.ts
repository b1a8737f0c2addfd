import type { Stores } from "./fauxqs.ts";

/** An object that was created. */
export interface Created {
  bucket: string;
  key: string;
  bytes: number;
  etag: string;
}

/**
 * Reports each object that is put, posted with a form, copied or completed from parts, before its writer gets the answer:
 * all of these end in two calls of the store.
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

/** The bucket of an upload in parts; after its completion it is unknown. */
function bucketOf(store: Stores["s3Store"], uploadId: string): string | undefined {
  const uploads: unknown = Reflect.get(store, "multipartUploads");
  if (!(uploads instanceof Map)) throw new Error("this version of fauxqs keeps its uploads elsewhere");
  return uploads.get(uploadId)?.bucket;
}
