import { log } from "../platform/log.ts";
import type { Confinement } from "./confinement/confine.ts";
import { EmulatorError, ProcessEnded } from "./failure.ts";
import { leaveFolders } from "./folders.ts";
import { LogTail } from "./log-tail.ts";
import type { ChildLimits, Outcome } from "./model-child.ts";
import { ModelChild } from "./model-child.ts";
import { PackageStore } from "./package-store.ts";
import { Pool } from "./pool.ts";
import type { EmulatorReply, EmulatorRequest } from "./protocol.ts";
import { kindOfState } from "./state.ts";

export interface EmulatorSettings extends ChildLimits {
  /** Model processes that may be alive at once, and packages kept unpacked. */
  readonly processes: number;
  readonly packages: number;
}

/**
 * What a second attempt may take beyond the time limit of the first, ms. Callers wait somewhat longer than the limit, for an
 * instance to start and a package to be fetched; whoever had a process has both.
 */
const SECOND_ATTEMPT_MS = 60_000;

/** Runs models, each in a process of its own; what one instance of the emulator function is. */
export class EmulatorService {
  readonly #settings: EmulatorSettings;
  readonly #pool: Pool;
  readonly #packages: PackageStore;
  readonly #logs = new WeakMap<ModelChild, LogTail>();
  /** Whose packages run here: the first one's who came, and nobody else's ever. */
  #owner: string | undefined;
  #hasWarned = false;

  constructor(settings: EmulatorSettings) {
    this.#settings = settings;
    this.#pool = new Pool(settings.processes);
    this.#packages = new PackageStore(settings.packages, (hash) =>
      this.#pool.end((child) => child.packageHash === hash),
    );
  }

  /** Does what a request asks. Never rejects for the model's sake: whatever it does is a reply. */
  async carryOut(request: EmulatorRequest): Promise<EmulatorReply> {
    this.#owner ??= request.owner;
    if (this.#owner !== request.owner) {
      return { ok: false, failure: "owner", message: "this instance runs another owner's packages", log: [] };
    }
    const startedAt = performance.now();
    const first = await this.#attempt(request, false);
    if (!(first instanceof Ended)) return first;
    // The system may have killed the process for want of memory, or somebody by hand. A model that crashes by itself does so again.
    const leftMs = request.limitMs + SECOND_ATTEMPT_MS - (performance.now() - startedAt);
    log("warn", "a model's process ended, and its work is tried once more", { reason: first.reply.message });
    const second = await this.#attempt({ ...request, limitMs: Math.min(request.limitMs, Math.floor(leftMs)) }, true);
    if (second instanceof Ended) return second.reply;
    // The second attempt had less time than the model may take: what is known is how the first one ended.
    if (!second.ok && second.failure === "timeout" && leftMs < request.limitMs) return first.reply;
    return { ...second, log: [`(${first.reply.message}; this was computed anew in a new process)`, ...second.log] };
  }

  /** @param isAnew whether a new process is to do it */
  async #attempt(request: EmulatorRequest, isAnew: boolean): Promise<EmulatorReply | Ended> {
    let heard = new LogTail();
    try {
      const { child, isWarm } = await this.#childFor(request, isAnew);
      heard = this.#logs.get(child) ?? heard;
      const { state, samples, computeMs } = await perform(child, request, isWarm);
      return {
        ok: true,
        state: base64(state),
        samples: base64(samples),
        log: heard.take(),
        computeMs,
        warm: isWarm,
      };
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      const reply = { ok: false, failure: error.failure, message: error.message, log: heard.take() } as const;
      return error instanceof ProcessEnded ? new Ended(reply) : reply;
    }
  }

  /** Ends all models and removes all files. */
  async close(): Promise<void> {
    await this.#pool.close();
    await this.#packages.close();
    leaveFolders();
  }

  /** The process whose model stands at the request's state; else one that can be put there; else, or if it `isAnew`, a new one. */
  async #childFor(
    { package: wanted, work }: EmulatorRequest,
    isAnew: boolean,
  ): Promise<{ child: ModelChild; isWarm: boolean }> {
    const { hash, model } = wanted;
    const files = await this.#packages.find(wanted);
    if (work.kind === "advance" && !isAnew) {
      const state = Buffer.from(work.state, "base64");
      const warm = this.#pool.claim((child) => child.packageHash === hash && child.isAt(state));
      if (warm !== undefined) return { child: warm, isWarm: true };
      // A model may keep something beside its state, which must not leak from one test into another, nor from one course of
      // a test into another: intake has made sure that this one does not.
      const canShare = model.keeps === "shared" && kindOfState(state) === "serialized";
      const other = canShare ? this.#pool.claim((child) => child.packageHash === hash) : undefined;
      if (other !== undefined) return { child: other, isWarm: false };
    }
    const heard = new LogTail();
    // Who computes may have all the memory there is: those that only wait make room.
    const makeRoom = (bytes: number) => this.#pool.shrink(this.#settings.memoryBytes - bytes);
    const child = new ModelChild(hash, model, files, this.#settings, heard, makeRoom);
    this.#logs.set(child, heard);
    child.confinement.then(
      (confinement) => this.#warnOf(confinement),
      () => undefined,
    );
    this.#pool.add(child.claim());
    return { child, isWarm: false };
  }

  /** Once: an operator should know. The model is run all the same, for the platform keeps it apart too. */
  #warnOf({ files, calls }: Confinement): void {
    if ((files && calls) || this.#hasWarned) return;
    this.#hasWarned = true;
    log("warn", "this system does not confine models in full", { files, calls });
  }
}

/** The reply to work whose process ended. */
class Ended {
  readonly reply: Extract<EmulatorReply, { ok: false }>;

  constructor(reply: Extract<EmulatorReply, { ok: false }>) {
    this.reply = reply;
  }
}

function perform(child: ModelChild, { work, limitMs }: EmulatorRequest, isWarm: boolean): Promise<Outcome> {
  if (work.kind === "initialize") return child.order({ kind: "initialize", time: work.time }, undefined, limitMs);
  const { inputs, grid, from, to, state } = work;
  const restored = isWarm ? undefined : Buffer.from(state, "base64");
  return child.order({ kind: "advance", inputs, grid, from, to }, restored, limitMs);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
