import type { ModelUnavailable } from "../emulator-client/failure.ts";
import type { Answer } from "../streams/answer.ts";
import type { TestFields } from "../streams/claim.ts";
import type { Changes } from "../streams/commit.ts";
import type { Outcome } from "../streams/drain.ts";

/** Unfinished work: the invocation's time is up, or the work waits for something. */
export interface Suspended {
  readonly kind: "suspend";
  /** What the next invocation continues from. */
  readonly progress: TestFields;
  /** The next invocation need not begin earlier than after this time, ms. */
  readonly resumeAfterMs?: number | undefined;
  /** Set if the emulator is unavailable. */
  readonly unavailable?: Unavailable | undefined;
}

/** An emulator that cannot be called at the moment. */
export interface Unavailable {
  readonly error: ModelUnavailable;
  /** Whether it has answered a call in the same invocation before. */
  readonly hasAnswered: boolean;
}

/** The result of a command: an answer, or unfinished work. */
export type CarriedOut = Extract<Outcome, { kind: "answer" }> | Suspended;

/** A command that was carried out: its answer, and its changes to the test. */
export function answered(answer: Answer, changes?: Changes): Extract<Outcome, { kind: "answer" }> {
  return changes === undefined ? { kind: "answer", answer } : { kind: "answer", answer, changes };
}

/** BOPTEST's shape of an answer about a test. `payloadJson` is JSON text, so stored values are passed on unparsed. */
export function envelope(status: number, message: string, payloadJson = "null"): Answer {
  return {
    status,
    body: `{"status":${status},"message":${JSON.stringify(message)},"payload":${payloadJson}}`,
  };
}
