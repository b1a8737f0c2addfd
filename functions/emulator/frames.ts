import type { Model } from "../packages/model.ts";
import type { Grid, InputValues } from "../simulation/emulator.ts";
import type { Confinement } from "./confinement/confine.ts";
import type { ModelFiles } from "./fmi/instance.ts";

/** Orders to a model's process; in brackets, the bytes that go with them. */
export type Order =
  | { readonly kind: "load"; readonly model: Model; readonly files: ModelFiles }
  | { readonly kind: "initialize"; readonly time: number }
  /** [a history: repeat it from the model's position, and stop after this time, ms] */
  | { readonly kind: "replay"; readonly budgetMs: number }
  /** [the state to restore first; none to continue from the model's position] */
  | {
      readonly kind: "advance";
      readonly inputs: InputValues;
      readonly grid: Grid;
      readonly from: number;
      readonly to: number;
    };

/** Failures that a model's process reports itself. The parent process detects all others. */
export type ChildFailure = "model" | "load";

/** Reports of a model's process: any number of log lines, then one of the others. */
export type Report =
  | { readonly kind: "log"; readonly line: string }
  | { readonly kind: "loaded"; readonly confinement: Confinement }
  /** The state is restored. Another report follows. */
  | { readonly kind: "restored" }
  /** [the state, then the samples, both compressed] */
  | { readonly kind: "done"; readonly stateBytes: number; readonly computeMs: number }
  /** How many intervals of the history are repeated so far. */
  | { readonly kind: "replayed"; readonly intervals: number }
  | { readonly kind: "failed"; readonly failure: ChildFailure; readonly message: string };

/*
 * A frame: u32 length of the head, u32 number of bytes, both little endian; the head as JSON; the bytes.
 */
const FIXED = 8;

/** Size limits of a frame, bytes. */
export interface FrameLimits {
  readonly head: number;
  readonly bytes: number;
}
/** The service writes the orders itself. */
export const ORDER_LIMITS: FrameLimits = { head: 16 * 2 ** 20, bytes: 512 * 2 ** 20 };
/** A model can forge reports, and their reader must not run out of memory. Larger ones could not be passed on anyway. */
export const REPORT_LIMITS: FrameLimits = { head: 64 * 2 ** 10, bytes: 8 * 2 ** 20 };

const NOTHING = new Uint8Array(0);

export function encodeFrame(head: Order | Report, bytes: Uint8Array = NOTHING): Buffer {
  const json = Buffer.from(JSON.stringify(head), "utf8");
  const lengths = Buffer.alloc(FIXED);
  lengths.writeUInt32LE(json.length, 0);
  lengths.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([lengths, json, bytes]);
}

export interface Frame<T> {
  readonly head: T;
  readonly bytes: Uint8Array;
}

/** Reads frames from a stream of bytes that comes in pieces of any size. `add` throws on bytes that cannot be a frame. */
export class FrameReader<T extends Order | Report> {
  #pieces: Buffer[] = [];
  #length = 0;
  readonly #limits: FrameLimits;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** The frames that this piece completes. */
  add(piece: Buffer): Frame<T>[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    const frames: Frame<T>[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): Frame<T> | undefined {
    if (this.#length < FIXED) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < FIXED) this.#join();
    const first = this.#pieces[0] ?? Buffer.alloc(FIXED);
    const [headLength, bytesLength] = [first.readUInt32LE(0), first.readUInt32LE(4)];
    const { head: largestHead, bytes: largestBytes } = this.#limits;
    if (headLength > largestHead || bytesLength > largestBytes) throw new Error("this is no frame: it is too large");
    const end = FIXED + headLength + bytesLength;
    if (this.#length < end) return undefined;
    const all = this.#join();
    const head = JSON.parse(all.toString("utf8", FIXED, FIXED + headLength)) as T;
    const bytes = Uint8Array.from(all.subarray(FIXED + headLength, end));
    this.#pieces = [all.subarray(end)];
    this.#length -= end;
    return { head, bytes };
  }

  #join(): Buffer {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}
