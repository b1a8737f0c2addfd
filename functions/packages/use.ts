import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import source from "./use.lua";

const useScript = script(source);

/**
 * Notes that a package is used now, when it is published, selected or read. It is not deleted until it was unused for longer than
 * a test may be idle. One round trip, 3 commands with the script itself.
 * @returns `locked` if the package is being deleted at this moment. It can be published again in a while
 */
export async function notePackageUse(redis: Redis, hash: string, nowMs: number): Promise<"noted" | "locked"> {
  const packageKeys = [keys.packagesUsed(), keys.packageLock(hash)];
  const reply = await again(() => redis.run(useScript, packageKeys, [hash, nowMs]));
  const [kind] = outcomeOf("use", reply);
  if (kind === "noted" || kind === "locked") return kind;
  throw new UnexpectedReply("use");
}
