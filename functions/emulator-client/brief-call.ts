import type { EmulatorFailure, EmulatorReply } from "../emulator/protocol.ts";
import { type Invoke, InvokeError } from "../platform/lambda.ts";
import type { CallModel } from "./call.ts";
import type { NoteConfinement } from "./confinement.ts";
import { failureOf, ModelElsewhere } from "./failure.ts";

/** Failures that say nothing of the model, or that a worker, who has more time, may not meet. */
const OF_NO_WEIGHT: readonly EmulatorFailure[] = ["owner", "unavailable", "replaying", "timeout"];

/**
 * Calls the emulator function for a caller that can leave the work to a worker: once for each piece of work, and for
 * `briefMs` in all. A model that takes longer is ended by the emulator at about that time: its result would be lost, and the
 * instance of the function is free for the worker. One that repeats its history stops before, and the worker's call goes on
 * from there.
 *
 * @throws ModelElsewhere if the work is to be left; ModelFailed if the model failed by its own doing, as it would for a worker
 */
export function makeBriefCall(invoke: Invoke, briefMs: number, noteConfinement: NoteConfinement): CallModel {
  const endsAt = performance.now() + briefMs;
  return async (request) => {
    const limitMs = Math.floor(endsAt - performance.now());
    if (limitMs <= 0) throw new ModelElsewhere(`The work takes longer than ${briefMs} ms`);
    const reply = (await invoke({ ...request, limitMs }, { limitMs, tenant: request.owner }).catch(
      leave,
    )) as EmulatorReply;
    if (reply.ok) {
      await noteConfinement(reply.confinement);
      return reply;
    }
    if (OF_NO_WEIGHT.includes(reply.failure)) throw new ModelElsewhere(reply.message);
    throw failureOf(reply);
  };
}

/** A call without a result is not repeated here: the model may be starting, or have too many callers. */
function leave(error: unknown): never {
  if (error instanceof InvokeError) throw new ModelElsewhere(error.message, { cause: error });
  throw error;
}
