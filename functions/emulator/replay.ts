import { EmulatorError } from "./failure.ts";
import type { History } from "./history.ts";
import type { Replayed } from "./protocol.ts";
import { decodeState, kindOfState } from "./state.ts";

/** Size limit of a decompressed history, bytes. */
const LARGEST_HISTORY = 64 * 2 ** 20;

/** Where a process stands whose state is its history: `intervals` after the beginning, or at the end if that is undefined. */
export interface Position {
  readonly state: Uint8Array;
  readonly intervals: number | undefined;
}

/** Repeating a history is not finished. The next call continues it. */
export class Replaying extends EmulatorError {
  override readonly name = "Replaying";
  readonly replayed: Replayed;

  constructor(replayed: Replayed) {
    const { doneSeconds, ofSeconds } = replayed;
    super("replaying", `what was simulated is being simulated again: ${doneSeconds} s of ${ofSeconds} s so far`);
    this.replayed = replayed;
  }
}

/** A history that is to be repeated: everything since a model was initialized. */
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
    this.intervals = history.intervals;
  }

  /**
   * The history of a state; undefined if the state has none, or cannot be read.
   * @param inputs how many inputs the model has
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

  /** How many intervals of this history a process at this position has done; undefined if it has done something else. */
  doneAt({ state, intervals }: Position): number | undefined {
    const other = Target.of(state, this.#inputs);
    if (other === undefined || other.#start !== this.#start) return undefined;
    const done = intervals ?? other.intervals;
    if (done > this.intervals) return undefined;
    return Buffer.compare(this.#history.beginning(done), other.#history.beginning(done)) === 0 ? done : undefined;
  }

  /** The simulated time of the first intervals, s. */
  seconds(intervals = this.intervals): number {
    return this.#history.seconds(intervals);
  }
}
