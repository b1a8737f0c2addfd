import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatorReply, EmulatorRequest, VerifyReply, VerifyRequest } from "../emulator/protocol.ts";
import { kindOfState } from "../emulator/state.ts";
import { type Invoke, InvokeError } from "../platform/lambda.ts";
import type { NoteConfinement } from "./confinement.ts";
import { ModelFailed, ModelReplaying, ModelUnavailable } from "./failure.ts";

export type ModelReply = Extract<EmulatorReply, { ok: true }>;

/** Asks a model for one piece of work. @throws ModelFailed, ModelUnavailable */
export type CallModel = (request: Omit<EmulatorRequest, "limitMs">) => Promise<ModelReply>;

/** Has a package's model tried and verified. @throws ModelFailed if it cannot be run, ModelUnavailable */
export type Verify = (request: Omit<VerifyRequest, "limitMs">) => Promise<Extract<VerifyReply, { ok: true }>>;

/** What a call may take besides the model's own time, ms: an instance starts, a package is fetched and unpacked. */
const GRACE_MS = 70_000;
/** Instances that are asked while they answer that they are another owner's. */
const MOST_STRANGERS = 5;
/** An instance that ends may have been ended by something else than the model, once. */
const MOST_ENDS = 2;
const PAUSE_MS = 100;

/** How long a model may compute in one call, ms. */
export interface ModelLimits {
  readonly modelMs: number;
  /** One that cannot save its state may have to repeat all that it has computed before: for so long in one call. */
  readonly replayMs: number;
}

/** Calls the emulator function, which changes nothing and may be asked as often as need be. */
export function makeCallModel(
  invoke: Invoke,
  { modelMs, replayMs }: ModelLimits,
  noteConfinement: NoteConfinement = async () => {},
): CallModel {
  return async (request) => {
    const limitMs = isReplayed(request) ? Math.max(modelMs, replayMs) : modelMs;
    const reply = await callEmulator<EmulatorReply>(invoke, { ...request, limitMs }, limitMs);
    await noteConfinement(reply.confinement);
    return reply;
  };
}

/** @param limits.modelMs what one initialization, or one step, may take */
export function makeVerify(invoke: Invoke, { modelMs }: Pick<ModelLimits, "modelMs">): Verify {
  return async (request) => {
    // What is asked last may be asked at the end of the time that there is.
    const limitMs = request.work.budgetMs + 2 * modelMs;
    return await callEmulator<VerifyReply>(invoke, { ...request, limitMs: modelMs }, limitMs);
  };
}

/** Asks until there is a reply that means something, as often as that makes sense. */
async function callEmulator<Reply extends EmulatorReply | VerifyReply>(
  invoke: Invoke,
  request: EmulatorRequest | VerifyRequest,
  limitMs: number,
): Promise<Extract<Reply, { ok: true }>> {
  let strangers = 0;
  let ends = 0;
  for (;;) {
    try {
      const options = { limitMs: limitMs + GRACE_MS, tenant: request.owner };
      const reply = (await invoke(request, options)) as Reply;
      if (reply.ok) return reply as Extract<Reply, { ok: true }>;
      if (reply.failure === "unavailable") throw new ModelUnavailable(reply.message);
      if (reply.replayed !== undefined) throw new ModelReplaying(reply.message, reply.replayed);
      if (reply.failure !== "owner") throw failureOf(reply);
      if (++strangers === MOST_STRANGERS) throw new ModelUnavailable(reply.message);
    } catch (error) {
      if (!(error instanceof InvokeError)) throw error;
      if (error.code === "too-large") {
        throw new ModelFailed("size", "The model's state is larger than this service can store", [], error);
      }
      if (error.code !== "failed") throw new ModelUnavailable(error.message, { cause: error });
      if (++ends === MOST_ENDS) {
        throw new ModelFailed("crash", "The model ended the process that watches it", [], error);
      }
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()));
  }
}

function failureOf({ failure, message, log, restoring }: Extract<EmulatorReply, { ok: false }>): ModelFailed {
  const failed = new ModelFailed(failure, message, log);
  failed.isRestoring = restoring === true;
  return failed;
}

/** Whether a fresh process would have to repeat what was done with the model. */
function isReplayed({ package: { model }, work }: Omit<EmulatorRequest, "limitMs">): boolean {
  if (model.keeps === "replayed") return true;
  if (work.kind === "advance" && work.replays === true) return true;
  return work.kind === "advance" && kindOfState(Buffer.from(work.state.slice(0, 8), "base64")) === "replay";
}
