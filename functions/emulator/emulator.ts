import { availableParallelism } from "node:os";
import type { Model } from "../packages/model.ts";
import { log } from "../platform/log.ts";
import { decodeSamples } from "../simulation/samples.ts";
import { Candidates } from "./candidates.ts";
import type { Confinement } from "./confinement/confinement.ts";
import { differenceOf } from "./difference.ts";
import { EmulatorError, ProcessEnded } from "./failure.ts";
import { leaveFolders } from "./folders.ts";
import { LogTail } from "./log-tail.ts";
import type { ChildLimits, Outcome } from "./model-child.ts";
import { ModelChild } from "./model-child.ts";
import type { ModelFiles } from "./orders.ts";
import { PackageStore } from "./package-store.ts";
import { unpackSamples } from "./packed-samples.ts";
import { base64, perform, replaying, stateOf, withHistory } from "./perform.ts";
import { Pool } from "./pool.ts";
import type {
  CandidatesReply,
  CandidatesRequest,
  EmulatorFailure,
  EmulatorReply,
  EmulatorRequest,
  VerifyReply,
  VerifyRequest,
} from "./protocol.ts";
import { Replaying, Target } from "./replay.ts";
import { kindOfState, placeOfImage } from "./state.ts";
import { verifyModel } from "./verify.ts";

export interface EmulatorSettings extends ChildLimits {
  /** Limits of live model processes, and of unpacked packages. */
  readonly processes: number;
  readonly packages: number;
}

/**
 * Time of a second attempt beyond the time limit of the first, ms. Callers wait somewhat longer than the limit, because an
 * instance may have to start and to fetch the package. A second attempt needs neither.
 */
const SECOND_ATTEMPT_MS = 60_000;
const FOREIGN = {
  ok: false,
  failure: "owner",
  message: "this instance runs another owner's packages",
  log: [],
} as const satisfies EmulatorReply;
/** Failures that the model would show in another process at another time, too. */
const ITS_OWN_DOING: readonly EmulatorFailure[] = ["crash", "model", "ended", "state"];
/** Runs models, each in a process of its own. One instance of the emulator function has one such service. */
export class EmulatorService {
  readonly #settings: EmulatorSettings;
  readonly #pool: Pool;
  readonly #packages: PackageStore;
  readonly #logs = new WeakMap<ModelChild, LogTail>();
  /** Where images of each package fit here, as soon as that is known. */
  readonly #layouts = new Map<string, string>();
  /** The owner of all packages that this instance runs: the owner of the first one. */
  #owner: string | undefined;
  #hasWarned = false;

