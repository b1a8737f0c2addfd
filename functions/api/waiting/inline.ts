import { randomUUID } from "node:crypto";
import type { Dashboard } from "../../lifecycle/context.ts";
import { INLINE_COMMANDS, makeInlineExecute } from "../../lifecycle/execute-inline.ts";
import { WORKER_FIELDS } from "../../lifecycle/record/record.ts";
import { TAIL_BYTES } from "../../results/recorder.ts";
import { STEP_MS } from "../../simulation/sequence.ts";
import type { Answer } from "../../streams/answer.ts";
import type { Claimed } from "../../streams/claim.ts";
import { type DrainOptions, drainInline } from "../../streams/drain.ts";
import type { Offer } from "../../streams/enqueue.ts";
import type { ApiContext } from "../context.ts";
import type { HttpRequest } from "../http/request.ts";
import type { SentCommand } from "./sent-command.ts";

/** Offers to carry out a command in this call, if the command is small enough and the client waits for it. */
export function offerFor(
  { method, steps = 1, seconds = INLINE_COMMANDS.get(method) }: SentCommand,
  request: HttpRequest,
  { config }: ApiContext,
): Offer | undefined {
  if (
    config.inlineMs === 0 ||
    !INLINE_COMMANDS.has(method) ||
    seconds === Number.POSITIVE_INFINITY ||
    request.preferences.async
  ) {
    return undefined;
  }
  const smallMs = config.inlineMs - (steps - 1) * STEP_MS;
  return { ...makeOffer(config), smallMs, seconds, times: steps };
}

/** Offers to carry out a command in this call or never. The command simulates nothing. */
export function offerAtOnce({ config }: ApiContext): Offer {
  return { ...makeOffer(config), smallMs: 0, seconds: 0, atOnce: true };
}

function makeOffer({ leaseMs }: ApiContext["config"]) {
  return { token: randomUUID(), leaseMs, tailBytes: TAIL_BYTES, fieldNames: WORKER_FIELDS };
}

/** Carries out a command that was claimed under the offer. @returns undefined if the client must wait for the answer */
export async function carryOut(work: Claimed, context: ApiContext, dashboard?: Dashboard): Promise<Answer | undefined> {
  const { config, redis, queue, bucket, catalog, remembered } = context;
  const execute = makeInlineExecute({ redis, objects: bucket, catalog, clock: Date.now }, dashboard);
  const { leaseMs, computeMs, idleMs } = config;
  const fieldNames = WORKER_FIELDS;
  const afterCommit: DrainOptions["afterCommit"] = async ({ claim }, _answer, _changes, test) => {
    remembered.remember(claim.testid, test);
  };
  return await drainInline(redis, queue, work, execute, { leaseMs, computeMs, idleMs, fieldNames, afterCommit });
}
