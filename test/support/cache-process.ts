import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CacheSettings } from "../../functions/cache/settings.ts";
import type { Call, FromProgram } from "../cache/program.ts";
import type { CacheStack } from "./cache-stack.ts";

const PROGRAM = fileURLToPath(new URL("../cache/program.ts", import.meta.url));
const HOOKS = new URL("lua-hooks.ts", import.meta.url).href;

/** A cache in a process of its own, that can be paused and killed. */
export class CacheProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = 0;
  #producing = Promise.withResolvers<void>();
  /** How often its producer has run. */
  produced = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message: FromProgram) => this.#take(message));
    child.once("exit", () => {
      for (const { reject } of this.#pending.values()) reject(new Error("the process has ended"));
    });
  }

  static async start(stack: CacheStack, settings: Partial<CacheSettings>): Promise<CacheProcess> {
    const env = { ...process.env, ...stack.environment };
    const child = fork(PROGRAM, [JSON.stringify(settings)], { env, execArgv: ["--import", HOOKS] });
    const started = new CacheProcess(child);
    await once(child, "message");
    return started;
  }

  /** What the operation came to, as text; rejects with its error's name and message. */
  call(op: Call["op"], key: string, content = "", onFailure: Call["onFailure"] = "retry"): Promise<unknown> {
    const id = ++this.#calls;
    const pending = Promise.withResolvers<unknown>();
    // Of a process that is killed nobody may be waiting for the result.
    pending.promise.catch(() => {});
    this.#pending.set(id, pending);
    this.#child.send({ kind: "call", call: { id, op, key, content, onFailure } });
    return pending.promise;
  }

  /** Resolves when its producer has been called. */
  get producing(): Promise<void> {
    return this.#producing.promise;
  }

  /** Lets its producer return. */
  go(): void {
    this.#child.send({ kind: "go" });
  }

  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  #take(message: FromProgram): void {
    if (message.kind === "producing") {
      this.produced += 1;
      this.#producing.resolve();
      this.#producing = Promise.withResolvers<void>();
    } else if (message.kind === "result") {
      this.#pending.get(message.id)?.resolve(message.result);
    } else if (message.kind === "error") {
      const error = Object.assign(new Error(message.message), { name: message.name });
      this.#pending.get(message.id)?.reject(error);
    }
  }
}
