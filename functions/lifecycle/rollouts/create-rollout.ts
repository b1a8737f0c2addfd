import { randomUUID } from "node:crypto";
import { keys } from "../../platform/keys.ts";
import { type Redis, script } from "../../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../../platform/reply.ts";
import { MAX_ROLLOUTS } from "../commands/limits.ts";
import { ROLLOUT_FIELDS } from "../record/record.ts";
import source from "./create-rollout.lua";
import type { RolloutParams } from "./request.ts";

const createRolloutScript = script(source);

/** Lifetime of a rollout's keys, ms: it is computed within minutes, or never. */
const LIFETIME_MS = 900_000;

export type CreatedRollout =
  | { readonly kind: "created"; readonly rolloutid: string; readonly requestid: string }
  | { readonly kind: "full"; readonly underWay: number }
  | { readonly kind: "unknown" };

/**
 * Queues a rollout for a worker: one round trip. It gets an id and a record of its own, with a copy of the test's fields
 * that it needs, and its client waits for it as for a test's request. The caller must ring the doorbell.
 *
 * @returns `unknown` for an unknown test; `full` if the test has too many rollouts in progress
 */
export async function createRollout(
  redis: Redis,
  testid: string,
  params: RolloutParams,
  arrivalMs: number,
): Promise<CreatedRollout> {
  const rolloutid = randomUUID();
  const reply = await redis.run(
    createRolloutScript,
    [
      keys.test(testid),
      keys.rollouts(testid),
      keys.test(rolloutid),
      keys.request(rolloutid),
      keys.outstanding(rolloutid),
    ],
    [testid, rolloutid, JSON.stringify(params), arrivalMs, LIFETIME_MS, MAX_ROLLOUTS, ...ROLLOUT_FIELDS],
  );
  const [kind, value] = outcomeOf("create-rollout", reply);
  if (kind === "created") return { kind, rolloutid, requestid: String(value) };
  if (kind === "full") return { kind, underWay: Number(value) };
  if (kind === "unknown") return { kind };
  throw new UnexpectedReply("create-rollout");
}
