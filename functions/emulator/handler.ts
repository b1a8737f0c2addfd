import { EmulatorService } from "./emulator.ts";
import { hideFromOthers } from "./native.ts";
import type {
  CandidatesReply,
  CandidatesRequest,
  EmulatorReply,
  EmulatorRequest,
  VerifyReply,
  VerifyRequest,
} from "./protocol.ts";
import { readSettings } from "./settings.ts";

// Models run as the same user, and must not read this process' environment.
hideFromOthers();

const service = new EmulatorService(readSettings(process.env));

/**
 * Runs compiled models: native code that users uploaded. The worker invokes it, with everything by value except the package.
 * The function has no secret and no permission; each model runs in a process of its own.
 */
export async function handler(
  event: EmulatorRequest | CandidatesRequest | VerifyRequest,
): Promise<EmulatorReply | CandidatesReply | VerifyReply> {
  const { kind } = event.work;
  if (kind === "verify") return await service.verify(event as VerifyRequest);
  if (kind === "candidates") return await service.tryCandidates(event as CandidatesRequest);
  return await service.carryOut(event as EmulatorRequest);
}
