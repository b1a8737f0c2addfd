import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import type { Claim, Request, TestFields } from "./claim.ts";
import { calledIn, keysOfSlot } from "./share.ts";
import source from "./suspend.lua";

const suspendScript = script(source);

/** `called`: a test of the holder that waited for a slot, and is to be rung for. */
export type Suspended =
  | { readonly kind: "lost" }
  | { readonly kind: "suspended"; readonly called?: string | undefined; readonly isQueued: boolean };

/**
 * Saves the progress of the claimed request and releases the lease: one round trip. The caller must ring for the test
 * afterwards, unless `isQueued`: then other tests of the holder wait, and this one waits in the same queue.
 *
 * @param progress fields for the worker that continues; they are written over those saved before
 * @param options.resumeAfterMs the lease runs on for nearly so long. Other doorbells find the test taken meanwhile, so only
 * one comes back, however many were rung
 * @returns `lost` if lease, revision or request are not those claimed any more: nothing was written
 */
export async function suspend(
  redis: Redis,
  claim: Claim,
  request: Request,
  progress: TestFields,
  options: { readonly lifetimeMs: number; readonly resumeAfterMs?: number | undefined },
): Promise<Suspended> {
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
      ...keysOfSlot(claim),
    ],
    [
      claim.testid,
      claim.token,
      claim.revision,
      request.id,
      options.lifetimeMs,
      restMs,
      ...Object.entries(fields).flat(),
    ],
  );
  const [kind, value] = outcomeOf("suspend", reply);
  if (kind === "lost") return { kind };
  if (kind !== "suspended") throw new UnexpectedReply("suspend");
  const called = calledIn(value);
  return { kind, called, isQueued: called !== undefined && restMs === 0 };
}
