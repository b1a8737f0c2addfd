import type { ModelUnavailable } from "../emulator-client/failure.ts";
import type { Answer } from "../streams/answer.ts";
import type { TestFields } from "../streams/claim.ts";
import type { Changes } from "../streams/commit.ts";
import type { Outcome } from "../streams/drain.ts";

/** Work that is left off on its way: the invocation's time is up, or somebody else is waited for. */
export interface LeftOff {
  readonly kind: "suspend";
  /** What to go on from. */
  readonly progress: TestFields;
  /** Before so many ms nobody need look again. */
  readonly resumeAfterMs?: number | undefined;
  /** Set where the emulator cannot be asked now. */
  readonly unavailable?: Unavailable | undefined;
}

/** An emulator that cannot be asked now. */
export interface Unavailable {
  readonly error: ModelUnavailable;
  /** Whether it could be in the same invocation, before. */
  readonly hasAnswered: boolean;
}

/** What a command comes to: an answer, or as far as it got. */
export type CarriedOut = Extract<Outcome, { kind: "answer" }> | LeftOff;

/** A command carried out: its answer, and what it changes of the test. */
export function answered(answer: Answer, changes?: Changes): Extract<Outcome, { kind: "answer" }> {
  return changes === undefined ? { kind: "answer", answer } : { kind: "answer", answer, changes };
}

/**
 * BOPTEST's shape of an answer about a test. `payloadJson` is JSON text already, so that stored values need no parsing
 * to be passed on.
 */
export function envelope(status: number, message: string, payloadJson = "null"): Answer {
  return {
    status,
    body: `{"status":${status},"message":${JSON.stringify(message)},"payload":${payloadJson}}`,
  };
}
