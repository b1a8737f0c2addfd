import { randomUUID } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import { type Objects, objectKeys } from "../../platform/objects.ts";
import type { Body } from "../../platform/upload.ts";
import type { HttpAnswer } from "./request.ts";
import { describeSeeOther } from "./see-other.ts";

/** Lambda limits a synchronous answer to 6 MB, its JSON wrapping and base64 included; this leaves some room. */
export const MAX_RESPONSE_BYTES = 5_500_000;
/** The largest gzipped body whose base64, four characters for three bytes, fits. */
const MAX_GZIPPED_BYTES = Math.floor(MAX_RESPONSE_BYTES / 4) * 3;

/** How long the URL of an answer in the bucket is valid, s. */
const PRESIGNED_SECONDS = 900;

/**
 * Puts the body of a `200` into the bucket, and answers `303` to its URL, which ordinary clients follow. The bucket
 * always answers `200`, so that no other status can go this way.
 */
export async function storeAnswer(
  objects: Objects,
  body: Body,
  headers: { readonly contentType: string; readonly contentEncoding?: "gzip" },
): Promise<HttpAnswer> {
  const key = objectKeys.answer(randomUUID());
  await objects.create(key, body, headers);
  const url = await objects.presign(key, PRESIGNED_SECONDS);
  const message = `The answer is too large for this response. GET it from the url within ${PRESIGNED_SECONDS / 60} minutes; clients that follow redirects do so by themselves. The url accepts no other method: curl with -X and -L keeps the method, and fails.`;
  return { status: 303, body: describeSeeOther(message, { url }), headers: { location: url } };
}

/** The same for JSON that is not written yet: `begin` writes it, again if needed, and the whole text is never in memory. */
export async function storeJson(
  objects: Objects,
  begin: () => AsyncIterable<string>,
  zipped: boolean,
): Promise<HttpAnswer> {
  const contentType = "application/json";
  if (!zipped) return await storeAnswer(objects, () => plain(begin), { contentType });
  return await storeAnswer(objects, () => zip(begin), { contentType, contentEncoding: "gzip" });
}

/**
 * The answer itself, if it fits: as text, or gzipped.
 * @returns undefined if it does not fit; writing stops at the limit
 */
export async function fitJson(begin: () => AsyncIterable<string>, zipped: boolean): Promise<HttpAnswer | undefined> {
  const chunks: Uint8Array[] = [];
  let room = zipped ? MAX_GZIPPED_BYTES : MAX_RESPONSE_BYTES;
  for await (const chunk of zipped ? zip(begin) : plain(begin)) {
    room -= chunk.length;
    if (room < 0) return undefined;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return zipped ? { status: 200, body: "", gzipped: bytes } : { status: 200, body: bytes.toString() };
}

function plain(begin: () => AsyncIterable<string>): Readable {
  return Readable.from(bytesOf(begin()), { objectMode: true, highWaterMark: 1 });
}

function zip(begin: () => AsyncIterable<string>): AsyncIterable<Uint8Array> {
  // Most digits are noise: a higher level takes four times as long and saves a twentieth.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  // An error on either side ends the gzip stream, and so reaches its reader.
  return pipeline(plain(begin), gzip, () => {});
}

async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array, undefined> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
