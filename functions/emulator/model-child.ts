import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { Model } from "../packages/model.ts";
import type { Grid, InputValues } from "../simulation/emulator.ts";
import { encodeSamples } from "../simulation/samples.ts";
import type { Confinement } from "./confinement/confinement.ts";
import { refuseScratch, removeScratch } from "./confinement/scratch.ts";
import { userForModels } from "./confinement/user.ts";
import { EmulatorError, ProcessEnded, unasked } from "./failure.ts";
import { newFolder } from "./folders.ts";
import { type Frame, FrameReader, REPORT_LIMITS, type Report } from "./frames.ts";
import { libraryFolders } from "./library-folders.ts";
import { readLines } from "./lines.ts";
import { type Advanced, LiveModel } from "./live-model.ts";
import type { LogTail } from "./log-tail.ts";
import { hostProgram } from "./native.ts";
import { encodeLoad, type ModelFiles } from "./orders.ts";
import type { Position, Target } from "./replay.ts";
import { kindOfState } from "./state.ts";

const WATCH_MS = 50;
/** Of so many looks at its memory one is at its files, too: that takes longer. */
const LOOKS_PER_SCRATCH = 4;
const PAGE_BYTES = 4096;
/** What an ended process said last has arrived within this. */
const GRACE_MS = 500;
/** Of the time that it may compute: being put to a serialized state takes little, or does not end. */
const RESTORE_SHARE = 1 / 3;
/** Of the memory that it may have: who ends there by itself did so for want of memory. */
const NEAR_LIMIT = 0.8;

/** What a model's process gave, compressed, at most: more could not be passed on, bytes. */
const LARGEST_OUTCOME = 8 * 2 ** 20;
/** Of zlib, for samples: the first levels bring most of the gain. */
const LEVEL = 2;

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
}

export interface ChildLimits {
  /** Resident memory that a model's process may take, bytes. */
  readonly memoryBytes: number;
}

interface Waiting {
  readonly settle: (frame: Frame) => void;
  readonly fail: (error: EmulatorError) => void;
}

