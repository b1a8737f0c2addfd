import { setTimeout as sleep } from "node:timers/promises";
import type {
  CandidatesReply,
  CandidatesRequest,
  EmulatorReply,
  EmulatorRequest,
  VerifyReply,
  VerifyRequest,
} from "../emulator/protocol.ts";
import { kindOfState } from "../emulator/state.ts";
import { type Invoke, InvokeError } from "../platform/lambda.ts";
import type { NoteConfinement } from "./confinement.ts";
import { failureOf, ModelFailed, ModelReplaying, ModelUnavailable } from "./failure.ts";

export type ModelReply = Extract<EmulatorReply, { ok: true }>;

export type CallRequest = Omit<EmulatorRequest, "limitMs">;

/** Asks the emulator function to simulate once. @throws ModelFailed, ModelUnavailable */
export type CallModel = (request: CallRequest) => Promise<ModelReply>;

/** Has candidates tried from one state. @throws ModelFailed, ModelUnavailable */
export type CallCandidates = (
  request: Omit<CandidatesRequest, "limitMs">,
) => Promise<Extract<CandidatesReply, { ok: true }>>;

/** Tries and verifies a package's model. @throws ModelFailed if the model cannot run, ModelUnavailable */
export type Verify = (request: Omit<VerifyRequest, "limitMs">) => Promise<Extract<VerifyReply, { ok: true }>>;

/** Time of a call beside the model's own, ms: an instance starts, and fetches and unpacks the package. */
const GRACE_MS = 70_000;
/** Calls, at most, that reach instances of other owners. */
const MAX_STRANGERS = 5;
/** Calls, at most, in which the instance ends. The first end may have another cause than the model. */
const MAX_ENDS = 2;
const PAUSE_MS = 100;

/** The longest computing time of a model in one call, ms. */
export interface ModelLimits {
  readonly modelMs: number;
  /** For a model that cannot save its state, and may repeat all earlier steps in this time. */
  readonly replayMs: number;
}

/** Calls the emulator function. The function changes nothing, so that calls can be repeated. */
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

/** @param limits.modelMs the time limit of one candidate */
export function makeCallCandidates(
  invoke: Invoke,
  { modelMs }: Pick<ModelLimits, "modelMs">,
  noteConfinement: NoteConfinement = async () => {},
): CallCandidates {
  return async (request) => {
    // The last one may begin at the end of the budget.
    const limitMs = request.work.budgetMs + modelMs;
    const reply = await callEmulator<CandidatesReply>(invoke, { ...request, limitMs: modelMs }, limitMs);
    if (reply.confinement !== undefined) await noteConfinement(reply.confinement);
    return reply;
  };
}

/** @param limits.modelMs the time limit of one initialization or one step */
export function makeVerify(invoke: Invoke, { modelMs }: Pick<ModelLimits, "modelMs">): Verify {
  return async (request) => {
    // The last step may begin at the end of the budget.
    const limitMs = request.work.budgetMs + 2 * modelMs;
    return await callEmulator<VerifyReply>(invoke, { ...request, limitMs: modelMs }, limitMs);
  };
}

/** Calls until there is a final reply, within the limits above. */
async function callEmulator<Reply extends EmulatorReply | CandidatesReply | VerifyReply>(
  invoke: Invoke,
  request: EmulatorRequest | CandidatesRequest | VerifyRequest,
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
      if (++strangers === MAX_STRANGERS) throw new ModelUnavailable(reply.message);
    } catch (error) {
      if (!(error instanceof InvokeError)) throw error;
      if (error.code === "too-large") {
        throw new ModelFailed("size", "The model's state is larger than this service can store", [], error);
      }
      if (error.code !== "failed") throw new ModelUnavailable(error.message, { cause: error });
      if (++ends === MAX_ENDS) {
        throw new ModelFailed("crash", "The model ended the process that watches it", [], error);
      }
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()));
  }
}

/** Whether a new process would have to repeat the model's history. */
function isReplayed({ package: { model }, work }: CallRequest): boolean {
  if (model.keeps === "replayed") return true;
  if (work.kind === "advance" && work.replays === true) return true;
  return work.kind === "advance" && kindOfState(Buffer.from(work.state.slice(0, 8), "base64")) === "replay";
}
