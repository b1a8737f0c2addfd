import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatorReply, EmulatorRequest } from "../emulator/protocol.ts";
import { kindOfState } from "../emulator/state.ts";
import { type Invoke, InvokeError } from "../platform/lambda.ts";
import { ModelFailed, ModelUnavailable } from "./failure.ts";

export type ModelReply = Extract<EmulatorReply, { ok: true }>;

/** Asks a model for one piece of work. @throws ModelFailed, ModelUnavailable */
export type CallModel = (request: Omit<EmulatorRequest, "limitMs">) => Promise<ModelReply>;

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
  /** One that cannot save its state may have to repeat all that it has computed before. */
  readonly replayMs: number;
}

/** Calls the emulator function, which changes nothing and may be asked as often as need be. */
export function makeCallModel(invoke: Invoke, { modelMs, replayMs }: ModelLimits): CallModel {
  return async (request) => {
    const limitMs = isReplayed(request) ? Math.max(modelMs, replayMs) : modelMs;
    let strangers = 0;
    let ends = 0;
    for (;;) {
      try {
        const options = { limitMs: limitMs + GRACE_MS, tenant: request.owner };
        const reply = (await invoke({ ...request, limitMs } satisfies EmulatorRequest, options)) as EmulatorReply;
        if (reply.ok) return reply;
        if (reply.failure === "unavailable") throw new ModelUnavailable(reply.message);
        if (reply.failure !== "owner") throw new ModelFailed(reply.failure, reply.message, reply.log);
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
  };
}

/** Whether a fresh process would have to repeat what was done with the model. */
function isReplayed({ package: { model }, work }: Omit<EmulatorRequest, "limitMs">): boolean {
  if (model.keeps === "replayed") return true;
  return work.kind === "advance" && kindOfState(Buffer.from(work.state.slice(0, 8), "base64")) === "replay";
}
