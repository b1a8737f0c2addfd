import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { refuseScratch, removeScratch } from "./confinement/scratch.ts";
import { userForModels } from "./confinement/user.ts";
import { EmulatorError, ProcessEnded } from "./failure.ts";
import { newFolder } from "./folders.ts";
import { type Frame, FrameReader, REPORT_LIMITS, type Report } from "./frames.ts";
import { libraryFolders } from "./library-folders.ts";
import { readLines } from "./lines.ts";
import type { LogTail } from "./log-tail.ts";
import { hostProgram } from "./native.ts";
import type { ModelFiles } from "./orders.ts";

/**
 * Mathematical functions of the C library in the variants that every x86-64 processor has: others round in other ways, and a
 * model's results are to be the same bits on every machine.
 */
const GLIBC_TUNABLES = "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4,-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD";
const PAGE_BYTES = 4096;
/** What an ended process said last has arrived within this. */
const GRACE_MS = 500;
/** Of the memory that it may have: who ends there by itself did so for want of memory. */
const NEAR_LIMIT = 0.8;

interface Waiting {
  readonly settle: (frame: Frame) => void;
  readonly fail: (error: EmulatorError) => void;
}

/**
 * The process of one model (infra/native/host): started, spoken to over its pipes, watched, killed. Its environment names variants of the C library alone;
 * it has a folder of its own.
 */
export class HostProcess {
  readonly #child: ChildProcess;
  /** The model's own folder. */
  readonly #scratch: string;
  readonly #memoryBytes: number;
  readonly #log: LogTail;
  /** Settled when it has ended and everything that it said has been read. */
  readonly ended: Promise<void>;
  /** In the order of their orders. */
  readonly #waiting: Waiting[] = [];
  /** Why it was killed, if we did. */
  #verdict: EmulatorError | undefined;
  #hasEnded = false;
  #isNearLimit = false;

  /** @throws EmulatorError if the program is not there */
  constructor(files: ModelFiles, memoryBytes: number, log: LogTail) {
    this.#memoryBytes = memoryBytes;
    this.#log = log;
    const program = hostProgram();
    this.#scratch = newFolder("model");
    const folder = dirname(files.resources);
    const room = [folder, this.#scratch, String(memoryBytes), ...libraryFolders()];
    const user = userForModels([program, ...libraryFolders(), folder, files.library]);
    if (user !== undefined) chownSync(this.#scratch, user.uid, user.gid);
    chmodSync(this.#scratch, 0o700);
    this.#child = spawn(program, room, {
      env: { GLIBC_TUNABLES },
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
        for (const waiting of this.#waiting.splice(0)) waiting.fail(this.#verdict ?? this.#crashed(code, signal));
        removeScratch(this.#scratch).then(resolve, () => resolve());
      });
    });
  }

  get isUsable(): boolean {
    return !this.#hasEnded && this.#verdict === undefined;
  }

  /** What it takes of the machine's memory. */
  get residentBytes(): number {
    try {
      return PAGE_BYTES * Number(readFileSync(`/proc/${this.#child.pid}/statm`, "utf8").split(" ")[1]);
    } catch {
      return 0; // it has ended, or there is no /proc
    }
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

  /** It goes on, or stops with all its threads. */
  goOn(): void {
    this.#child.kill("SIGCONT");
  }

  stop(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Sends an order, and waits for its answer. Rejects with an `EmulatorError`. Orders are carried out one after the other. */
  send(order: Buffer): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) {
        reject(this.#verdict ?? this.#crashed(this.#child.exitCode, this.#child.signalCode));
        return;
      }
      this.#waiting.push({ settle: resolve, fail: reject });
      // Orders that are sent together go in one piece: each write wakes the process, which may then take this processor.
      this.#orders.cork();
      process.nextTick(() => this.#orders.uncork());
      this.#orders.write(order);
    });
  }

  #hear(frame: Frame): void {
    const report: Report = frame.head;
    if (report.kind === "log") {
      this.#log.add(String(report.line));
      return;
    }
    const waiting = this.#waiting.shift();
    // Somebody forges answers: nothing that this process says can be believed.
    if (waiting === undefined) throw new Error("an answer without a question");
    // It may be the model that writes there: what became of its process is not for it to say.
    if (report.kind === "failed") waiting.fail(failureOf(report));
    else waiting.settle(frame);
  }

  /** Ends it if it takes more memory than it may. @returns what it takes, bytes */
  watchMemory(): number {
    const bytes = this.residentBytes;
    this.#isNearLimit = bytes > NEAR_LIMIT * this.#memoryBytes;
    if (bytes > this.#memoryBytes) this.kill(this.#tookTooMuch());
    return bytes;
  }

  /** Ends it if it has written more than it may. @returns why it was ended */
  watchScratch(): EmulatorError | undefined {
    const reason = refuseScratch(this.#scratch, this.#child.pid);
    if (reason === undefined) return undefined;
    const verdict = new EmulatorError("space", reason);
    this.kill(verdict);
    return verdict;
  }

  #tookTooMuch(): EmulatorError {
    const limit = Math.round(this.#memoryBytes / 2 ** 20);
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

function failureOf({ failure, message, time }: Extract<Report, { kind: "failed" }>): EmulatorError {
  const error = new EmulatorError(failure === "load" || failure === "ended" ? failure : "model", String(message));
  if (error.failure === "ended" && Number.isFinite(time)) error.endedAt = Number(time);
  return error;
}
