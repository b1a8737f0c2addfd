import { gunzipSync } from "node:zlib";
import { claimedKeeping } from "../packages/kind.ts";
import { type Model, unverified, type Verdict } from "../packages/model.ts";
import type { Grid, InputValues } from "../simulation/emulator.ts";
import { decodeSamples } from "../simulation/samples.ts";
import { differenceOf } from "./difference.ts";
import { EmulatorError } from "./failure.ts";
import type { ModelChild, Outcome } from "./model-child.ts";
import type { Override, VerifyRequest } from "./protocol.ts";

const [HOUR, DAY] = [3600, 86_400];
/** Simulated hours that are compared at most: days and nights, long against the dynamics of rooms and plants. */
const MOST_HOURS = 72;
/** The other time line begins so much later: another season, another hour of the day. */
const ELSEWHERE = 182 * DAY + 11 * HOUR;
/** Fewer tell too little of a model: a day with its night. */
const [LEAST_HOURS, LEAST_FRESH] = [24, 4];
/** Samples in each hour. */
const INTERVALS = 12;
/** Inputs that are overwritten at the same time: more of them make a model do what no controller would, and slow. */
const MOST_OVERRIDES = 3;
/** The first thing that is simulated, as a test would; and what is then left of the first hour. */
const FIRST: Omit<Grid, "start"> = { length: 30, intervals: 1 };
const REST: Omit<Grid, "start"> = { length: HOUR - 30, intervals: 17 };
/** How many fresh processes are put to a state of a model that can be restored anywhere; and of one that cannot. */
const [FEW, MANY] = [6, 24];
/** Of the time that there is, until when: one line, the other line, restoring in one process; fresh processes have the rest. */
const [MAIN_END, OTHER_END, SHARED_END] = [0.35, 0.5, 0.7];
/** All states that are kept meanwhile, bytes. */
const MOST_BYTES = 128 * 2 ** 20;

/** Has a process made for the model; its log goes to the reply. */
export type Spawn = (model: Model) => ModelChild;

/** An hour as one live process computed it. */
interface Hour {
  readonly grid: Grid;
  readonly inputs: InputValues;
  readonly before: Uint8Array;
  readonly after: Outcome;
}

/** A model that lives on from hour to hour, and is never restored. */
interface Line {
  readonly hours: readonly Hour[];
  /** Why it did not come to its end, if the model failed. */
  readonly failed: EmulatorError | undefined;
}

/**
 * Tries a model: loads, initializes, and simulates it a little. If it claims to save its state, that is then made sure of, over
 * days with nights and with inputs that change: what one live process computes hour by hour is compared, bit for bit, with
 * what comes of restoring the model before an hour; in one process that jumps between two time lines, and in fresh ones.
 *
 * @throws EmulatorError if it cannot be loaded, initialized or simulated at all
 */
export async function verifyModel(
  model: Model,
  { work: { time, overrides, budgetMs }, limitMs }: VerifyRequest,
  spawn: Spawn,
): Promise<Verdict> {
  const startedAt = performance.now();
  const leftUntil = (share: number) => startedAt + share * budgetMs - performance.now();
  const verifier = new Verifier({ ...model, keeps: claimedKeeping(model) }, overrides, limitMs, spawn);
  if (claimedKeeping(model) === "replayed") {
    await verifier.try(time);
    return unverified("The model does not say that its state can be read, written and serialized.");
  }
  let main: Line;
  try {
    main = await verifier.live(time, MOST_HOURS, () => leftUntil(MAIN_END));
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    // It may be that only its state cannot be saved. If nothing else can be done either, that is what is thrown.
    await new Verifier({ ...model, keeps: "replayed" }, [], limitMs, spawn).try(time);
    return unverified(`The model says that its state can be serialized, but when that is done: ${error.message}.`);
  }
  // Values between an input's limits may still be more than a model takes.
  if (main.failed?.failure === "model" && overrides.length > 0) {
    verifier.overwritesNothing();
    main = await verifier.live(time, MOST_HOURS, () => leftUntil(MAIN_END));
  }
  const { failed } = main;
  if (main.hours.length === 0) {
    return unverified(`Its state could not be verified: in the first hour ${failed?.message ?? "the time was over"}.`);
  }
  const other = await verifier.live(time + ELSEWHERE, MOST_HOURS / 3, () => leftUntil(OTHER_END));
  const shared = await verifier.compareInOne(main, other, () => leftUntil(SHARED_END));
  const isShared = shared.different === undefined && shared.count >= LEAST_HOURS;
  const fresh = await verifier.compareFresh(main, isShared ? FEW : MANY, () => leftUntil(1));
  const covered = { hours: main.hours.length, fresh: fresh.count, shared: shared.count };
  if (fresh.different !== undefined) return { keeps: "replayed", reason: fresh.different, covered };
  if (covered.hours < LEAST_HOURS || covered.fresh < LEAST_FRESH) {
    const why =
      failed === undefined ? `there was time for ${covered.hours} hours only` : `it failed: ${failed.message}`;
    return { keeps: "replayed", reason: `Its state could not be verified over a day: ${why}.`, covered };
  }
  return { keeps: isShared ? "shared" : "serialized", reason: shared.different ?? null, covered };
}

