import { keys } from "../platform/keys.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Outcome } from "../streams/drain.ts";
import type { Pace } from "../streams/pace.ts";
import { envelope } from "./envelope.ts";
import { answered } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { prepareRollout, rollOut } from "./rollout.ts";
import type { RolloutParams } from "./rollout-request.ts";

/** Computes a rollout that was too much for one call, on the copy of the test's state that it was given. */
export async function carryOutRollout(
  ports: Pick<Ports, "redis">,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  params: RolloutParams,
): Promise<Outcome> {
  const points = await ports.redis.command(["HGET", keys.test(work.claim.testid), "points"]);
  const prepared = prepareRollout(testcase, { ...work.test, points: String(points) }, params);
  if (!prepared.ok) return answered(envelope(prepared.status, prepared.message));
  const rolledOut = await rollOut(prepared.rollout, () => pace.breathe(), work.progress);
  return rolledOut.kind === "suspend" ? rolledOut : answered(rolledOut.answer);
}
