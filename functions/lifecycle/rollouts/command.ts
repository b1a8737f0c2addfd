import { StateGone, statesIn } from "../../results/state.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { decode, readFields } from "../record/record.ts";
import { prepareRollout, rollOut } from "./compute.ts";
import type { RolloutParams } from "./request.ts";

/** Computes a rollout that was too long for one call, on the copy of the test in the rollout's own record. */
export async function computeRollout(context: Context, params: RolloutParams): Promise<CarriedOut> {
  const { redis, objects, claim, test, testcase, pace, progress } = context;
  const { points = "{}" } = await readFields(redis, claim.testid, ["points"]);
  try {
    const prepared = prepareRollout(testcase, { ...test, points }, params);
    if (!prepared.ok) return answered(envelope(prepared.status, prepared.message));
    const states = statesIn(objects, decode(test, "lineage"));
    const outcome = await rollOut(prepared.rollout, () => pace.breathe(), progress, states);
    return outcome.kind === "suspend" ? outcome : answered(outcome.answer);
  } catch (error) {
    if (!(error instanceof StateGone)) throw error;
    const message = "The test was stopped or begun anew, and the state is gone from which the rollout was to begin.";
    return answered(envelope(410, message));
  }
}
