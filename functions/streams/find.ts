import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import source from "./find.lua";
import { outcomeOf } from "./reply.ts";

const findScript = script(source);

/**
 * Finds an unanswered request by the nonce that its sender gave it: for when the reply to enqueuing was lost.
 * @returns its id, or undefined if it is not there: it never was, or somebody has answered it already
 */
export async function findRequest(redis: Redis, testid: string, nonce: string): Promise<string | undefined> {
  const reply = await again(() => redis.run(findScript, [keys.request(testid)], [nonce]));
  const [kind, id] = outcomeOf("find", reply);
  return kind === "found" ? String(id) : undefined;
}
