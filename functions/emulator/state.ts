import { gunzipSync, gzipSync } from "node:zlib";
import type { Grid } from "../simulation/emulator.ts";

/** A stretch of a grid under inputs that are held: where a model is, or was. */
export interface Course {
  readonly grid: Grid;
  /** In the order of the model's inputs. */
  readonly inputs: readonly number[];
  /** Intervals of the grid: from the first (inclusive) to the last (exclusive) that is simulated. */
  readonly from: number;
  readonly to: number;
}

/** A model's state: what it says itself, or else what has been done with it. */
export type State =
  | {
      readonly kind: "serialized";
      /** When the model was initialized, s. */
      readonly start: number;
      /** The stretch it is in, if any: the bytes are of its beginning, and the rest of it is simulated again. */
      readonly course: Course | null;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: "replay";
      readonly start: number;
      /** Everything since. */
      readonly courses: readonly Course[];
    };

/*
 * The encoding, version 1, before compression:
 *   4 bytes  "fms" and the version
 *   u32      length of the header, little endian
 *   header   JSON: { kind, start, courses, inputs } with the number of courses and of inputs
 *   f64 …    little endian, of each course: start, length, intervals, from, to, inputs …
 *   rest     the model's own bytes, of a serialized state
 */
const MAGIC = Buffer.from([0x66, 0x6d, 0x73, 0x01]);
const FIXED = 5;
/** A state is written at every step and read at few: little effort, of which most of the gain comes. */
const LEVEL = 1;

interface Header {
  readonly kind: State["kind"];
  readonly start: number;
  readonly courses: number;
  readonly inputs: number;
}

/** A state as compressed bytes: equal states give equal bytes. */
export function encodeState(state: State): Uint8Array {
  const courses = state.kind === "replay" ? state.courses : state.course === null ? [] : [state.course];
  const inputs = courses[0]?.inputs.length ?? 0;
  const header: Header = { kind: state.kind, start: state.start, courses: courses.length, inputs };
  const head = Buffer.from(JSON.stringify(header), "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const numbers = new Float64Array(
    courses.flatMap(({ grid, inputs: values, from, to }) => [
      grid.start,
      grid.length,
      grid.intervals,
      from,
      to,
      ...values,
    ]),
  );
  const own = state.kind === "serialized" ? state.bytes : new Uint8Array(0);
  return gzipSync(Buffer.concat([MAGIC, length, head, new Uint8Array(numbers.buffer), own]), { level: LEVEL });
}

/** What `encodeState` encoded. Throws on other bytes, and on more than `maxBytes` of them. */
export function decodeState(compressed: Uint8Array, maxBytes: number): State {
  const bytes = gunzipSync(compressed, { maxOutputLength: maxBytes });
  if (!bytes.subarray(0, 4).equals(MAGIC)) throw new Error("these bytes are no state of a model");
  const headEnd = 8 + bytes.readUInt32LE(4);
  const { kind, start, courses: count, inputs } = JSON.parse(bytes.toString("utf8", 8, headEnd)) as Header;
  const end = headEnd + 8 * count * (FIXED + inputs);
  if (end > bytes.length) throw new Error("the state of a model is cut off");
  // A copy: aligned to 8 bytes.
  const numbers = new Float64Array(Uint8Array.from(bytes.subarray(headEnd, end)).buffer);
  const courses = Array.from({ length: count }, (_, i): Course => {
    const row = numbers.subarray(i * (FIXED + inputs), (i + 1) * (FIXED + inputs));
    const [gridStart = 0, length = 0, intervals = 0, from = 0, to = 0] = row;
    return { grid: { start: gridStart, length, intervals }, inputs: [...row.subarray(FIXED)], from, to };
  });
  if (kind === "replay") return { kind, start, courses };
  return { kind, start, course: courses[0] ?? null, bytes: Uint8Array.from(bytes.subarray(end)) };
}
