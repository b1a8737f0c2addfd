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
 * @returns `lost` if lease, revision or request are not those claimed any more: nothing was written
 */
export async function suspend(
  redis: Redis,
  claim: Claim,
  request: Request,
  progress: TestFields,
  options: { readonly lifetimeMs: number },
): Promise<"suspended" | "lost"> {
  const fields = { ...progress, requestid: request.id, revision: String(claim.revision) };
  const reply = await redis.run(
    suspendScript,
    [keys.test(claim.testid), keys.request(claim.testid), keys.lease(claim.testid), keys.progress(claim.testid)],
    [claim.token, claim.revision, request.id, options.lifetimeMs, ...Object.entries(fields).flat()],
  );
  const [kind] = outcomeOf("suspend", reply);
  return kind === "suspended" ? "suspended" : "lost";
}
