import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf } from "../platform/reply.ts";
import type { Claim } from "./claim.ts";
import releaseSource from "./release.lua";
import source from "./renew.lua";
import { calledIn, keysOfSlot } from "./share.ts";

/** The first characters of the tokens that hold the leases of all tests of a lineage while the lineage is deleted. */
export const CLEARING = "clearing ";

const renewScript = script(source);
const releaseScript = script(releaseSource);

/** Another worker has the lease, or the test was stopped: the work is to be dropped. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** Prolongs the claim's lease. @throws LeaseLost if its token does not hold it any more */
export async function renew(redis: Redis, claim: Claim, leaseMs: number): Promise<void> {
  const [slot] = keysOfSlot(claim);
  const reply = await redis.run(renewScript, [keys.lease(claim.testid), slot], [claim.token, leaseMs]);
  const [kind] = outcomeOf("renew", reply);
  if (kind !== "held") throw new LeaseLost(`The lease of ${claim.testid} was lost while computing`);
}

/**
 * Releases the claim's lease without an answer: the request waits for the next claim.
 *
 * @param blame whether this delivery counts towards giving the request up: `redis` was in the way, or the `request` itself
 * @returns another test of the holder that waits for the slot and is to be rung for, if there is one
 */
export async function release(
  redis: Redis,
  claim: Pick<Claim, "testid" | "token" | "slot">,
  blame: "redis" | "request",
): Promise<string | undefined> {
  const ofTest = [keys.lease(claim.testid), keys.request(claim.testid), ...keysOfSlot(claim)];
  const reply = await redis.run(releaseScript, ofTest, [claim.token, blame === "redis" ? 1 : 0]);
  const [, called] = outcomeOf("release", reply);
  return calledIn(called);
}

/** As `release`, but a failure is only logged: the lease expires by itself. */
export async function letGo(
  redis: Redis,
  claim: Pick<Claim, "testid" | "token" | "slot">,
  blame: "redis" | "request",
): Promise<string | undefined> {
  try {
    return await release(redis, claim, blame);
  } catch (error) {
    const ids = { event: "lease_not_released", testid: claim.testid };
    log("warn", "A lease could not be released and will expire", ids, error);
    return undefined;
  }
}
