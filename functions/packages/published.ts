import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import source from "./published.lua";
import { pathOf, type Scope } from "./scope.ts";

const publishedScript = script(source);

/** How long the list of a scope's packages is kept after the last one was published, ms: a year. */
const KEPT_MS = 365 * 86_400_000;

/**
 * What the packages hold that were published from a scope's uploads and are not deleted yet, in bytes. Earlier versions count,
 * because they are kept for the tests that use them. One round trip.
 *
 * @param noted a package that was published now: it is noted, and not part of the sum
 */
export async function publishedBytes(
  redis: Redis,
  scope: Scope,
  noted?: { readonly hash: string; readonly bytes: number },
): Promise<number> {
  const scriptKeys = [keys.packagesOf(pathOf(scope)), keys.packagesUsed()];
  const args = [noted?.hash ?? "", noted?.bytes ?? 0, KEPT_MS];
  const [kind, bytes] = outcomeOf("published", await again(() => redis.run(publishedScript, scriptKeys, args)));
  if (kind !== "counted") throw new UnexpectedReply("published");
  return Number(bytes);
}
