import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { within } from "../../../programs/deadline.ts";
import type { Watchdog } from "../../../programs/watchdog.ts";
import { bundleRunner } from "../../start/bundle.ts";
import { LEAN_ENVIRONMENT, leanly } from "./lean.ts";
import type { FromProcess, FunctionError } from "./protocol.ts";

/** Bundled, because running TypeScript would take a fifth of the memory of a function's process. */
const RUNNER = await bundleRunner();

/** The outcome of an invocation. `lost`: its process died, or its time limit was over. */
export type Outcome =
  | { kind: "result"; payload: string | undefined }
  | { kind: "error"; error: FunctionError }
  | { kind: "lost"; reason: string };

export interface Running {
  id: string;
  event: unknown;
  startedAt: number;
}

export interface InstanceOptions {
  name: string;
  bundle: string;
  environment: Record<string, string>;
  timeoutMs: number;
  /** See {@link leanly}. */
  newMb?: number | undefined;
  /** A folder in which each process gets its own folder for temporary files, which is removed with the process. */
  scratch: string;
  watchdog: Watchdog;
  log: (line: string) => void;
}

interface Pending extends Running {
  finish: (outcome: Outcome) => void;
}

/** One process of a function. */
export class Instance {
  readonly pid: number;
  /** Resolves when the process has ended and its files are removed. */
  readonly exited: Promise<void>;
  /** Resolves when the function is loaded, or loading has failed. */
  readonly started: Promise<void>;
  /** Set when the process gets no further events. */
  #retired = false;
  #begun = 0;
  readonly #child: ChildProcess;
  readonly #timeoutMs: number;
  readonly #pending = new Map<string, Pending>();

  constructor({ name, bundle: file, environment, timeoutMs, newMb, scratch, watchdog, log }: InstanceOptions) {
    this.#timeoutMs = timeoutMs;
    const folder = mkdtempSync(join(scratch, `${name}-`));
    // Models of an emulator that is root run as nobody.
    chmodSync(folder, 0o711);
    this.#child = fork(RUNNER, [file, name], {
      env: { ...environment, ...LEAN_ENVIRONMENT, TMPDIR: folder },
      execArgv: leanly(Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE), newMb),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // In its own session, so that Ctrl-C in the terminal does not end it. The processes that it starts are in its group.
      detached: true,
    });
    watchdog.guard(this.#child, "group");
    this.pid = this.#child.pid ?? 0;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", log);
    }
    const ready = Promise.withResolvers<void>();
    this.started = ready.promise;
    this.exited = new Promise((resolve) => {
      const ended = (reason: string) => {
        this.#retired = true;
        ready.resolve();
        for (const { id } of this.running()) this.#finish(id, { kind: "lost", reason });
        // Lambda's machine loses its disk, too. A process that was just killed may still write to it.
        void rm(folder, { recursive: true, force: true, maxRetries: 10 })
          .catch((error: unknown) => log(`${folder} is left: ${String(error)}`))
          .then(resolve);
      };
      this.#child.once("exit", (code, signal) => {
        // The processes that it started end with it, as on Lambda's machine.
        this.signal("SIGKILL");
        ended(`the process ended (${signal ?? `exit code ${code}`})`);
      });
      this.#child.on("error", (error) => ended(error.message));
    });
    this.#child.on("message", (message: FromProcess) => {
      if (message.kind === "ready") ready.resolve();
      else if (message.kind === "result") this.#finish(message.id, { kind: "result", payload: message.payload });
      else this.#finish(message.id, { kind: "error", error: message.error });
    });
  }

  get retired(): boolean {
    return this.#retired;
  }

  get begun(): number {
    return this.#begun;
  }

  get load(): number {
    return this.#pending.size;
  }

  running(): Running[] {
    return [...this.#pending.values()].map(({ id, event, startedAt }) => ({ id, event, startedAt }));
  }

  async invoke(id: string, event: unknown): Promise<Outcome> {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => this.#expire(id), this.#timeoutMs);
      const finish = (outcome: Outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const startedAt = Date.now();
      this.#begun += 1;
      this.#pending.set(id, { id, event, startedAt, finish });
      this.#child.send({ id, event, deadline: startedAt + this.#timeoutMs }, (error) => {
        if (error) this.#finish(id, { kind: "lost", reason: error.message });
      });
    });
  }

  /** Signals the process and the processes that it started. */
  signal(name: NodeJS.Signals): void {
    try {
      if (this.pid > 0) process.kill(-this.pid, name);
    } catch {
      // All of these processes have ended.
    }
  }

  /** Ends the process at once. SIGKILL also ends a paused process. */
  async end(): Promise<void> {
    this.#retired = true;
    this.signal("SIGKILL");
    await within(this.exited, 10_000, `ending process ${this.pid}`);
  }

  #finish(id: string, outcome: Outcome): void {
    this.#pending.get(id)?.finish(outcome);
    this.#pending.delete(id);
    if (this.#retired && this.#pending.size === 0) this.signal("SIGKILL");
  }

  /** The time limit is over: this invocation has failed. Other invocations of the process may finish within their own limits. */
  #expire(id: string): void {
    this.#retired = true;
    this.#finish(id, { kind: "lost", reason: `Task timed out after ${this.#timeoutMs / 1000} seconds` });
  }
}
