import { StateGone, statesIn } from "../../results/state.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Claimed } from "../../streams/claim.ts";
import type { Pace } from "../../streams/pace.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import { readFields } from "../record/record.ts";
import { prepareRollout, rollOut } from "./compute.ts";
import type { RolloutParams } from "./request.ts";

/** Computes a rollout that was too much for one call, on the copy of the test's state that it was given. */
export async function carryOutRollout(
  ports: Pick<Ports, "redis" | "objects">,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  params: RolloutParams,
): Promise<CarriedOut> {
  const { redis, objects } = ports;
  const rolloutid = work.claim.testid;
  const { points = "{}" } = await readFields(redis, rolloutid, ["points"]);
  try {
    const prepared = prepareRollout(testcase, { ...work.test, points }, params);
    const states = statesIn(objects, work.test.lineage ?? "-");
    const outcome = prepared.ok
      ? await rollOut(prepared.rollout, () => pace.breathe(), work.progress, states)
      : ({ kind: "answer", answer: envelope(prepared.status, prepared.message) } as const);
    return outcome.kind === "suspend" ? outcome : answered(outcome.answer);
  } catch (error) {
    if (!(error instanceof StateGone)) throw error;
    const message = "The test was stopped or begun anew, and the state is gone from which the rollout was to begin.";
    return answered(envelope(410, message));
  }
}
