import { randomUUID } from "node:crypto";
import type { Dashboard } from "../../lifecycle/context.ts";
import { INLINE_COMMANDS, makeInlineExecute } from "../../lifecycle/execute-inline.ts";
import { inlineObjects, MANY_BYTES } from "../../lifecycle/inline-objects.ts";
import { WORKER_FIELDS } from "../../lifecycle/record/record.ts";
import { STEP_MS } from "../../simulation/sequence.ts";
import type { Answer } from "../../streams/answer.ts";
import type { Claimed } from "../../streams/claim.ts";
import { type DrainOptions, drainInline } from "../../streams/drain.ts";
import type { ModelOffer, Offer } from "../../streams/enqueue.ts";
import { shareOf } from "../../streams/share.ts";
import type { ApiContext } from "../context.ts";
import { type HttpRequest, testidOf } from "../http/request.ts";
import type { SentCommand } from "./sent-command.ts";

/** Commands that go on with a model that is alive. An initialization needs a process of its own. */
const STEPS = new Set(["advance", "advance_with", "advance_many"]);

/**
 * For so long after an answer a compiled model's process counts as alive, ms. Lambda keeps an idle instance for minutes; others
 * of its owner's models may take the process' place sooner.
 */
const ALIVE_MS = 60_000;
/** A step that takes so many times what is small, or so many ms, is left to a worker. */
const [MAX_TIMES, MAX_BRIEF_MS] = [40, 10_000];

/**
 * For how long this function waits for a compiled model in one command, ms: long enough, mostly, for an instance of the emulator
 * that starts and fetches its package. Meanwhile nobody else is at the test.
 */
export function briefMsOf({ inlineModelMs }: ApiContext["config"]): number {
  return Math.min(MAX_TIMES * inlineModelMs, MAX_BRIEF_MS);
}

/** Offers to carry out a command in this call, if the command is small enough and the client waits for it. */
export function offerFor(
  { method, steps = 1, seconds = INLINE_COMMANDS.get(method) }: SentCommand,
  request: HttpRequest,
  context: ApiContext,
): Offer | undefined {
  const { config } = context;
  if (
    config.inlineMs === 0 ||
    !INLINE_COMMANDS.has(method) ||
    seconds === Number.POSITIVE_INFINITY ||
    request.preferences.async
  ) {
    return undefined;
  }
  const stepsMs = (steps - 1) * STEP_MS;
  const models = STEPS.has(method) ? modelOfferFor(testidOf(request), stepsMs, context) : undefined;
  return { ...makeOffer(config), smallMs: config.inlineMs - stepsMs, seconds, times: steps, models };
}

/** Offers to have a compiled model carry the work out, if this process may call models and knows whose slots it would take. */
function modelOfferFor(testid: string, stepsMs: number, { config, models }: ApiContext): ModelOffer | undefined {
  const holder = models.holderOf(testid);
  if (holder === undefined || config.emulatorFunction === undefined || config.inlineModelMs === 0) return undefined;
  return { smallMs: config.inlineModelMs - stepsMs, aliveMs: ALIVE_MS, share: shareOf(holder, config.limits) };
}

/** Offers to carry out a command in this call or never. The command simulates nothing. */
export function offerAtOnce({ config }: ApiContext): Offer {
  return { ...makeOffer(config), smallMs: 0, seconds: 0, atOnce: true };
}

function makeOffer({ leaseMs }: ApiContext["config"]) {
  return { token: randomUUID(), leaseMs, manyBytes: MANY_BYTES, fieldNames: WORKER_FIELDS };
}

/** Carries out a command that was claimed under the offer. @returns undefined if the client must wait for the answer */
export async function carryOut(work: Claimed, context: ApiContext, dashboard?: Dashboard): Promise<Answer | undefined> {
  const { config, redis, queue, bucket, catalog, remembered, models } = context;
  const execute = makeInlineExecute({ redis, objects: inlineObjects(bucket), catalog, clock: Date.now }, dashboard);
  const { leaseMs, computeMs, idleMs } = config;
  const fieldNames = WORKER_FIELDS;
  const afterCommit: DrainOptions["afterCommit"] = async ({ claim }, _answer, _changes, test) => {
    remembered.remember(claim.testid, test);
  };
  const options = { leaseMs, computeMs, idleMs, fieldNames, afterCommit };
  const answer = await drainInline(redis, queue, work, execute, options);
  if (answer === undefined && work.claim.slot !== undefined) models.rest();
  return answer;
}
