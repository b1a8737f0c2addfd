import { setImmediate as nextTurn } from "node:timers/promises";
import { ModelElsewhere } from "../../emulator-client/failure.ts";
import { MAX_ROLLOUTS } from "../../lifecycle/commands/limits.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { TRIAL_FIELDS } from "../../lifecycle/record/record.ts";
import { prepareRollout, type RolledOut, type Rollout, rollOut } from "../../lifecycle/rollouts/compute.ts";
import { createRollout } from "../../lifecycle/rollouts/create-rollout.ts";
import { readRollout } from "../../lifecycle/rollouts/request.ts";
import { SimulationFailed } from "../../lifecycle/simulate/slices.ts";
import { describeError, log } from "../../platform/log.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { bodyOf, type HttpRequest, testidOf } from "../http/request.ts";
import { TooMany } from "../limits/too-many.ts";
import type { Begun } from "../waiting/command.ts";
import { answerPending, httpAnswer } from "../waiting/pending.ts";
import { requireRunning, requireTest, testCaseFor } from "./test.ts";

/** How long a rollout keeps a process to itself before it lets others have a turn, ms. */
const TURN_MS = 10;
/** What is under way for so long was underestimated: it is left to a worker after all, ms. */
const MOST_MS = 10_000;

/**
 * Tries inputs from where the test stands, which is read once and not changed: so it may be asked again at will, and
 * needs no Idempotency-Key. What is too much for one call becomes a request of its own, under an id of its own.
 */
export const rollout: Endpoint = async (request, context) => {
  const begun = await beginRollout(request, context);
  if ("answer" in begun) return begun.answer;
  return await answerPending(request, context, begun.pending, envelope(202, "The rollout is queued.").body);
};

/** Computes a rollout, or makes a request of it for a worker. @throws HttpError or UnknownTest if it is refused */
export async function beginRollout(request: HttpRequest, context: ApiContext): Promise<Begun> {
  const read = readRollout(bodyOf(request));
  if (!read.ok) throw new HttpError(read.status, read.message);
  const test = await requireTest(request, context, ["testcaseid", "version", ...TRIAL_FIELDS]);
  requireRunning(test.status);
  const prepared = prepareRollout(await testCaseFor(test, context), test, read.params);
  if (!prepared.ok) throw new HttpError(prepared.status, prepared.message);

  if (prepared.rollout.plan.estimatedMs <= context.config.rolloutMs) {
    const rolledOut = await rollOutOrRefuse(prepared.rollout);
    if (rolledOut?.kind === "answer") return { answer: httpAnswer(rolledOut.answer) };
  }
  const created = await createRollout(context.redis, testidOf(request), read.params, request.arrivalMs);
  if (created.kind === "unknown") throw new UnknownTest(testidOf(request));
  if (created.kind === "full") {
    const message = `The test has ${created.underWay} rollouts under way, and may have ${MAX_ROLLOUTS}. Wait for one first.`;
    throw new TooMany(message, 2);
  }
  const { rolloutid, requestid } = created;
  return { pending: { testid: rolloutid, requestid, kind: "enqueued" } };
}

/**
 * @returns undefined where only workers can ask the emulator
 * @throws HttpError 500 where the emulator cannot simulate what it was asked for
 */
async function rollOutOrRefuse(rollout: Rollout): Promise<RolledOut | undefined> {
  try {
    return await rollOut(rollout, takeTurns());
  } catch (error) {
    if (error instanceof ModelElsewhere) return undefined;
    if (!(error instanceof SimulationFailed)) throw error;
    log("error", "simulation failed", { error: describeError(error) });
    throw new HttpError(500, `${error.message}. The test is as it was.`);
  }
}

/** Lets other invocations of the process have their turn now and then. */
function takeTurns(): () => Promise<boolean> {
  const startedAt = performance.now();
  let turnedAt = startedAt;
  return async () => {
    if (performance.now() - turnedAt < TURN_MS) return false;
    await nextTurn();
    turnedAt = performance.now();
    return turnedAt - startedAt >= MOST_MS;
  };
}
