import type { IncomingMessage } from "node:http";
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  S3Client,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { collect, Direct } from "./direct.ts";
import { PREFIXES } from "./prefixes.ts";
import { type Body, httpOf, type Put, put } from "./upload.ts";

/** All S3 keys. */
export const objectKeys = {
  /** A result segment: it never changes, and all tests in the lineage share it. */
  segment: (lineage: string, contentHash: string) => `${objectKeys.lineage(lineage)}${contentHash}`,
  /** Prefix of a lineage's segments; `results` is the prefix of all segments. */
  lineage: (lineage: string) => `${objectKeys.results}${lineage}/`,
  results: PREFIXES.results,
  /** An object of a cache. The cache's namespace is the prefix. */
  cached: (namespace: string, key: string) => `${namespace}/${key}`,
  /** Prefix of a scope's uploaded files. The test case and a random name follow. */
  uploads: (scope: string) => `${PREFIXES.uploads}${scope}/`,
  /** A package, by its hash: its manifest, and the FMU as it was uploaded. */
  packageManifest: (hash: string) => `${objectKeys.packages}${hash}/manifest.json.gz`,
  packageModel: (hash: string) => `${objectKeys.packages}${hash}/model.fmu`,
  packages: PREFIXES.packages,
  /** Prefix of all uploads of all scopes. */
  allUploads: PREFIXES.uploads,
  /** An answer that is too large for Lambda. Clients fetch it with a presigned URL; it expires after a day. */
  answer: (id: string) => `${PREFIXES.answers}${id}.json`,
} as const;

/** The part of S3 that most of this project uses. */
export interface Objects {
  /** Creates the object unless the key has one already. Objects never change. */
  create(key: string, body: Body, headers?: ObjectHeaders): Promise<"ok" | "exists">;
  /** The object's bytes; undefined if it does not exist. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** A URL with which anyone can GET the object for this time. */
  presign(key: string, seconds: number): Promise<string>;
}

/** The rest of S3, for the cache and garbage collection. */
export interface Bucket extends Objects {
  /** As `create`, but also tells whether an existing object may have been created by this call. */
  put(key: string, body: Body): Promise<Put>;
  /** The object in chunks, as they arrive; undefined if it does not exist. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The object's last bytes; if it has fewer, all of them or none; undefined if it does not exist. */
  tail(key: string, bytes: number): Promise<Uint8Array | undefined>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Objects in the byte order of their keys. `more`: the page ended at `limit` (at most 1,000). */
  list(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Promise<ObjectPage>;
  /** Deletes up to 1,000 objects. Missing objects are no error. */
  remove(keys: readonly string[]): Promise<void>;
  /** A form with which anyone can POST the object for this time. */
  form(key: string, limits: { readonly maxBytes: number; readonly seconds: number }): Promise<PostForm>;
}

/** The URL to POST to, and the fields to send before the part `file`. */
export interface PostForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface ObjectPage {
  readonly objects: readonly ObjectInfo[];
  readonly more: boolean;
}

export interface ObjectHeaders {
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

/** S3 accepted a request to delete several objects but did not delete all of them. */
export class NotDeleted extends Error {
  override readonly name = "NotDeleted";
}

const BINARY = "application/octet-stream";

/** The only place that makes an S3 client. The SDK may retry, because PUT and GET of unchanging objects are idempotent. */
export function createObjects(bucket: string, options: { readonly attemptMs?: number } = {}): Bucket {
  const attemptMs = options.attemptMs ?? 10_000;
  const maxAttempts = 3;
  // For all attempts with the pauses between them, and again for a body that arrives.
  const limitMs = (maxAttempts + 1) * attemptMs;
  const client = new S3Client({
    maxAttempts,
    requestHandler: {
      connectionTimeout: Math.min(2_000, attemptMs),
      requestTimeout: attemptMs,
      socketTimeout: attemptMs,
      throwOnRequestTimeout: true,
    },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const limited = () => ({ abortSignal: AbortSignal.timeout(limitMs) });

  const get = async (Key: string, Range?: string) => {
    const command = new GetObjectCommand({ Bucket: bucket, Key, ...(Range === undefined ? {} : { Range }) });
    const answer = await orUndefined(NoSuchKey, () => client.send(command, limited()));
    return answer?.Body as IncomingMessage | undefined;
  };
  const direct = new Direct(client, bucket, limitMs);

  return {
    create: async (Key, body, { contentType = BINARY, contentEncoding } = {}) => {
      const encoding = contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding };
      const target = { Bucket: bucket, Key, ContentType: contentType, ...encoding };
      return (await put({ client, direct, limitMs }, target, body)) === "created" ? "ok" : "exists";
    },
    put: (Key, body) => put({ client, direct, limitMs }, { Bucket: bucket, Key, ContentType: BINARY }, body),
    read: async (key) => {
      const answer = await direct.send("GET", key);
      if (answer?.status === 200) return answer.body;
      if (answer?.status === 404 && isNoSuchKey(answer.body)) return undefined;
      const body = await get(key);
      return body === undefined ? undefined : await collect(body, limitMs);
    },
    open: get,
    tail: async (key, bytes) => {
      try {
        const body = await get(key, `bytes=-${bytes}`);
        return body === undefined ? undefined : await collect(body, limitMs);
      } catch (error) {
        // An empty object has no ranges. Some servers also refuse a range that is longer than the object.
        if (httpOf(error).status === 416) return new Uint8Array();
        throw error;
      }
    },
    head: async (key) => {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
      const answer = await orUndefined(NotFound, () => client.send(command, limited()));
      if (answer === undefined) return undefined;
      return { key, bytes: answer.ContentLength ?? 0, modifiedMs: answer.LastModified?.getTime() ?? 0 };
    },
    list: async (Prefix, { after, limit = 1000 } = {}) => {
      const from = after === undefined ? {} : { StartAfter: after };
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: limit, ...from });
      const { Contents = [], IsTruncated = false } = await client.send(command, limited());
      const objects = Contents.map(({ Key = "", Size = 0, LastModified }) => {
        return { key: Key, bytes: Size, modifiedMs: LastModified?.getTime() ?? 0 };
      });
      return { objects, more: IsTruncated };
    },
    remove: async (keys) => {
      if (keys.length === 0) return;
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }), limited());
      const [first] = Errors;
      if (first) throw new NotDeleted(`${Errors.length} of ${keys.length} objects were not deleted: ${first.Code}`);
    },
    form: (Key, { maxBytes, seconds }) =>
      createPresignedPost(client, {
        Bucket: bucket,
        Key,
        Conditions: [["content-length-range", 1, maxBytes]],
        Expires: seconds,
      }),
    presign: (key, seconds) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: seconds }),
  };
}

async function orUndefined<T>(absent: new (...args: never[]) => Error, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof absent) return undefined;
    throw error;
  }
}

/** Unlike `NoSuchBucket`, which is an error. */
function isNoSuchKey(body: Uint8Array): boolean {
  return Buffer.from(body).includes("<Code>NoSuchKey</Code>");
}
