import { gunzipSync } from "node:zlib";
import { claimedKeeping } from "../packages/kind.ts";
import { type Model, unverified, type Verdict } from "../packages/model.ts";
import type { Grid, InputValues } from "../simulation/emulator.ts";
import { decodeSamples } from "../simulation/samples.ts";
import { differenceOf } from "./difference.ts";
import { EmulatorError } from "./failure.ts";
import { interleaved, scattered } from "./jumps.ts";
import type { ModelChild, Outcome } from "./model-child.ts";
import type { Override, VerifyRequest } from "./protocol.ts";

const [HOUR, DAY] = [3600, 86_400];
const YEAR = 365 * DAY;
/** Simulated hours that are compared at most, unless the request says fewer: days and nights, long against the dynamics of rooms. */
const MAX_HOURS = 72;
/** The second time line begins so much later, in s: another season, another hour of the day. */
const ELSEWHERE = 182 * DAY + 11 * HOUR;
/** A comparison over less than a day with its night, or in fewer fresh processes, proves too little. */
const [LEAST_HOURS, LEAST_FRESH] = [24, 4];
/** Hours that are simulated twice of a model that is to be replayed. */
const REPEATED_HOURS = 3;
/** Samples in each hour. */
const INTERVALS = 12;
/** Inputs that are overwritten at the same time. No controller overwrites many at once, and a model may become slow. */
const MAX_OVERRIDES = 3;
/** The first thing that is simulated, as a test would do it; and the rest of the first hour. */
const FIRST: Omit<Grid, "start"> = { length: 30, intervals: 1 };
const REST: Omit<Grid, "start"> = { length: HOUR - 30, intervals: 17 };
/** Compared hours per fresh process: for a model that any process can restore, and for one that only fresh ones can. */
const [HOURS_PER_FRESH, HOURS_PER_FRESH_ONLY] = [12, 3];
/** Each part ends when this share of the time budget is used. Fresh processes have the rest. */
const [MAIN_END, OTHER_END, SHARED_END] = [0.35, 0.5, 0.7];
/** Size limit of all states that are kept during the verification, bytes. */
const MAX_BYTES = 128 * 2 ** 20;

/** Starts a process for the model. Its log goes to the reply. */
export type Spawn = (model: Model) => ModelChild;

/** An hour as one live process computed it. */
interface Hour {
  readonly grid: Grid;
  readonly inputs: InputValues;
  readonly before: Uint8Array;
  readonly after: Outcome;
}

/** Hours that one process computed without ever being restored. */
interface Line {
  readonly hours: readonly Hour[];
  /** Why the line ended early, if the model failed. */
  readonly failed: EmulatorError | undefined;
}

/**
 * Tries a model, and verifies how its state can be kept: see `verdictOn`. A model that is to be replayed is simulated twice
 * in fresh processes, and both runs must be equal bit for bit.
 *
 * @throws EmulatorError if the model cannot be loaded, initialized or simulated at all, or two equal runs differ
 */
export async function verifyModel(model: Model, request: VerifyRequest, spawn: Spawn): Promise<Verdict> {
  const { work, limitMs } = request;
  const startedAt = performance.now();
  const verdict = await verdictOn(model, request, spawn);
  if (verdict.keeps !== "replayed") return verdict;
  const leftMs = () => startedAt + work.budgetMs - performance.now();
  const different = await new Verifier({ ...model, keeps: "replayed" }, work.overrides, limitMs, spawn).repeat(
    work.time,
    leftMs,
  );
  if (different === undefined) return verdict;
  throw new EmulatorError("model", `two runs of it with equal inputs differ: ${different} ${NOT_REPEATABLE}`);
}

const NOT_REPEATABLE =
  "No test of it could be repeated, or go on after its process ended. Make the model independent of the clock, of random numbers without a fixed seed, and of variables that are never initialized";

/**
 * Tries a model: loads, initializes and simulates it a little. If the model claims that it can save its state, the claim is
 * verified over days with nights and with changing inputs. One live process computes hour after hour. Then the model is
 * restored before these hours, in a process that was at another time and in fresh processes, and every sample must be equal
 * bit for bit.
 *
 * @throws EmulatorError if the model cannot be loaded, initialized or simulated at all
 */
async function verdictOn(
  model: Model,
  { work: { time, overrides, budgetMs, hours: most = MAX_HOURS }, limitMs }: VerifyRequest,
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
    main = await verifier.live(time, most, () => leftUntil(MAIN_END));
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    // Perhaps only saving the state fails. If the model cannot do anything else either, that error is thrown.
    await new Verifier({ ...model, keeps: "replayed" }, [], limitMs, spawn).try(time);
    return unverified(`The model says that its state can be serialized, but when that is done: ${error.message}.`);
  }
  // Some models fail at values that lie between the limits of an input.
  if (main.failed?.failure === "model" && overrides.length > 0) {
    verifier.overwritesNothing();
    main = await verifier.live(time, most, () => leftUntil(MAIN_END));
  }
  const { failed } = main;
  if (main.hours.length === 0) {
    return unverified(`Its state could not be verified: in the first hour ${failed?.message ?? "the time was over"}.`);
  }
  const elsewhere = { time: (time + ELSEWHERE) % YEAR, hours: Math.ceil(most / 3) };
  const shared = await verifier.compareElsewhere(main, elsewhere, leftUntil);
  const leastHours = Math.min(LEAST_HOURS, most);
  const isShared = shared.different === undefined && shared.count >= leastHours;
  const processes = Math.ceil(most / (isShared ? HOURS_PER_FRESH : HOURS_PER_FRESH_ONLY));
  const fresh = await verifier.compareFresh(main, processes, () => leftUntil(1));
  const covered = { hours: main.hours.length, fresh: fresh.count, shared: shared.count };
  if (fresh.different !== undefined) return { keeps: "replayed", reason: fresh.different, covered };
  if (covered.hours < leastHours || covered.fresh < Math.min(LEAST_FRESH, processes)) {
    const why =
      failed === undefined ? `there was time for ${covered.hours} hours only` : `it failed: ${failed.message}`;
    return { keeps: "replayed", reason: `Its state could not be verified over a day: ${why}.`, covered };
  }
  return { keeps: isShared ? "shared" : "serialized", reason: shared.different ?? null, covered };
}

interface Comparison {
  readonly count: number;
  /** How the restored model differed from the live one, as a sentence. */
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
    for (const [i, { after }] of first.hours.entries()) {
      const again = second.hours[i]?.after;
      if (again === undefined || Buffer.compare(again.samples, after.samples) === 0) continue;
      const [one, other] = [after, again].map(({ samples }) => decodeSamples(gunzipSync(samples)));
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
  }

  /**
   * Simulates another time line in a new process, and then restores this same process before hours of both lines in turn, in
   * no order. What the process did before must not matter.
   */
  async compareElsewhere(
    main: Line,
    elsewhere: { readonly time: number; readonly hours: number },
    leftUntil: (share: number) => number,
  ): Promise<Comparison> {
    const compare = (child: ModelChild, other: Line) =>
      this.#compareIn(child, main, other, () => leftUntil(SHARED_END));
    let other: Line = { hours: [], failed: undefined };
    try {
      return await this.#within(async (child) => {
        other = await this.#liveIn(child, elsewhere.time, elsewhere.hours, () => leftUntil(OTHER_END));
        if (other.failed !== undefined) throw other.failed;
        return await compare(child, other);
      });
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
    }
    // The model failed in the other time line, which is no fault of its state. The process is of no use any more.
    return await this.#within((child) => compare(child, other));
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
    return { count, different: undefined };
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