  constructor(settings: EmulatorSettings) {
    this.#settings = settings;
    this.#pool = new Pool(settings.processes);
    this.#packages = new PackageStore(settings.packages, (hash) =>
      this.#pool.end((child) => child.packageHash === hash),
    );
  }

  /** Carries out a request. Never rejects because of the model: every failure of the model is a reply. */
  async carryOut(asked: EmulatorRequest): Promise<EmulatorReply> {
    if (!this.#isOwner(asked.owner)) return FOREIGN;
    const startedAt = performance.now();
    let request: EmulatorRequest;
    try {
      request = replaying(asked);
    } catch (error) {
      return failed(error, new LogTail());
    }
    const first = await this.#attempt(request, false);
    if (!(first instanceof Ended)) return first;
    // The system may have killed the process to free memory, or an operator by hand. A model that crashes by itself crashes again.
    const leftMs = request.limitMs + SECOND_ATTEMPT_MS - (performance.now() - startedAt);
    log("warn", "A model's process ended; a new one tries again", {
      event: "model_tried_again",
      reason: first.reply.message,
    });
    const second = await this.#attempt({ ...request, limitMs: Math.min(request.limitMs, Math.floor(leftMs)) }, true);
    if (second instanceof Ended) return second.reply;
    // The second attempt had less than the model's time limit: the first attempt's end is the reliable result.
    if (!second.ok && second.failure === "timeout" && leftMs < request.limitMs) return first.reply;
    return { ...second, log: [`(${first.reply.message}; this was computed anew in a new process)`, ...second.log] };
  }

  /** @param isAnew whether a new process must carry it out */
  async #attempt(asked: EmulatorRequest, isAnew: boolean): Promise<EmulatorReply | Ended> {
    let heard = new LogTail();
    try {
      const { work } = this.#fitting(asked);
      const from = work.kind === "advance" && !isAnew ? stateOf(work) : undefined;
      const { child, isWarm } = await this.#childFor(asked.package, from);
      heard = this.#logs.get(child) ?? heard;
      if (!isWarm) this.#layouts.set(asked.package.hash, await child.layout);
      const request = this.#fitting(asked);
      const { state, samples, computeMs } = await perform(child, request, isWarm);
      const checks = request.work.kind === "advance" && request.work.checks === true && isWarm;
      return {
        ok: true,
        state: base64(state),
        samples: base64(samples),
        log: heard.take(),
        computeMs,
        warm: isWarm,
        ...(checks && (await this.#check(request, samples))),
        confinement: await child.confinement,
      };
    } catch (error) {
      const reply = failed(error, heard);
      return error instanceof ProcessEnded ? new Ended(reply) : reply;
    }
  }

  /** The request; if it brings an image that does not fit here, as it is known to be, with what was done since in its place. */
  #fitting(request: EmulatorRequest): EmulatorRequest {
    const { work } = request;
    if (work.kind !== "advance" || this.#fits(request.package.hash, stateOf(work))) return request;
    return withHistory(request, work, true);
  }

  /** Whether it is not known of an image that it does not fit here. */
  #fits(hash: string, state: Uint8Array): boolean {
    const [known, place] = [this.#layouts.get(hash), placeOfImage(state)];
    return known === undefined || place === undefined || place.layout === known;
  }

  /** Tries candidates from one state, as many at once as there are processors. Rejects as little as `carryOut`. */
  async tryCandidates(request: CandidatesRequest): Promise<CandidatesReply> {
    if (!this.#isOwner(request.owner)) return FOREIGN;
    const { package: wanted, work, limitMs } = request;
    const state = stateOf(work);
    const { memoryBytes, processes } = this.#settings;
    const candidates = new Candidates(work, { atOnce: Math.min(availableParallelism(), processes), memoryBytes });
    let confinement: Confinement | undefined;
    try {
      await this.#packages.find(wanted);
      await candidates.computeAll(async (steps, take) => {
        const { child, isWarm } = await this.#childFor(wanted, state);
        take(child);
        try {
          confinement ??= await child.confinement;
          if (!isWarm) this.#layouts.set(wanted.hash, await child.layout);
          if (!this.#fits(wanted.hash, state)) throw new EmulatorError("state", "the image does not fit here");
          const samples = await child.tryOut(steps, isWarm ? undefined : state, limitMs);
          for (const line of this.#logs.get(child)?.take() ?? []) candidates.log.add(line);
          if (!this.#canBePut(child, wanted.model, state)) child.kill();
          return samples;
        } catch (error) {
          child.kill();
          throw error;
        }
      });
      return { ok: true, samples: candidates.samples, log: candidates.log.take(), confinement };
    } catch (error) {
      return failed(error, candidates.log);
    }
  }

  /** Tries a package's model, and verifies that its saved state is complete. Its processes end with the verification. */
  async verify(request: VerifyRequest): Promise<VerifyReply> {
    if (!this.#isOwner(request.owner)) return FOREIGN;
    let heard = new LogTail();
    try {
      const files = await this.#packages.find(request.package);
      const verdict = await verifyModel(request.package.model, request, (model) => {
        heard = new LogTail();
        return this.#spawn(request.package.hash, model, files, heard);
      });
      return { ok: true, verdict, log: heard.take() };
    } catch (error) {
      return failed(error, heard);
    }
  }

  /** Ends all models and removes all files. */
  async close(): Promise<void> {
    await this.#pool.close();
    await this.#packages.close();
    leaveFolders();
  }

  /** The process whose model is at this state; else one that can be moved to it; else, or without a state, a new one. */
  async #childFor(
    wanted: EmulatorRequest["package"],
    state: Uint8Array | undefined,
  ): Promise<{ child: ModelChild; isWarm: boolean }> {
    const { hash, model } = wanted;
    const files = await this.#packages.find(wanted);
    if (state !== undefined) {
      const warm = this.#pool.claim((child) => child.packageHash === hash && child.isAt(state));
      if (warm !== undefined) return { child: warm, isWarm: true };
      const other = this.#pool.claim((child) => child.packageHash === hash && this.#canBePut(child, model, state));
      if (other !== undefined) return { child: other, isWarm: false };
      // A process that has simulated the beginning of this history continues from there.
      const target = Target.of(state, model.inputs.length);
      const onTheWay =
        target &&
        this.#pool.claimFurthest((child) =>
          child.packageHash === hash && child.position !== undefined ? target.doneAt(child.position) : undefined,
        );
      if (onTheWay !== undefined) return { child: onTheWay, isWarm: false };
    }
    const child = this.#spawn(hash, model, files, new LogTail());
    this.#pool.add(child.claim());
    return { child, isWarm: false };
  }

  /**
   * Whether a process may be put to a state, wherever its model is. A model may keep data outside its state, which must not leak from
   * one test, or one course of a test, into another: so only if intake has verified that this model does not.
   */
  #canBePut(child: ModelChild, model: Model, state: Uint8Array): boolean {
    if (model.keeps === "shared") return kindOfState(state) === "serialized";
    return model.keeps === "image" && child.base !== null && child.base === placeOfImage(state)?.start;
  }

  /**
   * Computes a live process' result again in a fresh process. Throws if the results differ, or if the model fails there. If the
   * process ends, a second one tries, because something outside may have killed the first. If time or memory is not enough for
   * the second process, the state stays unchecked.
   */
  async #check(request: EmulatorRequest, samples: Uint8Array): Promise<{ checked?: true }> {
    if (request.work.kind !== "advance" || kindOfState(stateOf(request.work)) === "replay") return {};
    let again = await this.#computeFresh(request);
    if (again instanceof ProcessEnded) again = await this.#computeFresh(request);
    if (again instanceof EmulatorError) {
      const message = `it cannot be restored: ${again.message}`;
      if (ITS_OWN_DOING.includes(again.failure)) throw new EmulatorError("state", message, { cause: again });
      log("warn", "Could not check a model's state", {
        event: "model_state_not_checked",
        package: request.package.hash,
        reason: again.message,
      });
      return {};
    }
    if (Buffer.compare(again.samples, samples) === 0) return { checked: true };
    const [live, restored] = [samples, again.samples].map((each) => decodeSamples(unpackSamples(each)));
    throw new EmulatorError("state", `restored, it differs: ${live && restored && differenceOf(live, restored)}`);
  }

  /** The result of a request in a process outside of the pool; or the error. */
  async #computeFresh(request: EmulatorRequest): Promise<Outcome | EmulatorError> {
    const { hash, model } = request.package;
    const child = this.#spawn(hash, model, await this.#packages.find(request.package), new LogTail());
    try {
      return await perform(child.claim(), request, false);
    } catch (error) {
      if (error instanceof EmulatorError) return error;
      throw error;
    } finally {
      child.kill();
    }
  }

  #spawn(hash: string, model: Model, files: ModelFiles, heard: LogTail): ModelChild {
    // A computing model may use all memory: idle ones make room.
    const makeRoom = (bytes: number) => this.#pool.shrink(this.#settings.memoryBytes - bytes);
    const child = new ModelChild(hash, model, files, this.#settings, heard, makeRoom);
    this.#logs.set(child, heard);
    child.confinement.then(
      (confinement) => this.#warnOf(confinement),
      () => undefined,
    );
    return child;
  }

  #isOwner(owner: string): boolean {
    this.#owner ??= owner;
    return this.#owner === owner;
  }

  /** Warns the operator once. The model runs anyway, because the platform isolates it, too. */
  #warnOf({ files, calls, user }: Confinement): void {
    if ((files && calls && user) || this.#hasWarned) return;
    this.#hasWarned = true;
    log("warn", "This system does not confine models completely", { event: "models_not_confined", files, calls, user });
  }
}

/** The reply to work whose process ended. */
class Ended {
  readonly reply: Extract<EmulatorReply, { ok: false }>;

  constructor(reply: Extract<EmulatorReply, { ok: false }>) {
    this.reply = reply;
  }
}

function failed(error: unknown, heard: LogTail): Extract<EmulatorReply, { ok: false }> {
  if (!(error instanceof EmulatorError)) throw error;
  const { failure, message, isRestoring } = error;
  return {
    ok: false,
    failure,
    message,
    log: heard.take(),
    ...(isRestoring ? { restoring: true } : {}),
    ...(error instanceof Replaying ? { replayed: error.replayed } : {}),
  };
}
