import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Direct } from "./direct.ts";

/** An object's content: bytes, or a function that starts the same stream of chunks again, for large content. */
export type Body = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** `unsure`: the object exists, and an earlier attempt of this call may have created it. */
export type Put = "created" | "exists" | "unsure";

export interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
  readonly ContentEncoding?: string;
}

/** Larger content is uploaded in parts of this size, bytes. S3's minimum is 5 MiB. */
export const PART_BYTES = 8 * 1024 * 1024;
/** For larger content the SDK asks S3 before it sends it, and its own work does not count. */
const DIRECT_BYTES = 1024 * 1024;
/** S3 answers 409 if the object is deleted during a conditional write. The write can be repeated. */
const CONFLICT_ATTEMPTS = 5;

/** What a PUT goes through, and the time limit of each of its requests, ms. */
export interface Way {
  readonly client: S3Client;
  readonly direct: Direct;
  readonly limitMs: number;
}

/** Creates an object unless the key has one. Of several writers, S3 accepts one. */
export async function put(way: Way, target: Target, body: Body): Promise<Put> {
  for (let attempt = 1; ; attempt++) {
    try {
      const put = await putOnce(way, target, body);
      return put === "exists" && attempt > 1 ? "unsure" : put;
    } catch (error) {
      const { status, attempts } = httpOf(error);
      if (status === 412) return attempts > 1 || attempt > 1 ? "unsure" : "exists";
      if (status !== 409 || attempt === CONFLICT_ATTEMPTS) throw error;
    }
  }
}

async function putOnce(way: Way, target: Target, body: Body): Promise<Put> {
  const parts = inParts(body);
  const first = await parts.next();
  const second = first.done ? first : await parts.next();
  if (second.done) {
    return await putWhole(way, target, first.done ? new Uint8Array() : first.value);
  }
  return await putInParts(way, target, [first.value, second.value], parts);
}

/** In one request. A small one is tried without the SDK first: see Direct. */
async function putWhole({ client, direct, limitMs }: Way, target: Target, Body: Uint8Array): Promise<Put> {
  const isSmall = Body.length <= DIRECT_BYTES;
  if (isSmall) {
    const answer = await direct.send("PUT", target.Key, headersOf(target, Body), Body);
    if (answer?.status === 200) return "created";
    if (answer?.status === 412) return "exists";
  }
  try {
    const abortSignal = AbortSignal.timeout(limitMs);
    await client.send(new PutObjectCommand({ ...target, Body, IfNoneMatch: "*" }), { abortSignal });
    return "created";
  } catch (error) {
    if (isSmall && httpOf(error).status === 412) return "unsure";
    throw error;
  }
}

function headersOf({ ContentType, ContentEncoding }: Target, body: Uint8Array): Record<string, string> {
  return {
    "content-type": ContentType,
    "content-length": String(body.length),
    "if-none-match": "*",
    ...(ContentEncoding === undefined ? {} : { "content-encoding": ContentEncoding }),
  };
}

/** The object appears with the last call, which carries the condition. */
async function putInParts(
  { client, limitMs }: Way,
  target: Target,
  begun: readonly (Uint8Array | undefined)[],
  rest: AsyncIterable<Uint8Array>,
): Promise<Put> {
  const { Bucket, Key } = target;
  const options = () => ({ abortSignal: AbortSignal.timeout(limitMs) });
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target), options());
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  const upload = async (Body: Uint8Array) => {
    const PartNumber = Parts.length + 1;
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }), options());
    Parts.push({ PartNumber, ETag });
  };
  try {
    for (const part of begun) if (part !== undefined) await upload(part);
    for await (const part of rest) await upload(part);
    const complete = { Bucket, Key, UploadId, MultipartUpload: { Parts }, IfNoneMatch: "*" };
    await client.send(new CompleteMultipartUploadCommand(complete), options());
    return "created";
  } catch (error) {
    await abandon(client, { Bucket, Key, UploadId }, options());
    // If the upload does not exist at the second attempt to complete it, the first attempt completed it.
    const { status, attempts } = httpOf(error);
    if (status === 404 && attempts > 1) return "unsure";
    throw error;
  }
}

/** Aborts an upload at once. The bucket's lifecycle rule would abort it later. */
async function abandon(
  client: S3Client,
  upload: { Bucket: string; Key: string; UploadId: string | undefined },
  options: { abortSignal: AbortSignal },
): Promise<void> {
  try {
    await client.send(new AbortMultipartUploadCommand(upload), options);
  } catch {
    // The caller throws the error that led here.
  }
}

/** Parts of equal size, except the last. Empty content has no parts. */
async function* inParts(body: Body): AsyncGenerator<Uint8Array, undefined> {
  if (body instanceof Uint8Array) {
    for (let at = 0; at < body.length; at += PART_BYTES) yield body.subarray(at, at + PART_BYTES);
    return;
  }
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body()) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + PART_BYTES - bytes);
      gathered.push(piece);
      bytes += piece.length;
      at += piece.length;
      if (bytes === PART_BYTES) {
        yield Buffer.concat(gathered);
        gathered = [];
        bytes = 0;
      }
    }
  }
  if (bytes > 0) yield Buffer.concat(gathered);
}

/** HTTP status of an S3 error, and number of attempts that the SDK made. */
export function httpOf(error: unknown): { status: number | undefined; attempts: number } {
  const metadata = error instanceof S3ServiceException ? error.$metadata : {};
  return { status: metadata.httpStatusCode, attempts: metadata.attempts ?? 1 };
}
