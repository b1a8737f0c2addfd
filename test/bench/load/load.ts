import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
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
    const done = await this.#ask({ kind: "load", ...order });
    if (done.failed > 0) throw new Error(`${done.failed} calls failed, one of them with ${done.failure}`);
    return done;
  }

  async roundTrips(order: Omit<RoundTripOrder, "kind">): Promise<Done> {
    return await this.#ask({ kind: "round-trips", ...order });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  async #ask(order: LoadOrder | RoundTripOrder): Promise<Done> {
    this.#child.send(order);
    const [done] = (await once(this.#child, "message")) as [Done];
    return done;
  }
}