/** A process that runs one model. It has no environment, and is killed rather than asked. One order at a time. */
export class ModelChild {
  readonly packageHash: string;
  readonly #child: ChildProcess;
  /** The model's own folder. */
  readonly #scratch: string;
  readonly #limits: ChildLimits;
  readonly #watch: ((bytes: number) => void) | undefined;
  readonly #log: LogTail;
  readonly #loaded: Promise<Confinement>;
  readonly #live: LiveModel;
  /** Settled when it has ended and everything that it said has been read. */
  readonly ended: Promise<void>;
  #waiting: Waiting | undefined;
  /** Why it was killed, if we did. */
  #verdict: EmulatorError | undefined;
  #hasEnded = false;
  #busy = false;
  /** It is being put to a serialized state. */
  #isRestoring = false;
  #isNearLimit = false;
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
    this.#limits = limits;
    this.#watch = watch;
    this.#log = log;
    const program = hostProgram();
    this.#scratch = newFolder("model");
    const folder = dirname(files.resources);
    const room = [folder, this.#scratch, String(limits.memoryBytes), ...libraryFolders()];
    const user = userForModels([program, ...libraryFolders(), folder, files.library]);
    if (user !== undefined) chownSync(this.#scratch, user.uid, user.gid);
    chmodSync(this.#scratch, 0o700);
    this.#child = spawn(program, room, {
      env: {},
      cwd: this.#scratch,
      ...user,
      // A group of its own: a signal to its group is not one to us.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.#child;
    for (const stream of [stdout, stderr]) {
      if (stream) readLines(stream, (line) => this.#log.add(line));
    }
    const reader = new FrameReader(REPORT_LIMITS);
    this.#reports.on("data", (piece: Buffer) => {
      try {
        for (const frame of reader.add(piece)) this.#hear(frame);
      } catch {
        this.kill(new EmulatorError("crash", "the model wrote where it must not, and was ended"));
      }
    });
    this.#orders.on("error", () => undefined); // it has ended: 'close' says so
    this.#reports.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.#child.on("error", () => undefined);
      // Something that it has started may hold its pipes open: nobody waits for that.
      this.#child.on("exit", () => {
        setTimeout(() => {
          for (const stream of this.#child.stdio) stream?.destroy();
        }, GRACE_MS).unref();
      });
      this.#child.on("close", (code, signal) => {
        this.#hasEnded = true;
        this.#waiting?.fail(this.#verdict ?? this.#crashed(code, signal));
        removeScratch(this.#scratch).then(resolve, () => resolve());
      });
    });
    this.#live = new LiveModel(model, (order) => this.#send(order));
    this.#loaded = this.#load(model, files);
    this.#loaded.catch(() => undefined); // whoever orders something hears of it
  }

  async #load(model: Model, files: ModelFiles): Promise<Confinement> {
    const { head } = await this.#send(encodeLoad(model, files));
    if (head.kind !== "loaded") throw unasked();
    const { files: hasFiles, calls, user } = head.confinement;
    return { files: hasFiles === true, calls: calls === true, user: user === true };
  }

  get isUsable(): boolean {
    return !this.#hasEnded && this.#verdict === undefined;
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  /** What it gave up before it loaded the model; rejects if it did not come to that. */
  get confinement(): Promise<Confinement> {
    return this.#loaded;
  }

  /** It is somebody's, who is about to order something. */
  claim(): this {
    this.#busy = true;
    return this;
  }

  /** What it takes of the machine's memory. */
  get residentBytes(): number {
    try {
      return PAGE_BYTES * Number(readFileSync(`/proc/${this.#child.pid}/statm`, "utf8").split(" ")[1]);
    } catch {
      return 0; // it has ended, or there is no /proc
    }
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
      const outcome = await this.#ask(() => this.#carryOut(task, state, limitMs), limitMs, spentMs);
      this.#lastState = digest(outcome.state);
      this.#position = { state: outcome.state, intervals: undefined };
      return outcome;
    } catch (error) {
      throw await this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  async #carryOut(task: Task, state: Uint8Array | undefined, limitMs: number): Promise<Outcome> {
    const startedAt = performance.now();
    if (state !== undefined) await this.#restore(state, limitMs);
    const advanced = await this.#advanced(task);
    const samples = gzipSync(encodeSamples(advanced.samples), { level: LEVEL });
    const bytes = advanced.state.length + samples.length;
    if (bytes > LARGEST_OUTCOME) {
      throw new EmulatorError("model", `its state and samples are too large: ${bytes} bytes, compressed`);
    }
    return { state: advanced.state, samples, computeMs: performance.now() - startedAt };
  }

  #advanced(task: Task): Promise<Advanced> {
    if (task.kind === "initialize") return this.#live.initialize(task.time);
    const { inputs, grid, from, to } = task;
    return this.#live.advance(inputs, grid, from, to);
  }

  async #restore(state: Uint8Array, limitMs: number): Promise<void> {
    this.#isRestoring = kindOfState(state) === "serialized";
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
        return this.#live.replay(target.state, budgetMs - (loadedAt - startedAt));
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
      this.#watchMemory();
      if (++looks % LOOKS_PER_SCRATCH === 0) this.#watchScratch();
    }, WATCH_MS);
    try {
      await this.#loaded;
      this.#lastState = undefined;
      this.#position = undefined;
      this.#isRestoring = false;
      this.#child.kill("SIGCONT");
      const done = await act();
      // Until somebody orders something again: threads that the model has started do not go on computing.
      this.#child.kill("SIGSTOP");
      const tooMuch = this.#watchScratch();
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
  kill(verdict: EmulatorError = new ProcessEnded("crash", "the model was ended")): void {
    this.#verdict ??= verdict;
    this.#child.kill("SIGKILL");
  }

  get #orders(): Writable {
    return this.#child.stdio[3] as Writable;
  }

  get #reports(): Readable {
    return this.#child.stdio[4] as Readable;
  }

  #send(order: Buffer): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) {
        reject(this.#verdict ?? this.#crashed(this.#child.exitCode, this.#child.signalCode));
        return;
      }
      this.#waiting = { settle: resolve, fail: reject };
      this.#orders.write(order);
    });
  }

  #hear(frame: Frame): void {
    const report: Report = frame.head;
    if (report.kind === "log") {
      this.#log.add(String(report.line));
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // Somebody forges answers: nothing that this process says can be believed.
    if (waiting === undefined) throw new Error("an answer without a question");
    // It may be the model that writes there: what became of its process is not for it to say.
    if (report.kind === "failed") {
      waiting.fail(new EmulatorError(report.failure === "load" ? "load" : "model", String(report.message)));
    } else waiting.settle(frame);
  }

  #watchMemory(): void {
    const bytes = this.residentBytes;
    this.#watch?.(bytes);
    this.#isNearLimit = bytes > NEAR_LIMIT * this.#limits.memoryBytes;
    if (bytes > this.#limits.memoryBytes) this.kill(this.#tookTooMuch());
  }

  #watchScratch(): EmulatorError | undefined {
    const reason = refuseScratch(this.#scratch, this.#child.pid);
    if (reason === undefined) return undefined;
    const verdict = new EmulatorError("space", reason);
    this.kill(verdict);
    return verdict;
  }

  #tookTooMuch(): EmulatorError {
    const limit = Math.round(this.#limits.memoryBytes / 2 ** 20);
    return new EmulatorError("memory", `the model took more than ${limit} MB of memory, and was ended`);
  }

  /** It ended without being killed by us; perhaps because it was refused more memory. */
  #crashed(code: number | null, signal: NodeJS.Signals | null): EmulatorError {
    if (this.#isNearLimit) {
      const { failure, message } = this.#tookTooMuch();
      return new ProcessEnded(failure, message);
    }
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    return new ProcessEnded("crash", `the model's process ended ${how}`);
  }
}

function digest(state: Uint8Array): string {
  return createHash("sha256").update(state).digest("hex");
}
