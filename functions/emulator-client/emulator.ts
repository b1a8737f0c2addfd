import { gunzipSync } from "node:zlib";
import type { EmulatorRequest } from "../emulator/protocol.ts";
import type { Model } from "../packages/model.ts";
import { log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Emulator, Simulated } from "../simulation/emulator.ts";
import { concatSamples, decodeSamples, headOfSamples, type Samples } from "../simulation/samples.ts";
import type { CallModel, ModelReply } from "./call.ts";
import type { Listener } from "./catalog.ts";
import { ModelFailed, ModelReplaying, ModelUnavailable } from "./failure.ts";

/**
 * What simulating takes, ms per s, as far as anybody knows beforehand: more than is ever done at once, so that it is
 * always a worker that asks a model.
 */
export const MODEL_COST = 1e6;

/** What a reply may have, bytes: Lambda carries 6 MB, and the model's last words go along. */
const REPLY_BYTES = 5_500_000;
/** As many of them are left for the samples at least, and taken at most: a state may grow, and memory is shared. */
const LEAST_SAMPLES_BYTES = 200_000;
const MOST_SAMPLES_BYTES = 3_000_000;
/** Base64, and compression that does not help. */
const EXPANSION = 1.34;
/** The head of encoded samples, for each column. */
const HEAD_BYTES = 1_000;

/** A package whose model is to be asked. */
export interface ModelPackage {
  readonly owner: string;
  /** SHA-256 of the FMU, hex. */
  readonly hash: string;
  readonly model: Model;
  /** A URL at which the FMU can be fetched for some minutes. */
  readonly url: () => Promise<string>;
}

/** How often a step is computed twice, to see that a model's state is its state: that share of the calls. */
export interface StateChecks {
  readonly share: number;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

const NO_CHECKS: StateChecks = { share: 0, random: Math.random };

type Advance = Extract<EmulatorRequest["work"], { kind: "advance" }>;

/**
 * The emulator of a package, in a function of its own: state and samples go there and back by value. Intervals are
 * cut into as many calls as it takes for replies to fit.
 *
 * @param heard is told what the model logs
 * @param replays the model could not be put to the state that it saved: it is replayed at once
 */
export function modelEmulator(
  of: ModelPackage,
  call: CallModel,
  heard: Listener,
  checks: StateChecks = NO_CHECKS,
  replays = false,
): Emulator {
  const { model } = of;
  const names = ["time", ...model.inputs.map(({ name }) => name), ...model.outputs.map(({ name }) => name)];

  async function ask(work: EmulatorRequest["work"], rows: number): Promise<Simulated> {
    const { owner, hash } = of;
    const url = await of.url().catch((error: unknown) => {
      throw new ModelUnavailable("The package could not be fetched: there is no URL of it", { cause: error });
    });
    const reply = await call({ owner, package: { hash, url, model }, work });
    if (reply.log.length > 0) heard(reply.log);
    if (reply.checked === true) count(METRICS.stateChecks);
    const samples = readSamples(reply, names, rows);
    return { state: new Uint8Array(Buffer.from(reply.state, "base64")), samples };
  }

  /** Goes on from a state; if that turns out to be of no use, by doing again what was done with the model until then. */
  async function go(work: Advance, rows: number): Promise<Simulated> {
    if (replays) return await replay(work, rows);
    try {
      return await ask({ ...work, ...(checks.random() < checks.share ? { checks: true } : {}) }, rows);
    } catch (error) {
      if (!isOfState(error)) throw error;
      // The process may have been ended from outside. Only a second time it is the model's doing.
      const failed = error.failure === "state" ? error : await failureOfSecond(() => ask(work, rows));
      if (!(failed instanceof ModelFailed)) return failed;
      if (!isOfState(failed)) throw failed;
      count(METRICS.stateFallbacks);
      log("warn", "a test is moved to replay", { package: of.hash, reason: failed.message });
      return await replay(work, rows, failed);
    }
  }

  /** @param failed why the model is replayed; not known where an earlier invocation has found that out */
  async function replay(work: Advance, rows: number, failed?: ModelFailed): Promise<Simulated> {
    try {
      return await ask({ ...work, replays: true }, rows);
    } catch (error) {
      if (error instanceof ModelReplaying) error.isFallback = true;
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
  };
}

/** How many samples one reply can have beside a state of so many bytes. Follows from the state alone. */
function rowsThatFit(stateBytes: number, columns: number): number {
  const left = (REPLY_BYTES - 1.1 * EXPANSION * stateBytes) / EXPANSION;
  const bytes = Math.min(MOST_SAMPLES_BYTES, Math.max(LEAST_SAMPLES_BYTES, left));
  return Math.max(1, Math.floor(bytes / (columns * Float64Array.BYTES_PER_ELEMENT)));
}

/** The samples of a reply: native code has made them, so nothing is taken for granted. @throws ModelFailed */
function readSamples(reply: ModelReply, names: readonly string[], rows: number): Samples {
  const expected = rows * names.length * Float64Array.BYTES_PER_ELEMENT;
  const heads = names.reduce((sum, name) => sum + 2 * name.length, HEAD_BYTES * names.length);
  let samples: Samples;
  try {
    const bytes = gunzipSync(Buffer.from(reply.samples, "base64"), { maxOutputLength: expected + heads });
    // Looked at first: of columns that hardly need any bytes there might be any number of rows.
    const head = headOfSamples(bytes);
    if (head.rows !== rows || head.names.join("\n") !== names.join("\n"))
      throw new Error("other samples than asked for");
    samples = decodeSamples(bytes);
  } catch (error) {
    throw new ModelFailed("model", "The model gave samples that cannot be read", reply.log, error);
  }
  const odd = samples.columns.findIndex((values) => !values.every(Number.isFinite));
  if (odd >= 0) {
    throw new ModelFailed("model", `The model gave a value of ${names[odd]} that is no finite number`, reply.log);
  }
  return samples;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Whether it is the state that is to blame: the model cannot be put to it, or goes on from it in another way. */
function isOfState(error: unknown): error is ModelFailed {
  if (!(error instanceof ModelFailed)) return false;
  if (error.failure === "state") return true;
  return error.isRestoring && ["crash", "timeout", "model"].includes(error.failure);
}

/** What comes of trying it again: a result, or how it failed this time. */
async function failureOfSecond(attempt: () => Promise<Simulated>): Promise<Simulated | ModelFailed> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof ModelFailed) return error;
    throw error;
  }
}
