import { keys } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import { type Redis, script } from "../platform/redis.ts";
import type { Claim } from "./claim.ts";
import releaseSource from "./release.lua";
import source from "./renew.lua";
import { outcomeOf } from "./reply.ts";

/** What the token begins with under which whoever clears up a lineage holds the leases of all who are in it. */
export const CLEARING = "clearing ";

const renewScript = script(source);
const releaseScript = script(releaseSource);

/** What goes and is renewed with the lease; the lease itself where there is nothing. */
function slotOf({ testid, slot }: Pick<Claim, "testid" | "slot">): string {
  return slot ?? keys.lease(testid);
}

/** The lease has gone to somebody else, or the test has been stopped: the work is to be dropped. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** Prolongs the claim's lease. @throws LeaseLost if its token does not hold it any more */
export async function renew(redis: Redis, claim: Claim, leaseMs: number): Promise<void> {
  const reply = await redis.run(renewScript, [keys.lease(claim.testid), slotOf(claim)], [claim.token, leaseMs]);
  const [kind] = outcomeOf("renew", reply);
  if (kind !== "held") throw new LeaseLost(`The lease of ${claim.testid} was lost while computing`);
}

/**
 * Lets go of the claim's lease without an answer: the request waits for the next claim.
 *
 * @param blame whether this delivery counts towards giving the request up: `redis` was in the way, or the `request` itself
 */
export async function release(
  redis: Redis,
  claim: Pick<Claim, "testid" | "token" | "slot">,
  blame: "redis" | "request",
): Promise<void> {
  const ofTest = [keys.lease(claim.testid), keys.request(claim.testid), slotOf(claim)];
  await redis.run(releaseScript, ofTest, [claim.token, blame === "redis" ? 1 : 0]);
}

/** The same as well as it can be done: the lease would run out by itself. */
export async function letGo(
  redis: Redis,
  claim: Pick<Claim, "testid" | "token" | "slot">,
  blame: "redis" | "request",
): Promise<void> {
  try {
    await release(redis, claim, blame);
  } catch (error) {
    log("warn", "lease left to run out", { testid: claim.testid, error: describeError(error) });
  }
}
