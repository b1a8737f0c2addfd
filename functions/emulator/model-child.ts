import { createHash } from "node:crypto";
import type { Model } from "../packages/model.ts";
import type { Grid, InputValues, PlannedStep } from "../simulation/emulator.ts";
import type { Samples } from "../simulation/samples.ts";
import type { Confinement } from "./confinement/confinement.ts";
import { EmulatorError, unasked } from "./failure.ts";
import { HostProcess } from "./host-process.ts";
import { type Advanced, LiveModel } from "./live-model.ts";
import type { LogTail } from "./log-tail.ts";
import { encodeLoad, type ModelFiles } from "./orders.ts";
import { packSamples } from "./packed-samples.ts";
import type { Position, Target } from "./replay.ts";
import { decodeState, kindOfState, LARGEST_STATE, type State } from "./state.ts";

const WATCH_MS = 50;
/** Of so many looks at its memory one is at its files, too: that takes longer. */
const LOOKS_PER_SCRATCH = 4;
/** Of the time that it may compute: being put to a serialized state takes little, or does not end. */
const RESTORE_SHARE = 1 / 3;

/** What a model's process gave, compressed, at most: more could not be passed on, bytes. */
const LARGEST_OUTCOME = 8 * 2 ** 20;

/** What is to be done: initialize a model, or simulate intervals of a grid. */
export type Task =
  | { readonly kind: "initialize"; readonly time: number }
  | {
      readonly kind: "advance";
      readonly inputs: InputValues;
      readonly grid: Grid;
      readonly from: number;
      readonly to: number;
    };

/** What a model's process gave: both compressed. */
export interface Outcome {
  readonly state: Uint8Array;
  readonly samples: Uint8Array;
  readonly computeMs: number;
  /** Why there is no image of its memory, as the end of a sentence; null if there is, or if none was asked for. */
  readonly unfit: string | null;
}

export interface ChildLimits {
  /** Resident memory that a model's process may take, bytes. */
  readonly memoryBytes: number;
}

/** A process that runs one model. It has no environment, and is killed rather than asked. One order at a time. */
export class ModelChild {
  readonly packageHash: string;
  readonly #process: HostProcess;
  readonly #watch: ((bytes: number) => void) | undefined;
  readonly #loaded: Promise<Confinement>;
  readonly #live: LiveModel;
  /** Settled when it has ended and everything that it said has been read. */
  readonly ended: Promise<void>;
  #busy = false;
  /** It is being put to a serialized state. */
  #isRestoring = false;
  #lastState: string | undefined;
  #position: Position | undefined;

  /** `watch` is told now and then, while something is done, how much memory it takes. */
  constructor(
    packageHash: string,
    model: Model,
    files: ModelFiles,
    limits: ChildLimits,
    log: LogTail,
    watch?: (bytes: number) => void,
  ) {
    this.packageHash = packageHash;
    this.#watch = watch;
    this.#process = new HostProcess(files, limits.memoryBytes, log);
    this.ended = this.#process.ended;
    this.#live = new LiveModel(model, (order) => this.#process.send(order));
    this.#loaded = this.#load(model, files);
    this.#loaded.catch(() => undefined); // whoever orders something hears of it
  }

