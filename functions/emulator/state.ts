import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Course } from "./course.ts";
import { History } from "./history.ts";

/** A model's state: the bytes that the model serializes, or an image of its memory, or else everything that was done with it. */
export type State =
  | {
      readonly kind: "serialized" | "image";
      /** When the model was initialized, s. */
      readonly start: number;
      /** The course that it is in, if any. The bytes are from its beginning; the rest of it is simulated again. */
      readonly course: Course | null;
      readonly bytes: Uint8Array;
      /** Everything since, in case the bytes cannot be used; null if it is unknown or was too long to keep. */
      readonly history: History | null;
      /** Of an image: programs and libraries, and their addresses (`loaded` in frames.ts). It fits where this is the same. */
      readonly layout?: string;
    }
  | {
      readonly kind: "replay";
      readonly start: number;
      /** Everything since. */
      readonly history: History;
      /** It was an image that does not fit here: once this is done again, the state is kept as an image again. */
      readonly becomesImage?: boolean;
    };

/*
 * The encoding, version 2:
 *   4 bytes  "fms" and the version
 *   1 byte   "s" serialized, "i" image, or "r" replay: readable without unpacking
 *   of an image, f64 start, little endian, and 16 characters of its layout: to find a process that can be put to it
 *   rest     zstd, of states of older tests gzip unless they are images, of
 *     u32      length of the header, little endian
 *     header   JSON: { start, inputs, course, history }: number of inputs, and the sizes of the next two in bytes, or null; becomesImage
 *     bytes    the course, as a history of its own
 *     bytes    the history
 *     rest     the model's own bytes, of a serialized state
 * Version 1, of tests that are older: all of it in gzip, see `decodeFirst`.
 */
const MAGIC = Buffer.from([0x66, 0x6d, 0x73, 0x02]);
const KINDS = { serialized: 0x73, image: 0x69, replay: 0x72 } as const;
const PREFIX = MAGIC.length + 1;
const [START_BYTES, LAYOUT_BYTES] = [8, 16];
/**
 * Levels of zstd: a state is written at every step and rarely read. An image, which may be large, holds little that repeats. What a
 * model serializes repeats over distances that gzip does not see: the office's takes 0.6 of the room.
 */
const [LEVEL, LEVEL_OF_IMAGE] = [3, 1];
/**
 * Size limit of a history beside a serialized state, bytes: each step writes and reads it. This is enough for 1,000 steps in
 * each of which eight inputs change, for 6,500 in which one changes, and for any number of equal steps.
 */
export const MAX_HISTORY = 64 * 1024;
/** Beside an image: after an upgrade only the history goes on. */
const MAX_HISTORY_OF_IMAGE = 1024 * 1024;

interface Header {
  readonly start: number;
  readonly inputs: number;
  readonly course: number | null;
  readonly history: number | null;
  readonly becomesImage?: true;
}

const LARGEST_PIECE = 8 * 2 ** 20;
/** Size limit of a decompressed state, bytes. */
export const LARGEST_STATE = 512 * 2 ** 20;
const NOTHING = new Uint8Array(0);
/** Far more inputs than a package may have. A model's process can forge the header of a state. */
const MAX_INPUTS = 100_000;

