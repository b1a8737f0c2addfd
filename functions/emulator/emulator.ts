import { gunzipSync } from "node:zlib";
import type { Model } from "../packages/model.ts";
import { log } from "../platform/log.ts";
import { decodeSamples } from "../simulation/samples.ts";
import type { Confinement } from "./confinement/confinement.ts";
import { differenceOf } from "./difference.ts";
import { EmulatorError, ProcessEnded } from "./failure.ts";
import { leaveFolders } from "./folders.ts";
import { LogTail } from "./log-tail.ts";
import type { ChildLimits, Outcome } from "./model-child.ts";
import { ModelChild } from "./model-child.ts";
import type { ModelFiles } from "./orders.ts";
import { PackageStore } from "./package-store.ts";
import { Pool } from "./pool.ts";
import type { EmulatorFailure, EmulatorReply, EmulatorRequest, VerifyReply, VerifyRequest } from "./protocol.ts";
import { Replaying, Target } from "./replay.ts";
import { decodeState, encodeState, kindOfState, placeOfImage } from "./state.ts";
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
/** Size limit of a decompressed state, bytes. */
const LARGEST_STATE = 512 * 2 ** 20;

/**
 * Shares of a call's time limit. A replay stops at the first share, so that its last interval can end in time. If the replay
 * takes less than the second share, the step follows in the same call with the rest of the time.
 */
const [REPLAY_SHARE, AT_ONCE_SHARE] = [5 / 6, 1 / 3];

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
      const { child, isWarm } = await this.#childFor(this.#fitting(asked), isAnew);
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
    const known = this.#layouts.get(request.package.hash);
    if (work.kind !== "advance" || known === undefined) return request;
    const place = placeOfImage(Buffer.from(work.state, "base64"));
    return place === undefined || place.layout === known ? request : withHistory(request, work, true);
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

  /** The process whose model is at the request's state; else one that can be moved to it; else, or if it `isAnew`, a new one. */
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
      // A model may keep data outside its state, which must not leak from one test, or one course of a test, into another. Intake has
      // verified that this model does not.
      const canShare = model.keeps === "shared" && kindOfState(state) === "serialized";
      const image = model.keeps === "image" ? placeOfImage(state) : undefined;
      const fits = (child: ModelChild) => canShare || (image !== undefined && child.base === image.start);
      const other = this.#pool.claim((child) => child.packageHash === hash && fits(child));
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
   * Computes a live process' result again in a fresh process. Throws if the results differ, or if the model fails there. If the
   * process ends, a second one tries, because something outside may have killed the first. If time or memory is not enough for
   * the second process, the state stays unchecked.
   */
  async #check(request: EmulatorRequest, samples: Uint8Array): Promise<{ checked?: true }> {
    if (request.work.kind !== "advance" || kindOfState(Buffer.from(request.work.state, "base64")) === "replay")
      return {};
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
    const [live, restored] = [samples, again.samples].map((each) => decodeSamples(gunzipSync(each)));
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

async function perform(child: ModelChild, request: EmulatorRequest, isWarm: boolean): Promise<Outcome> {
  const { work, limitMs } = request;
  if (work.kind === "initialize") return await child.order({ kind: "initialize", time: work.time }, undefined, limitMs);
  const { inputs, grid, from, to, state } = work;
  const bytes = Buffer.from(state, "base64");
  const order = { kind: "advance", inputs, grid, from, to } as const;
  const target = isWarm ? undefined : Target.of(bytes, request.package.model.inputs.length);
  if (target === undefined) return await child.order(order, isWarm ? undefined : bytes, limitMs);
  const tookMs = await replay(child, target, limitMs);
  return await child.order(order, undefined, limitMs, tookMs);
}

/**
 * Repeats a history, as far as the time allows.
 *
 * @returns the time taken, ms
 * @throws Replaying if there is too little time left for the step itself
 */
async function replay(child: ModelChild, target: Target, limitMs: number): Promise<number> {
  const hasBegun = child.position === undefined;
  const { intervals, tookMs } = await child.replay(target, REPLAY_SHARE * limitMs, limitMs);
  if (intervals >= target.intervals && tookMs <= AT_ONCE_SHARE * limitMs) return tookMs;
  // The next call finds this process by its position.
  child.release();
  throw new Replaying({ doneSeconds: target.seconds(intervals), ofSeconds: target.seconds(), hasBegun });
}

/** The request; if it replays, with its history in place of its serialized state. @throws EmulatorError */
function replaying(request: EmulatorRequest): EmulatorRequest {
  const { work } = request;
  if (work.kind !== "advance" || work.replays !== true) return request;
  return kindOfState(Buffer.from(work.state, "base64")) === "replay" ? request : withHistory(request, work, false);
}

/** @param becomesImage the state is kept as an image again, once it was replayed. @throws EmulatorError if the history is not known */
function withHistory(
  request: EmulatorRequest,
  work: Extract<EmulatorRequest["work"], { kind: "advance" }>,
  becomesImage: boolean,
): EmulatorRequest {
  const { history, start } = decodeState(Buffer.from(work.state, "base64"), LARGEST_STATE);
  if (history === null)
    throw new EmulatorError("state", "it is too long ago that it began: what was done with it since is not kept");
  const replay = { kind: "replay", start, history, becomesImage } as const;
  const state = base64(encodeState(replay, request.package.model.inputs.length));
  return { ...request, work: { ...work, state } };
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

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
