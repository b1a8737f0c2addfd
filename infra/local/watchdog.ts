import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { within } from "./deadline.ts";

/**
 * A shell that outlives its parent by a moment: when the pipe to it closes, for whatever reason, it kills what is
 * still on its list and removes the folder it was given. Nothing that this process started stays behind, not even a
 * paused function or after a SIGKILL.
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

  /** @param temporaryFolder is removed at the end, if given. */
  constructor(temporaryFolder = "") {
    this.#shell = spawn("sh", ["-c", SCRIPT, "watchdog", temporaryFolder], {
      stdio: ["pipe", "ignore", "ignore"],
      // A session of its own: Ctrl-C in the terminal reaches the main process alone, which stops everything in order.
      detached: true,
    });
    // Writing to a shell that is gone must not end the program; there is nothing left to guard with then.
    this.#shell.on("error", () => {});
    this.#shell.stdin?.on("error", () => {});
    this.#shell.unref();
  }

  /** Puts a child on the list until it exits; or its group, with all that it has started. */
  guard(child: ChildProcess, what: "process" | "group" = "process"): void {
    if (child.pid === undefined) return;
    const target = what === "group" ? -child.pid : child.pid;
    this.#shell.stdin?.write(`watch ${target}\n`);
    child.once("exit", () => this.#shell.stdin?.write(`forget ${target}\n`));
  }

  get pid(): number | undefined {
    return this.#shell.pid;
  }

  async close(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    const exited = once(this.#shell, "exit");
    this.#shell.stdin?.end();
    await within(exited, 20_000, "clearing up");
  }
}
