import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import source from "./published.lua";
import { pathOf, type Scope } from "./scope.ts";

const publishedScript = script(source);

/** How long the list of a scope's packages is kept after the last one was published, ms: a year. */
const KEPT_MS = 365 * 86_400_000;

/** Packages that were published from a scope's uploads and are not deleted yet. */
export interface Published {
  readonly bytes: number;
  readonly count: number;
}

/**
 * Counts the packages of a scope. Earlier versions count, because they are kept for the tests that use them. One round trip.
 *
 * @param noted a package that was published now: it is noted, and not counted
 */
export async function countPublished(
  redis: Redis,
  scope: Scope,
  noted?: { readonly hash: string; readonly bytes: number },
): Promise<Published> {
  const scriptKeys = [keys.packagesOf(pathOf(scope)), keys.packagesUsed()];
  const args = [noted?.hash ?? "", noted?.bytes ?? 0, KEPT_MS];
  const [kind, bytes, count] = outcomeOf("published", await again(() => redis.run(publishedScript, scriptKeys, args)));
  if (kind !== "counted") throw new UnexpectedReply("published");
  return { bytes: Number(bytes), count: Number(count) };
}
