import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

/** Every S3 key there is. */
export const objectKeys = {
  /** A result segment: immutable, shared by whoever is in the lineage. */
  segment: (lineage: string, contentHash: string) => `results/${lineage}/${contentHash}`,
  /** An answer that is too large for Lambda: short-lived, fetched by presigned URL. */
  answer: (id: string) => `answers/${id}.json`,
} as const;

/** The part of S3 that this project uses. */
export interface Objects {
  /** Creates the object, or finds that there is one under this key already. Objects never change. */
  create(key: string, bytes: Uint8Array, headers?: ObjectHeaders): Promise<"ok" | "exists">;
  /** The object's bytes, or undefined if there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** A URL at which anyone can GET the object for so long. */
  presign(key: string, seconds: number): Promise<string>;
}

export interface ObjectHeaders {
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

const ATTEMPT_MS = 10_000;
/** S3 answers 409 when a delete lands during a conditional write: the write may simply be tried again. */
const CONFLICT_ATTEMPTS = 5;

/** The one place that makes an S3 client. PUT and GET of immutable objects are idempotent, so the SDK may retry. */
export function createObjects(bucket: string): Objects {
  const client = new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: ATTEMPT_MS, throwOnRequestTimeout: true },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });

  const put = async (input: PutObjectCommandInput): Promise<"ok" | "exists"> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.send(new PutObjectCommand(input));
        return "ok";
      } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (status === 412) return "exists";
        if (status !== 409 || attempt === CONFLICT_ATTEMPTS) throw error;
      }
    }
  };

  return {
    create: (key, bytes, headers = {}) =>
      put({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        IfNoneMatch: "*",
        ContentType: headers.contentType ?? "application/octet-stream",
        ...(headers.contentEncoding === undefined ? {} : { ContentEncoding: headers.contentEncoding }),
      }),
    read: async (key) => {
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await answer.Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    presign: (key, seconds) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: seconds }),
  };
}
