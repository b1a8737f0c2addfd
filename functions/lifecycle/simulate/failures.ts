import { ModelReplaying } from "../../emulator-client/failure.ts";
import { joinLines } from "../../emulator-client/log-lines.ts";
import { log } from "../../platform/log.ts";
import { StateDamaged, StateGone } from "../../results/state.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { Outcome } from "../../streams/drain.ts";
import type { Context } from "../context.ts";
import { answered, envelope, type Suspended } from "../outcome.ts";
import { SimulationFailed } from "./slices.ts";

/** How long a request waits for an unavailable model, and when to try again, ms. */
const MAX_UNAVAILABLE_MS = 600_000;
const TRY_AGAIN_MS = 2_000;
/** How often one request may simulate the test's history again from the beginning. */
const MAX_REPLAYS = 5;
/** A rollout is answered so long before its keys expire, so that the client can read the answer, ms. */
const READING_MS = 120_000;

/** The rest of the answer where a test's state cannot be read any more. */
const CANNOT_GO_ON =
  "The test cannot go on from it, and is as it was before: its results can be read. Restore a checkpoint, or initialize the test anew.";

type Work = Pick<Context, "claim" | "request" | "test" | "progress">;

/**
 * The outcome of suspended work: the next invocation continues. With an unavailable model it does so later, and after ten
 * minutes the request is answered with 503.
 */
export function outcomeOfSuspended(
  work: Work & Pick<Context, "clock">,
  { progress, resumeAfterMs, unavailable }: Suspended,
): Outcome {
  // Saved fields stay unless they are overwritten: '' stands for none.
  if (unavailable === undefined) {
    return {
      kind: "suspend",
      progress: { ...progress, unavailableSince: "" },
      ...(resumeAfterMs === undefined ? {} : { resumeAfterMs }),
    };
  }
  const nowMs = work.clock();
  const isTooLate = nowMs > endsMs(work) - READING_MS;
  if (unavailable.error instanceof ModelReplaying && !isTooLate) {
    return outcomeOfReplay(work, progress, unavailable.error);
  }
  log("warn", "The model is unavailable", { event: "model_unavailable", ...idsOf(work) }, unavailable.error);
  const sinceMs = (!unavailable.hasAnswered && Number(work.progress?.unavailableSince)) || nowMs;
  if (nowMs - sinceMs > MAX_UNAVAILABLE_MS || isTooLate) {
    const message = "The service cannot run the model right now. Try again later. The test is as it was before.";
    return answered(envelope(503, message));
  }
  // The request is valid, so it waits, without occupying a worker.
  return {
    kind: "suspend",
    progress: { ...progress, unavailableSince: String(sinceMs) },
    resumeAfterMs: TRY_AGAIN_MS,
  };
}

/**
 * The outcome while the model simulates the test's history again. This may take several invocations, since the model's
 * process keeps its state between them. If the process is lost too often, the request is answered with 500.
 */
function outcomeOfReplay(work: Work, progress: TestFields, error: ModelReplaying): Outcome {
  const { doneSeconds, ofSeconds, hasBegun } = error.replayed;
  const fields = { event: "history_replayed", ...idsOf(work), doneSeconds, ofSeconds, hasBegun };
  log("info", "The model simulates the test's history again", fields);
  const starts = Number(work.progress?.replayStarts ?? 0) + (hasBegun ? 1 : 0);
  const furthest = Math.max(Number(work.progress?.replayedTo ?? 0), doneSeconds);
  if (starts <= MAX_REPLAYS) {
    const counted = { replayStarts: String(starts), replayedTo: String(furthest), unavailableSince: "" };
    // The next invocation replays at once: it need not try again to restore the model's state.
    const fallback = error.isFallback ? { replays: "1" } : {};
    return { kind: "suspend", progress: { ...progress, ...counted, ...fallback } };
  }
  const message =
    `The model cannot save its state: when its process is lost, all of the ${ofSeconds} s that the test has simulated is simulated again. ` +
    `The process was lost ${MAX_REPLAYS} times on the way, which is the limit; it came to ${furthest} s. ` +
    "The test is as it was before. Send the command again to go on with it, or initialize the test and simulate less.";
  return answered(envelope(500, message));
}

/** When the keys of the request's rollout expire, ms; never for a test. */
function endsMs({ test, request }: Work): number {
  return test.lifetime === undefined ? Number.POSITIVE_INFINITY : request.arrivalMs + Number(test.lifetime);
}

/** The answer to a command that failed, and would fail again: its simulation, or reading its state. Throws any other error. */
export function outcomeOfFailure(work: Work, error: unknown): Extract<Outcome, { kind: "answer" }> {
  // If a newer state took its place, this worker has lost its lease, and the answer is not written.
  if (error instanceof StateDamaged || error instanceof StateGone) {
    log("error", "A state was altered or deleted where it is kept", { event: "state_damaged", ...idsOf(work) }, error);
    return answered(envelope(500, `${error.message}. ${CANNOT_GO_ON}`));
  }
  if (!(error instanceof SimulationFailed)) throw error;
  if (error.isEnd) {
    log("info", "A model has ended the simulation", {
      event: "simulation_ended",
      ...idsOf(work),
      reason: error.message,
    });
    return answered(envelope(400, afterEnd(error)));
  }
  const lines = joinLines(error.log);
  log("error", "The simulation failed", { event: "simulation_failed", ...idsOf(work), lines }, error);
  const logged = lines === "" ? "" : ` The model's log ends with:\n${lines}`;
  return answered(envelope(500, `${error.message}. The test is as it was before.${logged}`));
}

/** The answer to a command, or a rollout, that goes beyond the end that the model itself has set. */
export function afterEnd(error: SimulationFailed): string {
  return `${error.message}. Nothing can be simulated after that. The test is as it was before, and its results can be read: a shorter step comes closer to that time, and initialize begins anew.`;
}

/** What a request's log lines have in common. */
export function idsOf({ claim, request }: Pick<Work, "claim" | "request">) {
  return { testid: claim.testid, requestid: request.id };
}
