import type { Model } from "../packages/model.ts";
import type { Grid, InputValues } from "../simulation/emulator.ts";
import { decodeSamples } from "../simulation/samples.ts";
import { differenceOf } from "./difference.ts";
import { EmulatorError } from "./failure.ts";
import { interleaved, scattered } from "./jumps.ts";
import type { ModelChild, Outcome } from "./model-child.ts";
import { unpackSamples } from "./packed-samples.ts";
import type { Override } from "./protocol.ts";

/** Simulated hours that are compared at most, unless the request says fewer: days and nights, long against the dynamics of rooms. */
export const MAX_HOURS = 72;
/** A comparison over less than a day with its night, or in fewer fresh processes, proves too little. */
export const [LEAST_HOURS, LEAST_FRESH] = [24, 4];
/** Compared hours per fresh process: for a model that any process can restore, and for one that only fresh ones can. */
export const [HOURS_PER_FRESH, HOURS_PER_FRESH_ONLY] = [12, 3];
/** Each part ends when this share of the time budget is used. Fresh processes have the rest. */
export const [MAIN_END, OTHER_END, SHARED_END] = [0.35, 0.5, 0.7];
/** Samples in each hour. */
const INTERVALS = 12;
/** Inputs that are overwritten at the same time. No controller overwrites many at once, and a model may become slow. */
const MAX_OVERRIDES = 3;
/** The first thing that is simulated, as a test would do it: a share of the first hour. And the number of intervals in the rest. */
const [FIRST_SHARE, REST_INTERVALS] = [1 / 120, 17];
/** Hours that are simulated twice of a model that is to be replayed. */
const REPEATED_HOURS = 3;
/** Size limit of all states that are kept during the verification, bytes. */
const MAX_BYTES = 128 * 2 ** 20;

/** Starts a process for the model. Its log goes to the reply. */
export type Spawn = (model: Model) => ModelChild;

/** What is simulated in an hour, and the state before it. */
interface Begun {
  readonly grid: Grid;
  readonly inputs: InputValues;
  readonly before: Uint8Array;
}

/** An hour as one live process computed it. */
interface Hour extends Begun {
  readonly after: Outcome;
}

/** Hours that one process computed without ever being restored. */
export interface Line {
  readonly hours: readonly Hour[];
  /** Why the line ended early, if the model failed or ended the simulation; in which hour. */
  readonly failed: EmulatorError | undefined;
  readonly last: Begun | undefined;
}

export interface Comparison {
  readonly count: number;
  /** How the restored model differed from the live one, as a sentence. */
  readonly different: string | undefined;
}

/** Simulates a model in fresh processes, and compares. */
export class Verifier {
  readonly #model: Model;
  #overrides: readonly Override[];
  readonly #limitMs: number;
  readonly #hour: number;
  readonly #spawn: Spawn;

  /** @param options.hour what counts as an hour, s */
  constructor(
    model: Model,
    options: { readonly overrides: readonly Override[]; readonly limitMs: number; readonly hour: number },
    spawn: Spawn,
  ) {
    this.#model = model;
    this.#overrides = options.overrides;
    this.#limitMs = options.limitMs;
    this.#hour = options.hour;
    this.#spawn = spawn;
  }

  overwritesNothing(): void {
    this.#overrides = [];
  }

