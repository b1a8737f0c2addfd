import { hideFromOthers } from "./confinement/limits.ts";
import { EmulatorService } from "./emulator.ts";
import type { EmulatorReply, EmulatorRequest, VerifyReply, VerifyRequest } from "./protocol.ts";
import { readSettings } from "./settings.ts";

// Models run as the same user, and must not read our environment.
hideFromOthers();

const service = new EmulatorService(readSettings(process.env));

/**
 * Runs compiled models: native code that somebody uploaded. Invoked by the worker, with everything by value but the package.
 * Holds no secret and has no rights; each model runs in a process of its own.
 */
export async function handler(event: EmulatorRequest | VerifyRequest): Promise<EmulatorReply | VerifyReply> {
  return event.work.kind === "verify"
    ? await service.verify(event as VerifyRequest)
    : await service.carryOut(event as EmulatorRequest);
}
