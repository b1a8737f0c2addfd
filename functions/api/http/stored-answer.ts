import { randomUUID } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import { type Objects, objectKeys } from "../../platform/objects.ts";
import type { Body } from "../../platform/upload.ts";
import type { HttpAnswer } from "./request.ts";
import { describeSeeOther } from "./see-other.ts";

/** Lambda's limit for a synchronous answer is 6 MB, its JSON wrapping and base64 included; some room is left. */
export const MAX_RESPONSE_BYTES = 5_500_000;
/** What becomes of so many bytes in base64, four for three, fits. */
const MAX_GZIPPED_BYTES = Math.floor(MAX_RESPONSE_BYTES / 4) * 3;

/** For how long an answer that went into the bucket can be fetched, s. */
const PRESIGNED_SECONDS = 900;

/**
 * Puts the body of a `200` into the bucket, and answers `303` to its URL, which ordinary clients follow. What they are
 * given there is always a `200`, so no other answer may go this way.
 */
export async function storeAnswer(
  objects: Objects,
  body: Body,
  headers: { readonly contentType: string; readonly contentEncoding?: "gzip" },
): Promise<HttpAnswer> {
  const key = objectKeys.answer(randomUUID());
  await objects.create(key, body, headers);
  const url = await objects.presign(key, PRESIGNED_SECONDS);
  const message = `The answer is too large to be sent here. GET it from the url, within ${PRESIGNED_SECONDS / 60} minutes, as clients that follow redirects do by themselves. The url takes no other method: with curl, -X keeps the method when -L follows.`;
  return { status: 303, body: describeSeeOther(message, { url }), headers: { location: url } };
}

/** The same for JSON that is still to be written: `begin` writes it, once more if it must, and it is never held whole. */
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
 * The same, as the answer itself wherever it fits: as text, or gzipped for who accepts that.
 * @returns undefined if it does not fit: then no more of it was written than fits
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
  // Most digits are noise: more effort takes four times as long and saves a twentieth.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  // An error on either side reaches whoever reads: it ends the gzip stream.
  return pipeline(plain(begin), gzip, () => {});
}

async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array, undefined> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
