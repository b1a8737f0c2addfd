import { ModelElsewhere, ModelUnavailable } from "../models/failure.ts";
import { describeError, log } from "../platform/log.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Outcome } from "../streams/drain.ts";
import { envelope } from "./envelope.ts";
import { joinLines } from "./model-log.ts";
import { answered } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { SimulationFailed } from "./slices.ts";

/** For how long a request waits while its model cannot be asked, and after how long it is tried again, ms. */
const MOST_UNAVAILABLE_MS = 600_000;
const ASK_AGAIN_MS = 2_000;

/**
 * What a command comes to that could not be carried out: the answer to one whose simulation failed, and would the next
 * time; a later attempt where nobody could be asked. Throws any other error.
 */
export function outcomeOfFailure(ports: Ports, work: Claimed, error: unknown): Outcome {
  const of = { testid: work.claim.testid, requestid: work.request.id };
  if (error instanceof SimulationFailed) {
    const lines = joinLines(error.log);
    log("error", "simulation failed", { ...of, error: describeError(error), lines });
    const logged = lines === "" ? "" : ` The model's log ends with:\n${lines}`;
    return answered(envelope(500, `${error.message}. The test is as it was before.${logged}`));
  }
  if (!(error instanceof ModelUnavailable) || error instanceof ModelElsewhere) throw error;
  log("warn", "a model cannot be asked", { ...of, error: describeError(error) });
  if (ports.clock() - work.request.arrivalMs > MOST_UNAVAILABLE_MS) {
    const message = "The service cannot run the model right now. Try again later. The test is as it was before.";
    return answered(envelope(503, message));
  }
  // The request is not to blame, so it waits, and holds no worker meanwhile.
  return { kind: "suspend", progress: {}, resumeAfterMs: ASK_AGAIN_MS };
}
