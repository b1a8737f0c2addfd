import { joinLines } from "../models/log-lines.ts";
import { describeError, log } from "../platform/log.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Outcome } from "../streams/drain.ts";
import { envelope } from "./envelope.ts";
import { answered, type LeftOff } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { SimulationFailed } from "./slices.ts";

/** For how long a request waits while its model cannot be asked, and after how long it is tried again, ms. */
const MOST_UNAVAILABLE_MS = 600_000;
const ASK_AGAIN_MS = 2_000;
/** What must be left of a request's life when it is answered, so that its answer is there to be read, ms. */
const TO_BE_READ_MS = 120_000;

/**
 * What work comes to that is left off: it is gone on with by the next invocation. Where nobody could be asked, that
 * comes later, and not for ever.
 */
export function outcomeOfLeftOff(
  ports: Pick<Ports, "clock">,
  work: Claimed,
  { progress, resumeAfterMs, unavailable }: LeftOff,
): Outcome {
  // Fields that were saved before stay unless they are written over: '' is none.
  if (unavailable === undefined) {
    return {
      kind: "suspend",
      progress: { ...progress, unavailableSince: "" },
      ...(resumeAfterMs === undefined ? {} : { resumeAfterMs }),
    };
  }
  const ids = { testid: work.claim.testid, requestid: work.request.id };
  log("warn", "a model cannot be asked", { ...ids, error: describeError(unavailable.error) });
  const nowMs = ports.clock();
  const sinceMs = (!unavailable.hasAnswered && Number(work.progress?.unavailableSince)) || nowMs;
  if (nowMs - sinceMs > MOST_UNAVAILABLE_MS || nowMs > endsMs(work) - TO_BE_READ_MS) {
    const message = "The service cannot run the model right now. Try again later. The test is as it was before.";
    return answered(envelope(503, message));
  }
  // The request is not to blame, so it waits, and holds no worker meanwhile.
  return {
    kind: "suspend",
    progress: { ...progress, unavailableSince: String(sinceMs) },
    resumeAfterMs: ASK_AGAIN_MS,
  };
}

/** When the request ends with all keys of its rollout, ms. Those of a test live on. */
function endsMs({ test, request }: Claimed): number {
  return test.lifetime === undefined ? Number.POSITIVE_INFINITY : request.arrivalMs + Number(test.lifetime);
}

/** The answer to a command whose simulation failed, and would the next time. Throws any other error. */
export function outcomeOfFailure(work: Claimed, error: unknown): Outcome {
  if (!(error instanceof SimulationFailed)) throw error;
  const lines = joinLines(error.log);
  const ids = { testid: work.claim.testid, requestid: work.request.id };
  log("error", "simulation failed", { ...ids, error: describeError(error), lines });
  const logged = lines === "" ? "" : ` The model's log ends with:\n${lines}`;
  return answered(envelope(500, `${error.message}. The test is as it was before.${logged}`));
}