  async #load(model: Model, files: ModelFiles): Promise<Confinement> {
    const { head } = await this.#process.send(encodeLoad(model, files));
    if (head.kind !== "loaded") throw unasked();
    this.#live.layout = String(head.layout).slice(0, 16);
    const { files: hasFiles, calls, user } = head.confinement;
    return { files: hasFiles === true, calls: calls === true, user: user === true };
  }

  get isUsable(): boolean {
    return this.#process.isUsable;
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  /** What it gave up before it loaded the model; rejects if it did not come to that. */
  get confinement(): Promise<Confinement> {
    return this.#loaded;
  }

  /** Programs and libraries of its process, and where they are: an image fits where they are the same. Rejects as `confinement`. */
  get layout(): Promise<string> {
    return this.#loaded.then(() => this.#live.layout);
  }

  /** When its model was initialized, s, if it can be put to images that began then; else null. */
  get base(): number | null {
    return this.#live.base;
  }

  /** It is somebody's, who is about to order something. */
  claim(): this {
    this.#busy = true;
    return this;
  }

  /** What it takes of the machine's memory. */
  get residentBytes(): number {
    return this.#process.residentBytes;
  }

  /** Whether this state is where its model stands. */
  isAt(state: Uint8Array): boolean {
    return this.#lastState !== undefined && this.#lastState === digest(state);
  }

  /** Where its model stands, if that is known: to find one that is on the way to a state. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** It is claimed no more, without having been ordered anything. */
  release(): void {
    this.#busy = false;
  }

  /**
   * Has something done by one that was claimed, in so many ms at most. Rejects with an `EmulatorError`; it is of no use any more then.
   *
   * @param spentMs how much of the limit was used before, by a replay: a message names the whole limit
   */
  async order(task: Task, state: Uint8Array | undefined, limitMs: number, spentMs = 0): Promise<Outcome> {
    try {
      const decoded = state && this.#decode(state);
      const outcome = await this.#ask(() => this.#carryOut(task, decoded, limitMs), limitMs, spentMs);
      this.#lastState = digest(outcome.state);
      this.#position = { state: outcome.state, intervals: undefined };
      return outcome;
    } catch (error) {
      throw await this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Simulates steps of which nothing is kept but the samples, as `order` does. Whatever its model stood at is gone then.
   *
   * @param state what it is put to first; undefined if it is there
   */
  async tryOut(steps: readonly PlannedStep[], state: Uint8Array | undefined, limitMs: number): Promise<Samples> {
    try {
      const decoded = state && this.#decode(state);
      return await this.#ask(async () => {
        if (decoded !== undefined) await this.#restore(decoded, limitMs);
        return await this.#live.tryOut(steps);
      }, limitMs);
    } catch (error) {
      throw await this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  async #carryOut(task: Task, state: State | undefined, limitMs: number): Promise<Outcome> {
    const startedAt = performance.now();
    if (state !== undefined) await this.#restore(state, limitMs);
    const advanced = await this.#advanced(task);
    const samples = packSamples(advanced.samples);
    const bytes = advanced.state.length + samples.length;
    if (bytes > LARGEST_OUTCOME) {
      throw new EmulatorError("model", `its state and samples are too large: ${bytes} bytes, compressed`);
    }
    return { state: advanced.state, samples, computeMs: performance.now() - startedAt, unfit: this.#live.unfit };
  }

  #advanced(task: Task): Promise<Advanced> {
    if (task.kind === "initialize") return this.#live.initialize(task.time);
    const { inputs, grid, from, to } = task;
    return this.#live.advance(inputs, grid, from, to);
  }

  /** A large state takes some time to decode: the process is started and loads its model meanwhile. */
  #decode(state: Uint8Array): State {
    this.#isRestoring = kindOfState(state) !== "replay";
    const decoded = decodeState(state, LARGEST_STATE);
    this.#isRestoring = false;
    return decoded;
  }

  async #restore(state: State, limitMs: number): Promise<void> {
    this.#isRestoring = state.kind !== "replay";
    const restoreMs = Math.ceil(limitMs * RESTORE_SHARE);
    const timer = setTimeout(() => this.#isRestoring && this.#took("was being put to its state", restoreMs), restoreMs);
    try {
      await this.#live.restore(state);
      this.#isRestoring = false;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Has a history done again by one that was claimed and stands at its beginning or on the way: for about `budgetMs`, or to its
   * end. It stays claimed. Rejects as `order` does.
   *
   * @returns how many intervals of it are done, all in all, and what that took once the model was loaded, ms
   */
  async replay(
    target: Target,
    budgetMs: number,
    limitMs: number,
  ): Promise<{ readonly intervals: number; readonly tookMs: number }> {
    try {
      const startedAt = performance.now();
      let loadedAt = startedAt;
      const intervals = await this.#ask(() => {
        loadedAt = performance.now();
        // What loading it took is gone from the time that there is.
        return this.#live.replay(decodeState(target.state, LARGEST_STATE), budgetMs - (loadedAt - startedAt));
      }, limitMs);
      const isDone = intervals >= target.intervals;
      this.#position = { state: target.state, intervals: isDone ? undefined : intervals };
      if (isDone) this.#lastState = digest(target.state);
      return { intervals, tookMs: performance.now() - loadedAt };
    } catch (error) {
      throw await this.#failed(error);
    }
  }

  /** Has something done by a process once it is loaded: within the limits of time, memory and files. */
  async #ask<T>(act: () => Promise<T>, limitMs: number, spentMs = 0): Promise<T> {
    const timer = setTimeout(() => this.#took("computed", limitMs), limitMs - spentMs);
    let looks = 0;
    const watch = setInterval(() => {
      this.#watch?.(this.#process.watchMemory());
      if (++looks % LOOKS_PER_SCRATCH === 0) this.#process.watchScratch();
    }, WATCH_MS);
    try {
      await this.#loaded;
      this.#lastState = undefined;
      this.#position = undefined;
      this.#isRestoring = false;
      this.#process.goOn();
      const done = await act();
      // Until somebody orders something again: threads that the model has started do not go on computing.
      this.#process.stop();
      const tooMuch = this.#process.watchScratch();
      if (tooMuch !== undefined) throw tooMuch;
      return done;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
    }
  }

  #took(what: string, ms: number): void {
    this.kill(new EmulatorError("timeout", `the model ${what} for more than ${ms} ms, and was ended`));
  }

  /** It is of no use any more. The error, once all that it said is read. */
  async #failed(error: unknown): Promise<EmulatorError> {
    this.kill();
    await this.ended;
    const known =
      error instanceof EmulatorError
        ? error
        : new EmulatorError("model", `unexpectedly: ${error instanceof Error ? error.message : String(error)}`);
    known.isRestoring = this.#isRestoring;
    return known;
  }

  /** Ends it at once. */
  kill(verdict?: EmulatorError): void {
    this.#process.kill(verdict);
  }
}

function digest(state: Uint8Array): string {
  return createHash("sha256").update(state).digest("hex");
}
