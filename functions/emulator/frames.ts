import type { Confinement } from "./confinement/confinement.ts";

/** Failures that a model's process reports itself. The parent process detects all others. */
export type ChildFailure = "model" | "load" | "ended";

/** What it answers to an order (orders.ts): any number of log lines, then one of the others. The bytes that go with it in brackets. */
export type Report =
  | { readonly kind: "log"; readonly line: string }
  /** Equal layouts: programs and libraries are the same, and at the same addresses. "0000000000000000": they may be anywhere. */
  | { readonly kind: "loaded"; readonly confinement: Confinement; readonly layout: string }
  /**
   * [the state that was captured, then the samples: f64, row by row] Up to which interval it was simulated, where it rested last; -1 bytes
   * if no state was captured; `unfit` says why there is no image, if that was asked for.
   */
  | {
      readonly kind: "done";
      readonly reached: number;
      readonly restedAt: number;
      readonly stateBytes: number;
      readonly unfit?: string;
    }
  | {
      readonly kind: "failed";
      readonly failure: ChildFailure;
      readonly message: string;
      readonly time?: number | null;
    };

/*
 * A frame: u32 length of the head, u32 number of bytes, both little endian; the head as JSON; the bytes.
 */
const FIXED = 8;

/** Size limits of a frame, bytes. */
export interface FrameLimits {
  readonly head: number;
  readonly bytes: number;
}
/** Reports are a stranger's, and whoever reads them must not run out of memory. infra/native/host/course.c keeps to it. */
export const REPORT_LIMITS: FrameLimits = { head: 64 * 2 ** 10, bytes: 128 * 2 ** 20 };

const NOTHING = new Uint8Array(0);

export function encodeFrame(head: Report, bytes: Uint8Array = NOTHING): Buffer {
  const json = Buffer.from(JSON.stringify(head), "utf8");
  const lengths = Buffer.alloc(FIXED);
  lengths.writeUInt32LE(json.length, 0);
  lengths.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([lengths, json, bytes]);
}

export interface Frame {
  readonly head: Report;
  /** In memory that it may share with other frames. */
  readonly bytes: Uint8Array;
}

/** Frames out of a stream of bytes that come in pieces of any size. `add` throws on what cannot be a frame. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #length = 0;
  readonly #limits: FrameLimits;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** The frames that are complete with this piece. */
  add(piece: Buffer): Frame[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    const frames: Frame[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): Frame | undefined {
    if (this.#length < FIXED) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < FIXED) this.#join();
    const first = this.#pieces[0] ?? Buffer.alloc(FIXED);
    const [headLength, bytesLength] = [first.readUInt32LE(0), first.readUInt32LE(4)];
    const { head: largestHead, bytes: largestBytes } = this.#limits;
    if (headLength > largestHead || bytesLength > largestBytes) throw new Error("this is no frame: it is too large");
    const end = FIXED + headLength + bytesLength;
    if (this.#length < end) return undefined;
    const all = this.#join();
    const head = JSON.parse(all.toString("utf8", FIXED, FIXED + headLength)) as Report;
    const bytes = all.subarray(FIXED + headLength, end);
    this.#pieces = end < all.length ? [all.subarray(end)] : [];
    this.#length -= end;
    return { head, bytes };
  }

  #join(): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && this.#pieces.length === 1) return first;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}
