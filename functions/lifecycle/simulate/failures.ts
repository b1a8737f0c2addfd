import { ModelReplaying } from "../../emulator-client/failure.ts";
import { joinLines } from "../../emulator-client/log-lines.ts";
import { describeError, log } from "../../platform/log.ts";
import type { Claimed, TestFields } from "../../streams/claim.ts";
import type { Outcome } from "../../streams/drain.ts";
import { answered, envelope, type LeftOff } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import { SimulationFailed } from "./slices.ts";

/** For how long a request waits while its model cannot be asked, and after how long it is tried again, ms. */
const MOST_UNAVAILABLE_MS = 600_000;
const ASK_AGAIN_MS = 2_000;
/** So often the history of a test is simulated again from its beginning on behalf of one request. */
const MOST_REPLAYS = 5;
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
  const nowMs = ports.clock();
  const isTooLate = nowMs > endsMs(work) - TO_BE_READ_MS;
  if (unavailable.error instanceof ModelReplaying && !isTooLate) {
    return outcomeOfReplay(work, progress, unavailable.error);
  }
  const ids = { testid: work.claim.testid, requestid: work.request.id };
  log("warn", "a model cannot be asked", { ...ids, error: describeError(unavailable.error) });
  const sinceMs = (!unavailable.hasAnswered && Number(work.progress?.unavailableSince)) || nowMs;
  if (nowMs - sinceMs > MOST_UNAVAILABLE_MS || isTooLate) {
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

/**
 * What work comes to whose model has to do again what was done with it: it goes on over as many invocations as that takes, for the
 * model's process stays where it is. Only if the process is lost again and again it is given up.
 */
function outcomeOfReplay(work: Claimed, progress: TestFields, error: ModelReplaying): Outcome {
  const { doneSeconds, ofSeconds, hasBegun } = error.replayed;
  const ids = { testid: work.claim.testid, requestid: work.request.id };
  log("info", "a history is simulated again", { ...ids, doneSeconds, ofSeconds, hasBegun });
  const starts = Number(work.progress?.replayStarts ?? 0) + (hasBegun ? 1 : 0);
  const furthest = Math.max(Number(work.progress?.replayedTo ?? 0), doneSeconds);
  if (starts <= MOST_REPLAYS) {
    const counted = { replayStarts: String(starts), replayedTo: String(furthest), unavailableSince: "" };
    // The next invocation need not find out once more that the model cannot be put to its state.
    const fallback = error.isFallback ? { replays: "1" } : {};
    return { kind: "suspend", progress: { ...progress, ...counted, ...fallback } };
  }
  const message =
    `The model cannot save its state: when its process is lost, all of the ${ofSeconds} s that the test has simulated is simulated again. ` +
    `The process was lost ${MOST_REPLAYS} times on the way, which is the limit; it came to ${furthest} s. ` +
    "The test is as it was before. Send the command again to go on with it, or initialize the test and simulate less.";
  return answered(envelope(500, message));
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
