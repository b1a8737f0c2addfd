import type { Answer } from "../streams/answer.ts";
import type { Changes } from "../streams/commit.ts";
import type { Outcome } from "../streams/drain.ts";

/** A command carried out: its answer, and what it changes of the test. */
export function answered(answer: Answer, changes?: Changes): Outcome {
  return changes === undefined ? { kind: "answer", answer } : { kind: "answer", answer, changes };
}