interface Comparison {
  readonly count: number;
  /** How what was restored differed, as a sentence. */
  readonly different: string | undefined;
}

class Verifier {
  readonly #model: Model;
  #overrides: readonly Override[];
  readonly #limitMs: number;
  readonly #spawn: Spawn;

  constructor(model: Model, overrides: readonly Override[], limitMs: number, spawn: Spawn) {
    this.#model = model;
    this.#overrides = overrides;
    this.#limitMs = limitMs;
    this.#spawn = spawn;
  }

  overwritesNothing(): void {
    this.#overrides = [];
  }

  /** Initializes a model in a process of its own and simulates a little. */
  async try(time: number): Promise<void> {
    await this.#within(async (child) => {
      await this.#begin(child, time);
    });
  }

  /** Simulates so many hours, as far as there is time, in one process that is never restored. */
  async live(time: number, most: number, leftMs: () => number): Promise<Line> {
    return await this.#within(async (child) => {
      const hours: Hour[] = [];
      let [{ state }, bytes] = [await this.#begin(child, time), 0];
      for (let i = 0; i < most && bytes < MOST_BYTES && (i === 0 || leftMs() > 0); i++) {
        const grid =
          i === 0
            ? { start: time + FIRST.length, ...REST }
            : { start: time + HOUR * i, length: HOUR, intervals: INTERVALS };
        const inputs = this.#inputs(i);
        try {
          const after = await this.#advance(child, grid, inputs);
          hours.push({ grid, inputs, before: state, after });
          state = after.state;
          bytes += state.length;
        } catch (error) {
          if (error instanceof EmulatorError) return { hours, failed: error };
          throw error;
        }
      }
      return { hours, failed: undefined };
    });
  }

  /** Restores one process before hours of both lines in turn, in no order: whatever it did before must not matter. */
  async compareInOne(main: Line, other: Line, leftMs: () => number): Promise<Comparison> {
    return await this.#within(async (child) => {
      const jumps = interleaved(scattered(main.hours, main.hours.length), scattered(other.hours, other.hours.length));
      let count = 0;
      for (const hour of jumps) {
        if (leftMs() <= 0) break;
        const different = await this.#compare(child, hour);
        if (different !== undefined) return { count, different: `In a process that was at another time, ${different}` };
        count++;
      }
      return { count, different: undefined };
    });
  }

  /** Restores a fresh process before each of so many hours. */
  async compareFresh(main: Line, most: number, leftMs: () => number): Promise<Comparison> {
    let count = 0;
    for (const hour of scattered(main.hours, most)) {
      if (count > 0 && leftMs() <= 0) break;
      let different = await this.#within((child) => this.#compare(child, hour));
      // A process may be ended from outside, once.
      if (different?.includes(ENDED)) different = await this.#within((child) => this.#compare(child, hour));
      if (different !== undefined) return { count, different: `In a fresh process, ${different}` };
      count++;
    }
    return { count, different: undefined };
  }

  /** How an hour differs, after the child was put to its beginning, from what it was live; undefined if by nothing. */
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
    const [live, restored] = [after, outcome].map(({ samples }) => decodeSamples(gunzipSync(samples)));
    return live && restored && `${when}: ${differenceOf(live, restored)}`;
  }

  async #begin(child: ModelChild, time: number): Promise<Outcome> {
    await child.claim().order({ kind: "initialize", time }, undefined, this.#limitMs);
    return await this.#advance(child, { start: time, ...FIRST }, {});
  }

  #advance(child: ModelChild, grid: Grid, inputs: InputValues, state?: Uint8Array): Promise<Outcome> {
    const order = { kind: "advance", inputs, grid, from: 0, to: grid.intervals } as const;
    return child.claim().order(order, state, this.#limitMs);
  }

  /** Some inputs are overwritten in the hours about noon, others in each; in the other hours none is. */
  #inputs(hour: number): InputValues {
    const inputs: Record<string, number> = {};
    const [ofDay, count] = [hour % 24, Math.min(MOST_OVERRIDES, this.#overrides.length)];
    if (ofDay < 8 || ofDay >= 16) return inputs;
    for (let i = 0; i < count; i++) {
      const override = this.#overrides[(hour * count + i) % this.#overrides.length];
      if (override === undefined) continue;
      const { input, activate, lowest, highest } = override;
      inputs[activate] = 1;
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

/** Marks a process that ended: it may have been by somebody else's doing. */
const ENDED = "it could not be restored, for ";

/** So many of a list, from all over it, in no order. */
function scattered<T>(list: readonly T[], most: number): T[] {
  const count = Math.min(most, list.length);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * list.length) / count));
  // Steps of the golden section go all over a list, and come back to nothing.
  return chosen
    .map((index, i) => ({ index, rank: ((i + 1) * 0.618_033_988_749_895) % 1 }))
    .sort((one, two) => one.rank - two.rank)
    .flatMap(({ index }) => list.slice(index, index + 1));
}

/** Takes of both lists in turn; what one has more comes at the end. */
function interleaved<T>(one: readonly T[], two: readonly T[]): T[] {
  return Array.from({ length: Math.max(one.length, two.length) }, (_, i) => [
    ...one.slice(i, i + 1),
    ...two.slice(i, i + 1),
  ]).flat();
}