/** A state as compressed bytes: equal states give equal bytes. */
export function encodeState(state: State, inputs: number): Uint8Array {
  const own = state.kind === "replay" ? NOTHING : state.bytes;
  const course = state.kind !== "replay" && state.course !== null ? alone(state.course).encode() : undefined;
  const encoded = state.history?.encode();
  const history = isTooLong(state.kind, encoded?.length ?? 0) ? undefined : encoded;
  const header: Header = {
    start: state.start,
    inputs,
    course: course?.length ?? null,
    history: history?.length ?? null,
    ...(state.kind === "replay" && state.becomesImage === true ? { becomesImage: true } : {}),
  };
  const head = Buffer.from(JSON.stringify(header), "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const all = Buffer.concat([length, head, course ?? NOTHING, history ?? NOTHING, own]);
  const prefix = [MAGIC, Buffer.of(KINDS[state.kind])];
  const packed = zstdCompressSync(all, {
    params: { [constants.ZSTD_c_compressionLevel]: state.kind === "image" ? LEVEL_OF_IMAGE : LEVEL },
    chunkSize: pieceFor(all.length),
  });
  if (state.kind !== "image") return Buffer.concat([...prefix, packed]);
  const place = Buffer.alloc(START_BYTES + LAYOUT_BYTES);
  place.writeDoubleLE(state.start);
  place.write(state.layout ?? "", START_BYTES, "latin1");
  return Buffer.concat([...prefix, place, packed]);
}

/** Whether a history of so many bytes is too long to be kept beside a state. */
export function isTooLong(kind: State["kind"], bytes: number): boolean {
  if (kind === "replay") return false;
  return bytes > (kind === "image" ? MAX_HISTORY_OF_IMAGE : MAX_HISTORY);
}

/** Where an image fits, without unpacking it: processes of this layout that were initialized at `start` (s). Undefined for other states. */
export function placeOfImage(encoded: Uint8Array): { readonly start: number; readonly layout: string } | undefined {
  if (kindOfState(encoded) !== "image" || encoded.length < PREFIX + START_BYTES + LAYOUT_BYTES) return undefined;
  const place = Buffer.from(encoded.buffer, encoded.byteOffset + PREFIX, START_BYTES + LAYOUT_BYTES);
  return { start: place.readDoubleLE(0), layout: place.toString("latin1", START_BYTES) };
}

/**
 * Decodes what `encodeState` encoded.
 * @param maxBytes size limit of the decompressed state
 * @throws Error for other bytes; RangeError if there are more of them
 */
export function decodeState(encoded: Uint8Array, maxBytes: number): State {
  if (isGzip(encoded)) return decodeFirst(encoded, maxBytes);
  const kind = kindOfState(encoded);
  if (kind === undefined) throw new Error("these bytes are no state of a model");
  const place = placeOfImage(encoded);
  const packed = encoded.subarray(place === undefined ? PREFIX : PREFIX + START_BYTES + LAYOUT_BYTES);
  const unpack = isGzip(packed) ? gunzipSync : zstdDecompressSync;
  const bytes = unpack(packed, { maxOutputLength: maxBytes, chunkSize: pieceFor(4 * packed.length) });
  const headEnd = 4 + bytes.readUInt32LE(0);
  const header = JSON.parse(bytes.toString("utf8", 4, headEnd)) as Header;
  const courseEnd = headEnd + (header.course ?? 0);
  const end = courseEnd + (header.history ?? 0);
  if (!(end <= bytes.length)) throw new Error("the state of a model is cut off");
  const { start, inputs } = header;
  requireInputs(inputs);
  const [course = null] = History.decode(bytes.subarray(headEnd, courseEnd), inputs);
  const history = header.history === null ? null : History.decode(bytes.subarray(courseEnd, end), inputs);
  const own = new Uint8Array(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  if (kind === "serialized") return { kind, start, course, bytes: own, history };
  if (place !== undefined) return { kind: "image", start, course, bytes: own, history, layout: place.layout };
  if (history === null) throw new Error("the state of a model has no history");
  return { kind: "replay", start, history, ...(header.becomesImage === true ? { becomesImage: true } : {}) };
}

/** How much of so many bytes is packed or unpacked at once: by default so little that an image of 5 MB takes several times as long. */
function pieceFor(bytes: number): number {
  return Math.min(LARGEST_PIECE, Math.max(constants.Z_DEFAULT_CHUNK, bytes));
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function requireInputs(inputs: number): void {
  if (Number.isSafeInteger(inputs) && inputs >= 0 && inputs <= MAX_INPUTS) return;
  throw new Error("the state of a model has no number of inputs");
}

/** A history of one course. */
function alone(course: Course): History {
  const history = new History(course.inputs.length);
  history.add(course);
  return history;
}

/** How a state is kept, without unpacking it; undefined for a state of version 1, and for bytes that are no state. */
export function kindOfState(encoded: Uint8Array): State["kind"] | undefined {
  if (!MAGIC.equals(encoded.subarray(0, MAGIC.length))) return undefined;
  const [found] = Object.entries(KINDS).find(([, byte]) => encoded[MAGIC.length] === byte) ?? [];
  return found as State["kind"] | undefined;
}

/*
 * Version 1, all of it in gzip:
 *   4 bytes  "fms" and the version
 *   u32      length of the header
 *   header   JSON: { kind, start, courses, inputs } with the number of courses and of inputs
 *   f64 …    of each course: start, length, intervals, from, to, inputs …
 *   rest     the model's own bytes, of a serialized state
 */
const FIRST_MAGIC = Buffer.from([0x66, 0x6d, 0x73, 0x01]);
const FIXED = 5;

interface FirstHeader {
  readonly kind: State["kind"];
  readonly start: number;
  readonly courses: number;
  readonly inputs: number;
}

/** Decodes a state of an older test. A serialized one has no history. */
function decodeFirst(compressed: Uint8Array, maxBytes: number): State {
  const bytes = gunzipSync(compressed, { maxOutputLength: maxBytes });
  if (!bytes.subarray(0, 4).equals(FIRST_MAGIC)) throw new Error("these bytes are no state of a model");
  const headEnd = 8 + bytes.readUInt32LE(4);
  const { kind, start, courses: count, inputs } = JSON.parse(bytes.toString("utf8", 8, headEnd)) as FirstHeader;
  requireInputs(inputs);
  const end = headEnd + 8 * count * (FIXED + inputs);
  if (!(end <= bytes.length)) throw new Error("the state of a model is cut off");
  // A copy: aligned to 8 bytes.
  const numbers = new Float64Array(Uint8Array.from(bytes.subarray(headEnd, end)).buffer);
  const courses = Array.from({ length: count }, (_, i): Course => {
    const row = numbers.subarray(i * (FIXED + inputs), (i + 1) * (FIXED + inputs));
    const [gridStart = 0, length = 0, intervals = 0, from = 0, to = 0] = row;
    return { grid: { start: gridStart, length, intervals }, inputs: [...row.subarray(FIXED)], from, to };
  });
  if (kind === "serialized") {
    return { kind, start, course: courses[0] ?? null, bytes: Uint8Array.from(bytes.subarray(end)), history: null };
  }
  const history = new History(inputs);
  for (const course of courses) history.add(course);
  return { kind: "replay", start, history };
}
