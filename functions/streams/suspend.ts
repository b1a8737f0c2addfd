import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import type { Claim, Request, TestFields } from "./claim.ts";
import { outcomeOf } from "./reply.ts";
import source from "./suspend.lua";

const suspendScript = script(source);

/**
 * Saves how far the claimed request's work has come and releases the lease: one round trip. The caller must ring the
 * doorbell for it afterwards.
 *
 * @param progress fields that whoever continues gets back; they are written over those saved before
 * @param options.resumeAfterMs the lease runs on for nearly so long: whoever is rung for meanwhile finds the test taken and
 * goes away, so that it is one doorbell that comes back, however many were rung
 * @returns `lost` if lease, revision or request are not those claimed any more: nothing was written
 */
export async function suspend(
  redis: Redis,
  claim: Claim,
  request: Request,
  progress: TestFields,
  options: { readonly lifetimeMs: number; readonly resumeAfterMs?: number | undefined },
): Promise<"suspended" | "lost"> {
  // Until shortly before the doorbell comes back.
  const restMs = Math.floor((options.resumeAfterMs ?? 0) * 0.9);
  const fields = { ...progress, requestid: request.id, revision: String(claim.revision) };
  const reply = await redis.run(
    suspendScript,
    [
      keys.test(claim.testid),
      keys.request(claim.testid),
      keys.lease(claim.testid),
      keys.progress(claim.testid),
      claim.slot ?? keys.lease(claim.testid),
    ],
    [claim.token, claim.revision, request.id, options.lifetimeMs, restMs, ...Object.entries(fields).flat()],
  );
  const [kind] = outcomeOf("suspend", reply);
  return kind === "suspended" ? "suspended" : "lost";
}
