import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { within } from "./deadline.ts";

/**
 * A shell that ends shortly after its parent: when the pipe to it closes, for any reason, it kills the processes that
 * are still on its list, and removes its folder. So no process that this program started is left, not even a paused
 * function, and not even after a SIGKILL.
 */
const SCRIPT = `
trap '' INT HUP TERM
folder=$1
pids=
while read -r what pid; do
  kept=
  for each in $pids; do [ "$each" = "$pid" ] || kept="$kept $each"; done
  pids=$kept
  [ "$what" = watch ] && pids="$pids $pid"
done
for each in $pids; do kill -s KILL -- "$each" 2>/dev/null; done
[ -n "$folder" ] && { rm -rf -- "$folder" || rm -rf -- "$folder"; } 2>/dev/null
exit 0
`;

export class Watchdog {
  readonly #shell: ChildProcess;

  /** @param temporaryFolder to remove at the end, if given */
  constructor(temporaryFolder = "") {
    this.#shell = spawn("sh", ["-c", SCRIPT, "watchdog", temporaryFolder], {
      stdio: ["pipe", "ignore", "ignore"],
      // In its own session, so that Ctrl-C in the terminal reaches only the main process, which stops everything in order.
      detached: true,
    });
    // Writing to a shell that has ended must not end the program.
    this.#shell.on("error", () => {});
    this.#shell.stdin?.on("error", () => {});
    this.#shell.unref();
  }

  /** Puts a child process on the list until it exits; or its process group, which includes its own children. */
  guard(child: ChildProcess, what: "process" | "group" = "process"): void {
    if (child.pid === undefined) return;
    const target = what === "group" ? -child.pid : child.pid;
    this.#shell.stdin?.write(`watch ${target}\n`);
    child.once("exit", () => this.#shell.stdin?.write(`forget ${target}\n`));
  }

  get pid(): number | undefined {
    return this.#shell.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    const exited = once(this.#shell, "exit");
    this.#shell.stdin?.end();
    await within(exited, 20_000, "clearing up");
  }
}
