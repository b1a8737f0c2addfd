import { setImmediate as nextTurn } from "node:timers/promises";
import { ModelElsewhere } from "../../emulator-client/failure.ts";
import { MAX_ROLLOUTS } from "../../lifecycle/commands/limits.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { TRIAL_FIELDS } from "../../lifecycle/record/record.ts";
import { prepareRollout, type RolledOut, type Rollout, rollOut } from "../../lifecycle/rollouts/compute.ts";
import { createRollout } from "../../lifecycle/rollouts/create-rollout.ts";
import { readRollout } from "../../lifecycle/rollouts/request.ts";
import { afterEnd } from "../../lifecycle/simulate/failures.ts";
import { SimulationFailed } from "../../lifecycle/simulate/slices.ts";
import { log } from "../../platform/log.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { bodyOf, type HttpRequest, testidOf } from "../http/request.ts";
import { TooMany } from "../limits/too-many.ts";
import type { Begun } from "../waiting/command.ts";
import { answerPending, httpAnswer } from "../waiting/pending.ts";
import { requireRunning, requireTest, testCaseFor } from "./test.ts";

/** Computing time before the process serves other invocations, ms. */
const TURN_MS = 10;
/** A rollout that takes longer than this, ms, was underestimated: a worker computes it. */
const MAX_INLINE_MS = 10_000;

/**
 * Tries inputs from the test's current state. The test does not change, so that a client can repeat the call without an
 * Idempotency-Key. A rollout that is too large for one call becomes a request under an id of its own.
 */
export const rollout: Endpoint = async (request, context) => {
  const begun = await beginRollout(request, context);
  if ("answer" in begun) return begun.answer;
  return await answerPending(request, context, begun.pending, envelope(202, "The rollout is queued.").body);
};

/** Computes a rollout, or makes it a request for a worker. @throws HttpError or UnknownTest if it is refused */
export async function beginRollout(request: HttpRequest, context: ApiContext): Promise<Begun> {
  const read = readRollout(bodyOf(request));
  if (!read.ok) throw new HttpError(read.status, read.message);
  const test = await requireTest(request, context, ["testcaseid", "version", ...TRIAL_FIELDS]);
  requireRunning(test.status);
  const prepared = prepareRollout(await testCaseFor(test, context), test, read.params);
  if (!prepared.ok) throw new HttpError(prepared.status, prepared.message);

  if (prepared.rollout.plan.estimatedMs <= context.config.rolloutMs) {
    const rolledOut = await rollOutOrRefuse(prepared.rollout, testidOf(request));
    if (rolledOut?.kind === "answer") return { answer: httpAnswer(rolledOut.answer) };
  }
  const created = await createRollout(context.redis, testidOf(request), read.params, request.arrivalMs);
  if (created.kind === "unknown") throw new UnknownTest(testidOf(request));
  if (created.kind === "full") {
    const message = `The test has ${created.underWay} unfinished rollouts. At most ${MAX_ROLLOUTS} are allowed: wait for one of them.`;
    throw new TooMany(message, 2);
  }
  const { rolloutid, requestid } = created;
  return { pending: { testid: rolloutid, requestid, kind: "enqueued" } };
}

/**
 * @returns undefined where only workers can call the emulator
 * @throws HttpError 500 if the emulator cannot simulate the rollout, 400 if the model ends by itself before the rollout does
 */
async function rollOutOrRefuse(rollout: Rollout, testid: string): Promise<RolledOut | undefined> {
  try {
    return await rollOut(rollout, takeTurns());
  } catch (error) {
    if (error instanceof ModelElsewhere) return undefined;
    if (!(error instanceof SimulationFailed)) throw error;
    if (error.isEnd) throw new HttpError(400, afterEnd(error));
    log("error", "The simulation of a rollout failed", { event: "simulation_failed", testid }, error);
    throw new HttpError(500, `${error.message}. The test is as it was.`);
  }
}

/** Lets the process serve other invocations now and then. */
function takeTurns(): () => Promise<boolean> {
  const startedAt = performance.now();
  let turnedAt = startedAt;
  return async () => {
    if (performance.now() - turnedAt < TURN_MS) return false;
    await nextTurn();
    turnedAt = performance.now();
    return turnedAt - startedAt >= MAX_INLINE_MS;
  };
}
