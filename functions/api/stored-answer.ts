import { randomUUID } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import { type Objects, objectKeys } from "../platform/objects.ts";
import type { Body } from "../platform/upload.ts";
import type { HttpAnswer } from "./http.ts";

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
  return { status: 303, body: "", headers: { location: await objects.presign(key, PRESIGNED_SECONDS) } };
}

/** The same for JSON that is still to be written: `begin` writes it, once more if it must, and it is never held whole. */
export async function storeJson(
  objects: Objects,
  begin: () => AsyncIterable<string>,
  zipped: boolean,
): Promise<HttpAnswer> {
  const contentType = "application/json";
  const plain = () => Readable.from(bytesOf(begin()), { objectMode: true, highWaterMark: 1 });
  if (!zipped) return await storeAnswer(objects, plain, { contentType });
  // Most digits are noise: more effort takes four times as long and saves a twentieth.
  const gzip = () => createGzip({ level: constants.Z_BEST_SPEED });
  // An error on either side reaches whoever reads: it ends the gzip stream.
  const body = () => pipeline(plain(), gzip(), () => {});
  return await storeAnswer(objects, body, { contentType, contentEncoding: "gzip" });
}

async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array, undefined> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
