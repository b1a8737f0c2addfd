import { randomUUID } from "node:crypto";
import { keys } from "../../platform/keys.ts";
import { type Redis, script } from "../../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../../platform/reply.ts";
import { MAX_ROLLOUTS } from "../commands/limits.ts";
import source from "./create-rollout.lua";
import type { RolloutParams } from "./request.ts";

const createRolloutScript = script(source);

/**
 * What simulating needs of a test, and whose it is: always set once a test is Running. In the rollout's own hash, whose
 * `status` is neither Queued nor Running: it is no test.
 */
const COPIED_FIELDS = [
  "user",
  "testcaseid",
  "version",
  "owner",
  "state",
  "points",
  "step",
  "scenario",
  "lineage",
] as const;

/** How long a rollout's keys live, ms: it is computed within minutes, or never. */
const LIFETIME_MS = 900_000;

export type CreatedRollout =
  | { readonly kind: "created"; readonly rolloutid: string; readonly requestid: string }
  | { readonly kind: "full"; readonly underWay: number }
  | { readonly kind: "unknown" };

/**
 * Makes a request out of a rollout: one round trip. It is waited for, and ends, as a test's requests do, under an id of
 * its own. The doorbell is the caller's to ring.
 *
 * @returns `unknown` if there is no such test; `full` if so many of its rollouts are under way already
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
    [testid, rolloutid, JSON.stringify(params), arrivalMs, LIFETIME_MS, MAX_ROLLOUTS, ...COPIED_FIELDS],
  );
  const [kind, value] = outcomeOf("create-rollout", reply);
  if (kind === "created") return { kind, rolloutid, requestid: String(value) };
  if (kind === "full") return { kind, underWay: Number(value) };
  if (kind === "unknown") return { kind };
  throw new UnexpectedReply("create-rollout");
}
