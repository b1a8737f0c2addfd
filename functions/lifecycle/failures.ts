import { setTimeout as sleep } from "node:timers/promises";
import { ModelElsewhere, ModelUnavailable } from "../models/failure.ts";
import { describeError, log } from "../platform/log.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Outcome } from "../streams/drain.ts";
import type { Pace } from "../streams/pace.ts";
import { envelope } from "./envelope.ts";
import { joinLines } from "./model-log.ts";
import { answered } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { SimulationFailed } from "./slices.ts";

/** For how long a request waits while its model cannot be asked, and how long it lets others go first, ms. */
const MOST_UNAVAILABLE_MS = 600_000;
const UNAVAILABLE_PAUSE_MS = 1_000;

/**
 * What a command comes to that could not be carried out: the answer to one whose simulation failed, and would the next
 * time; a later attempt where nobody could be asked. Rejects with any other error.
 */
export async function outcomeOfFailure(ports: Ports, work: Claimed, pace: Pace, error: unknown): Promise<Outcome> {
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
  // The request is not to blame, so it waits. A little, so that those who wait do not keep everybody busy.
  await sleep(UNAVAILABLE_PAUSE_MS * (0.5 + Math.random()));
  await pace.breathe();
  return { kind: "suspend", progress: {} };
}
