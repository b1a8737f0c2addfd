import type { EmulatorRequest } from "../emulator/protocol.ts";
import { log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Emulator, Simulated } from "../simulation/emulator.ts";
import { concatSamples, type Samples } from "../simulation/samples.ts";
import type { CallCandidates, CallModel } from "./call.ts";
import { makeTryCandidates } from "./candidates.ts";
import type { Listener } from "./catalog.ts";
import { ModelElsewhere, ModelFailed, ModelReplaying } from "./failure.ts";
import { type ModelPackage, tellPackage } from "./model-package.ts";
import { readSamples, toBase64 } from "./samples.ts";

/**
 * The estimated cost of a model, ms per s. The true cost is unknown; this value is above every limit for inline work, so
 * that a worker calls the model.
 */
export const MODEL_COST = 1e6;

/** The size of a reply, bytes: Lambda allows 6 MB, and the model's last log lines need some. */
const REPLY_BYTES = 5_500_000;
/** The smallest and the largest share for samples: a state may grow, and memory is shared. */
const LEAST_SAMPLES_BYTES = 200_000;
const MAX_SAMPLES_BYTES = 3_000_000;
/** The factor of base64, for data that do not compress. */
const EXPANSION = 1.34;
/** The share of calls in which a step is computed twice, to check that the saved state is complete. */
export interface StateChecks {
  readonly share: number;
  /** A random number from 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

const NO_CHECKS: StateChecks = { share: 0, random: Math.random };

type Advance = Extract<EmulatorRequest["work"], { kind: "advance" }>;

/**
 * The emulator of a package. The emulator function computes; state and samples are sent and returned by value. A long
 * interval is divided into several calls, so that each reply fits.
 *
 * @param heard receives the lines that the model logs
 * @param replays replays the model at once, because its saved state could not be restored before
 * @param callCandidates undefined for a process that tries none
 */
export function modelEmulator(
  of: ModelPackage,
  call: CallModel,
  heard: Listener,
  checks: StateChecks = NO_CHECKS,
  replays = false,
  callCandidates?: CallCandidates,
): Emulator {
  const { model } = of;
  const names = ["time", ...model.inputs.map(({ name }) => name), ...model.outputs.map(({ name }) => name)];

  async function ask(work: EmulatorRequest["work"], rows: number): Promise<Simulated> {
    const reply = await call({ ...(await tellPackage(of)), work });
    if (reply.log.length > 0) heard(reply.log);
    if (reply.checked === true) count(METRICS.stateChecks);
    const samples = readSamples(reply, names, rows);
    return { state: new Uint8Array(Buffer.from(reply.state, "base64")), samples };
  }

  /** Continues from a state. If the state is unusable, repeats the model's history instead. */
  async function go(work: Advance, rows: number): Promise<Simulated> {
    if (replays) return await replay(work, rows);
    try {
      return await ask({ ...work, ...(checks.random() < checks.share ? { checks: true } : {}) }, rows);
    } catch (error) {
      if (!isOfState(error)) throw error;
      // The process may have been ended from outside. Only a second end is the model's fault.
      const failed = error.failure === "state" ? error : await failureOfSecond(() => ask(work, rows));
      if (!(failed instanceof ModelFailed)) return failed;
      if (!isOfState(failed)) throw failed;
      count(METRICS.stateFallbacks);
      log("warn", "A test is moved to replay", { event: "moved_to_replay", package: of.hash, reason: failed.message });
      return await replay(work, rows, failed);
    }
  }

  /** @param failed why the model is replayed; undefined if an earlier invocation decided that */
  async function replay(work: Advance, rows: number, failed?: ModelFailed): Promise<Simulated> {
    try {
      return await ask({ ...work, replays: true }, rows);
    } catch (error) {
      if (error instanceof ModelReplaying || error instanceof ModelElsewhere) error.isFallback = true;
      if (failed === undefined || !(error instanceof ModelFailed) || error.failure !== "state") throw error;
      const message = `The model cannot go on from the state that it saved (${failed.message}), and ${error.message}. Begin a new test`;
      throw new ModelFailed("state", message, failed.log, failed);
    }
  }

  return {
    cost: MODEL_COST,

    initialize: (time) => ask({ kind: "initialize", time }, 1),

    async advance(state, inputs, grid, from, to) {
      const parts: Samples[] = [];
      let reached = state;
      for (let next = from; next < to; ) {
        const until = Math.min(to, next + rowsThatFit(reached.length, names.length));
        const work = { kind: "advance", state: toBase64(reached), inputs, grid, from: next, to: until } as const;
        const simulated = await go(work, until - next);
        parts.push(simulated.samples);
        reached = simulated.state;
        next = until;
      }
      return { state: reached, samples: concatSamples(parts) };
    },

    // A model that is replayed is one whose processes cannot be put to a state.
    ...(callCandidates !== undefined && !replays && model.keeps !== "replayed"
      ? { tryCandidates: makeTryCandidates(of, names, callCandidates, heard) }
      : {}),
  };
}

/** How many samples fit into a reply beside a state of this size. The result depends on the state only. */
function rowsThatFit(stateBytes: number, columns: number): number {
  const left = (REPLY_BYTES - 1.1 * EXPANSION * stateBytes) / EXPANSION;
  const bytes = Math.min(MAX_SAMPLES_BYTES, Math.max(LEAST_SAMPLES_BYTES, left));
  return Math.max(1, Math.floor(bytes / (columns * Float64Array.BYTES_PER_ELEMENT)));
}

/** Whether the state is the cause: the model cannot restore it, or continues from it with other results. */
function isOfState(error: unknown): error is ModelFailed {
  if (!(error instanceof ModelFailed)) return false;
  if (error.failure === "state") return true;
  return error.isRestoring && ["crash", "timeout", "model", "ended"].includes(error.failure);
}

/** A second attempt: its result, or its error. */
async function failureOfSecond(attempt: () => Promise<Simulated>): Promise<Simulated | ModelFailed> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof ModelFailed) return error;
    throw error;
  }
}
