import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf } from "../platform/reply.ts";
import { fieldsOf, type WholeTest } from "../streams/claim.ts";
import source from "./query.lua";

const queryScript = script(source);

/**
 * Reads fields of a test and all of its results that is in Redis: one round trip, 4 commands.
 * @returns undefined for an unknown test
 */
export async function readWhole(
  redis: Redis,
  testid: string,
  fieldNames: readonly string[],
): Promise<WholeTest | undefined> {
  const names = ["status", ...fieldNames];
  const reply = await redis.run(queryScript, [keys.test(testid), keys.segments(testid), keys.results(testid)], names);
  const [kind, values, segments, chunks] = outcomeOf("results/query", reply);
  if (kind !== "found") return undefined;
  return { fields: fieldsOf(names, values), segments: segments as string[], chunks: chunks as string[] };
}