  /** Initializes the model in a new process and simulates a little. */
  async try(time: number): Promise<void> {
    await this.#within(async (child) => {
      await this.#begin(child, time);
    });
  }

  /**
   * Simulates the first hours twice, each time in a new process.
   * @returns how the second run differs from the first one, as a sentence; undefined if both are equal
   */
  async repeat(time: number, leftMs: () => number): Promise<string | undefined> {
    const [first, second] = [
      await this.live(time, REPEATED_HOURS, leftMs),
      await this.live(time, REPEATED_HOURS, leftMs),
    ];
    const otherEnd = differentEnd(first, second);
    if (otherEnd !== undefined) return otherEnd;
    for (const [i, { after }] of first.hours.entries()) {
      const again = second.hours[i]?.after;
      if (again === undefined || Buffer.compare(again.samples, after.samples) === 0) continue;
      const [one, other] = [after, again].map(({ samples }) => decodeSamples(unpackSamples(samples)));
      return one && other && differenceOf(one, other, "in the first run");
    }
    return undefined;
  }

  /** Simulates up to `most` hours, as far as the time allows, in a new process that is never restored. */
  async live(time: number, most: number, leftMs: () => number): Promise<Line> {
    return await this.#within((child) => this.#liveIn(child, time, most, leftMs));
  }

  async #liveIn(child: ModelChild, time: number, most: number, leftMs: () => number): Promise<Line> {
    const hours: Hour[] = [];
    let [{ state }, bytes] = [await this.#begin(child, time), 0];
    for (let i = 0; i < most && bytes < MAX_BYTES && (i === 0 || leftMs() > 0); i++) {
      const begun = { grid: this.#grid(time, i), inputs: this.#inputs(i), before: state };
      try {
        const after = await this.#advance(child, begun.grid, begun.inputs);
        hours.push({ ...begun, after });
        state = after.state;
        bytes += state.length;
        // Its images are of no use, whatever the next hours are.
        if (after.unfit !== null) break;
      } catch (error) {
        if (error instanceof EmulatorError) return { hours, failed: error, last: begun };
        throw error;
      }
    }
    return { hours, failed: undefined, last: undefined };
  }

  /** Of an hour of a line that began at `time`: the first one lacks what was simulated at the beginning. */
  #grid(time: number, hour: number): Grid {
    if (hour > 0) return { start: time + this.#hour * hour, length: this.#hour, intervals: INTERVALS };
    const first = FIRST_SHARE * this.#hour;
    return { start: time + first, length: this.#hour - first, intervals: REST_INTERVALS };
  }

  /**
   * Simulates another time line in a new process, and then restores this same process before hours of both lines in turn, in
   * no order. What the process did before must not matter.
   */
  async compareElsewhere(
    main: Line,
    elsewhere: { readonly time: number; readonly hours: number },
    leftMs: { readonly simulating: () => number; readonly comparing: () => number },
  ): Promise<Comparison> {
    const compare = (child: ModelChild, other: Line) => this.#compareIn(child, main, other, leftMs.comparing);
    let other: Line = { hours: [], failed: undefined, last: undefined };
    try {
      return await this.#within(async (child) => {
        other = await this.#liveIn(child, elsewhere.time, elsewhere.hours, leftMs.simulating);
        if (other.failed !== undefined) throw other.failed;
        return await compare(child, other);
      });
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
    }
    // The model failed in the other time line, which is no fault of its state. The process is of no use any more.
    return await this.#within((child) => compare(child, other));
  }

  /** Restores one process, initialized at the line's own time, before all its hours, in no order. */
  async compareInPlace(main: Line, leftMs: () => number): Promise<Comparison> {
    const nothing: Line = { hours: [], failed: undefined, last: undefined };
    return await this.#within((child) => this.#compareIn(child, main, nothing, leftMs));
  }

  async #compareIn(child: ModelChild, main: Line, other: Line, leftMs: () => number): Promise<Comparison> {
    const jumps = interleaved(scattered(main.hours, main.hours.length), scattered(other.hours, other.hours.length));
    let count = 0;
    for (const hour of jumps) {
      if (leftMs() <= 0) break;
      const different = await this.#compare(child, hour);
      if (different !== undefined) return { count, different: `In a process that was at another time, ${different}` };
      count++;
    }
    return { count, different: undefined };
  }

  /** Restores a fresh process before each of `most` hours. */
  async compareFresh(main: Line, most: number, leftMs: () => number): Promise<Comparison> {
    let count = 0;
    for (const hour of scattered(main.hours, most)) {
      if (count > 0 && leftMs() <= 0) break;
      let different = await this.#within((child) => this.#compare(child, hour));
      // Something outside may have ended the process; that does not happen twice.
      if (different?.includes(ENDED)) different = await this.#within((child) => this.#compare(child, hour));
      if (different !== undefined) return { count, different: `In a fresh process, ${different}` };
      count++;
    }
    const otherEnd = await this.#compareEnd(main);
    return { count, different: otherEnd && `In a fresh process, ${otherEnd}` };
  }

  /** Restores the model before the hour in which it ended the simulation: it must end there again. */
  async #compareEnd({ failed, last }: Line): Promise<string | undefined> {
    if (failed?.failure !== "ended" || last === undefined) return undefined;
    const { grid, inputs, before } = last;
    try {
      await this.#within((child) => this.#advance(child, grid, inputs, before));
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      if (error.failure === "ended" && error.message === failed.message) return undefined;
      return `restored at ${grid.start} s: ${error.message}; without being restored ${failed.message}.`;
    }
    return `restored at ${grid.start} s: it goes on; without being restored ${failed.message}.`;
  }

  /**
   * Restores the model before an hour, and simulates the hour again.
   * @returns how it differs from the live hour, as a sentence; undefined if it is equal
   */
  async #compare(child: ModelChild, { grid, inputs, before, after }: Hour): Promise<string | undefined> {
    const when = `restored at ${grid.start} s`;
    let outcome: Outcome;
    try {
      outcome = await this.#advance(child, grid, inputs, before);
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      return `${when}: ${error.failure === "crash" ? ENDED : ""}${error.message}.`;
    }
    if (Buffer.compare(outcome.samples, after.samples) === 0) return undefined;
    const [live, restored] = [after, outcome].map(({ samples }) => decodeSamples(unpackSamples(samples)));
    return live && restored && `${when}: ${differenceOf(live, restored)}`;
  }

  async #begin(child: ModelChild, time: number): Promise<Outcome> {
    await child.claim().order({ kind: "initialize", time }, undefined, this.#limitMs);
    return await this.#advance(child, { start: time, length: FIRST_SHARE * this.#hour, intervals: 1 }, {});
  }

  #advance(child: ModelChild, grid: Grid, inputs: InputValues, state?: Uint8Array): Promise<Outcome> {
    const order = { kind: "advance", inputs, grid, from: 0, to: grid.intervals } as const;
    return child.claim().order(order, state, this.#limitMs);
  }

  /** The inputs of an hour. In the hours about noon some are overwritten, others in each hour; at other times none is. */
  #inputs(hour: number): InputValues {
    const inputs: Record<string, number> = {};
    const [ofDay, count] = [hour % 24, Math.min(MAX_OVERRIDES, this.#overrides.length)];
    if (ofDay < 8 || ofDay >= 16) return inputs;
    for (let i = 0; i < count; i++) {
      const override = this.#overrides[(hour * count + i) % this.#overrides.length];
      if (override === undefined) continue;
      const { input, activate, lowest, highest } = override;
      if (activate !== undefined) inputs[activate] = 1;
      inputs[input] = lowest + (highest - lowest) * (0.25 + 0.5 * (((7 * hour + 3 * i) % 11) / 10));
    }
    return inputs;
  }

  async #within<T>(act: (child: ModelChild) => Promise<T>): Promise<T> {
    const child = this.#spawn(this.#model);
    try {
      return await act(child);
    } finally {
      child.kill();
      await child.ended;
    }
  }
}

/** Marks a process that ended. Something outside may have ended it. */
const ENDED = "it could not be restored, for ";

/** How the ends of two equal lines differ, as a sentence; undefined if they do not, as far as both were simulated. */
function differentEnd(first: Line, second: Line): string | undefined {
  const [one, other] = [first, second].map(({ failed }) => (failed?.failure === "ended" ? failed.message : undefined));
  if (one === other) return undefined;
  const counts = [first.hours.length, second.hours.length] as const;
  if (one === undefined ? counts[0] <= counts[1] : other === undefined && counts[1] <= counts[0]) return undefined;
  const words = (message: string | undefined) => message ?? "the model goes on";
  return `${words(other)}, and ${words(one)} in the first run.`;
}
