import { EmulatorError } from "./failure.ts";
import { History } from "./history.ts";
import type { Replayed } from "./protocol.ts";
import { decodeState, kindOfState } from "./state.ts";

/** A history, decompressed, that is larger than this is refused, bytes. */
const LARGEST_HISTORY = 64 * 2 ** 20;

/** Where a process stands whose state is its history: at its end, or so many intervals after its beginning. */
export interface Position {
  readonly state: Uint8Array;
  readonly intervals: number | undefined;
}

/** A history is not done again yet: whoever asked asks once more, and it is gone on with. */
export class Replaying extends EmulatorError {
  override readonly name = "Replaying";
  readonly replayed: Replayed;

  constructor(replayed: Replayed) {
    const { doneSeconds, ofSeconds } = replayed;
    super("replaying", `what was simulated is being simulated again: ${doneSeconds} s of ${ofSeconds} s so far`);
    this.replayed = replayed;
  }
}

/** What is to be done again: everything since a model was initialized. */
export class Target {
  readonly state: Uint8Array;
  readonly intervals: number;
  readonly #start: number;
  readonly #history: History;
  readonly #inputs: number;

  private constructor(state: Uint8Array, start: number, history: History, inputs: number) {
    this.state = state;
    this.#start = start;
    this.#history = history;
    this.#inputs = inputs;
    this.intervals = intervalsOf(history);
  }

  /**
   * Undefined of a state that is none, or cannot be read.
   * @param inputs how many the model has
   */
  static of(state: Uint8Array, inputs: number): Target | undefined {
    if (kindOfState(state) !== "replay") return undefined;
    try {
      const decoded = decodeState(state, LARGEST_HISTORY);
      return decoded.kind === "replay" ? new Target(state, decoded.start, decoded.history, inputs) : undefined;
    } catch {
      return undefined;
    }
  }

  /** How many intervals a process there has done of this history; undefined if it has done something else. */
  doneAt({ state, intervals }: Position): number | undefined {
    const other = Target.of(state, this.#inputs);
    if (other === undefined || other.#start !== this.#start) return undefined;
    const done = intervals ?? other.intervals;
    if (done > this.intervals) return undefined;
    return Buffer.compare(this.#beginning(done), other.#beginning(done)) === 0 ? done : undefined;
  }

  /** The simulated time of so many intervals, s. */
  seconds(intervals = this.intervals): number {
    let [left, seconds] = [intervals, 0];
    for (const { grid, from, to } of this.#history) {
      const taken = Math.min(left, to - from);
      seconds += (grid.length / grid.intervals) * taken;
      left -= taken;
    }
    return Math.round(seconds);
  }

  /** The first intervals, as bytes: equal ones have equal bytes. */
  #beginning(intervals: number): Uint8Array {
    const part = new History(this.#inputs);
    let left = intervals;
    for (const course of this.#history) {
      if (left === 0) break;
      const taken = Math.min(left, course.to - course.from);
      part.add({ ...course, to: course.from + taken });
      left -= taken;
    }
    return part.encode();
  }
}

function intervalsOf(history: History): number {
  let intervals = 0;
  for (const { from, to } of history) intervals += to - from;
  return intervals;
}
