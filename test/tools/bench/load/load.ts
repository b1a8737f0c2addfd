import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ask } from "./ask.ts";
import type { Done, LoadOrder, RoundTripOrder } from "./protocol.ts";

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

/** The process that makes the load. One order at a time. */
export class Load {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(): Load {
    return new Load(fork(PROGRAM, [], { stdio: "inherit" }));
  }

  /** @throws Error if a call was not answered 200 */
  async run(order: Omit<LoadOrder, "kind">): Promise<Done> {
    const done = await ask<Done>(this.#child, { kind: "load", ...order } satisfies LoadOrder);
    if (done.failed > 0) throw new Error(`${done.failed} calls failed, one of them with ${done.failure}`);
    return done;
  }

  async roundTrips(order: Omit<RoundTripOrder, "kind">): Promise<Done> {
    return await ask<Done>(this.#child, { kind: "round-trips", ...order } satisfies RoundTripOrder);
  }

  async stop(): Promise<void> {
    if (!this.#child.connected) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}
