import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Checked } from "./check.ts";
import type { CheckReply, CheckRequest } from "./checker-messages.ts";
import { type Life, Violation } from "./history.ts";
import type { UploadedModel } from "./model.ts";

const PROCESS = fileURLToPath(new URL("checker-process.ts", import.meta.url));
const LUA_HOOKS = new URL("../../support/lua-hooks.ts", import.meta.url).href;

/**
 * Compares lives with undisturbed runs in a process of lower priority, one at a time. The program itself serves HTTP, Redis, S3 and
 * SQS to the functions: a comparison in it, which simulates all of a test again, would stop the service for seconds.
 */
export class Checker {
  readonly #uploaded: UploadedModel | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #last: Promise<unknown> = Promise.resolve();

  /** @param uploaded the model that some lives use, if there is one */
  constructor(uploaded?: UploadedModel) {
    this.#uploaded = uploaded;
    // Lists of samples and calls that name each other are sent as they are.
    this.#child = fork(PROCESS, { execArgv: [`--import=${LUA_HOOKS}`], serialization: "advanced" });
    this.#ended = once(this.#child, "exit").then(([code, signal]) => {
      throw new Error(`the checker has ended: ${code ?? signal}`);
    });
    // Nobody may wait for it.
    this.#ended.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The same as `check`. @throws Violation */
  async check(life: Life): Promise<Checked> {
    const turn = this.#last.then(() => this.#ask({ life, uploaded: this.#uploaded }));
    this.#last = turn.catch(() => {});
    const reply = await turn;
    if ("violation" in reply) throw new Violation(reply.violation);
    if ("error" in reply) throw new Error(`the checker failed: ${reply.error}`);
    return reply.checked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended.catch(() => {});
  }

  async #ask(request: CheckRequest): Promise<CheckReply> {
    const replied = once(this.#child, "message");
    this.#child.send(request);
    const [reply] = (await Promise.race([replied, this.#ended])) as [CheckReply];
    return reply;
  }
}
