import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Model } from "../packages/model.ts";
import { type Confinement, programFiles } from "./confinement/confine.ts";
import { refuseScratch, removeScratch } from "./confinement/scratch.ts";
import { userForModels } from "./confinement/user.ts";
import { EmulatorError, ProcessEnded } from "./failure.ts";
import type { ModelFiles } from "./fmi/instance.ts";
import { newFolder } from "./folders.ts";
import { encodeFrame, FrameReader, type Order, REPORT_LIMITS, type Report } from "./frames.ts";
import { readLines } from "./lines.ts";
import type { LogTail } from "./log-tail.ts";
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

const unasked = () => new EmulatorError("crash", "the model answered what nobody had asked");

/** One thread for V8 beside its own, none that waits for a debugger, and little garbage before it is collected. */
const NODE_OPTIONS = [
  "--disable-warning=ExperimentalWarning",
  "--v8-pool-size=0",
  "--disable-sigusr1",
  "--max-semi-space-size=2",
];

/** This file's neighbour: bundled, or as it is. */
const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./model-process.ts" : "./model-process.mjs", import.meta.url),
);

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
  readonly settle: (report: Report, bytes: Uint8Array) => void;
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
    this.#scratch = newFolder("model");
    const folder = dirname(files.resources);
    const room = [folder, this.#scratch, String(limits.memoryBytes)];
    const user = userForModels([...programFiles(PROGRAM), folder, files.library]);
    if (user !== undefined) chownSync(this.#scratch, user.uid, user.gid);
    chmodSync(this.#scratch, 0o700);
    this.#child = spawn(process.execPath, [...NODE_OPTIONS, PROGRAM, ...room], {
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
    const reader = new FrameReader<Report>(REPORT_LIMITS);
    this.#reports.on("data", (piece: Buffer) => {
      try {
        for (const { head, bytes } of reader.add(piece)) this.#hear(head, bytes);
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
    this.#loaded = this.#send({ kind: "load", model, files }).then(({ report }) => {
      if (report.kind !== "loaded") throw unasked();
      const { files, calls, user } = report.confinement;
      return { files: files === true, calls: calls === true, user: user === true };
    });
    this.#loaded.catch(() => undefined); // whoever orders something hears of it
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
  async order(
    order: Exclude<Order, { kind: "load" | "replay" }>,
    state: Uint8Array | undefined,
    limitMs: number,
    spentMs = 0,
  ): Promise<Outcome> {
    try {
      const { report, bytes } = await this.#ask(() => order, state, limitMs, spentMs);
      if (report.kind !== "done") throw unasked();
      const outcome = {
        state: bytes.subarray(0, report.stateBytes),
        samples: bytes.subarray(report.stateBytes),
        computeMs: Number(report.computeMs),
      };
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
      const order = () => {
        loadedAt = performance.now();
        // What loading it took is gone from the time that there is.
        return { kind: "replay", budgetMs: budgetMs - (loadedAt - startedAt) } as const;
      };
      const { report } = await this.#ask(order, target.state, limitMs);
      if (report.kind !== "replayed") throw unasked();
      const { intervals } = report;
      if (!Number.isSafeInteger(intervals)) throw unasked();
      const isDone = intervals >= target.intervals;
      this.#position = { state: target.state, intervals: isDone ? undefined : intervals };
      if (isDone) this.#lastState = digest(target.state);
      return { intervals, tookMs: performance.now() - loadedAt };
    } catch (error) {
      throw await this.#failed(error);
    }
  }

  /** Sends an order to a process once it is loaded, and waits for its answer: within the limits of time, memory and files. */
  async #ask(
    order: () => Exclude<Order, { kind: "load" }>,
    state: Uint8Array | undefined,
    limitMs: number,
    spentMs = 0,
  ): Promise<{ report: Report; bytes: Uint8Array }> {
    const tooLong = (what: string, ms: number) => () =>
      this.kill(new EmulatorError("timeout", `the model ${what} for more than ${ms} ms, and was ended`));
    const timer = setTimeout(tooLong("computed", limitMs), limitMs - spentMs);
    let restoring: NodeJS.Timeout | undefined;
    let looks = 0;
    const watch = setInterval(() => {
      this.#watchMemory();
      if (++looks % LOOKS_PER_SCRATCH === 0) this.#watchScratch();
    }, WATCH_MS);
    try {
      await this.#loaded;
      this.#lastState = undefined;
      this.#position = undefined;
      this.#isRestoring = state !== undefined && kindOfState(state) === "serialized";
      const restoreMs = Math.ceil(limitMs * RESTORE_SHARE);
      if (this.#isRestoring) {
        const isOver = tooLong("was being put to its state", restoreMs);
        restoring = setTimeout(() => this.#isRestoring && isOver(), restoreMs);
      }
      this.#child.kill("SIGCONT");
      const answer = await this.#send(order(), state);
      // Until somebody orders something again: threads that the model has started do not go on computing.
      this.#child.kill("SIGSTOP");
      const tooMuch = this.#watchScratch();
      if (tooMuch !== undefined) throw tooMuch;
      return answer;
    } finally {
      clearTimeout(timer);
      clearTimeout(restoring);
      clearInterval(watch);
    }
  }

  /** It is of no use any more. The error, once all that it said is read. */
  async #failed(error: unknown): Promise<unknown> {
    this.kill();
    await this.ended;
    if (error instanceof EmulatorError) error.isRestoring = this.#isRestoring;
    return error;
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

  #send(order: Order, bytes?: Uint8Array): Promise<{ report: Report; bytes: Uint8Array }> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) {
        reject(this.#verdict ?? this.#crashed(this.#child.exitCode, this.#child.signalCode));
        return;
      }
      this.#waiting = {
        settle: (report, received) => resolve({ report, bytes: received }),
        fail: reject,
      };
      this.#orders.write(encodeFrame(order, bytes));
    });
  }

  #hear(report: Report, bytes: Uint8Array): void {
    if (report.kind === "log") {
      this.#log.add(String(report.line));
      return;
    }
    if (report.kind === "restored") {
      this.#isRestoring = false;
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // Somebody forges answers: nothing that this process says can be believed.
    if (waiting === undefined) throw new Error("an answer without a question");
    // It may be the model that writes there: what became of its process is not for it to say.
    if (report.kind === "failed") {
      waiting.fail(new EmulatorError(report.failure === "load" ? "load" : "model", String(report.message)));
    } else waiting.settle(report, bytes);
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
