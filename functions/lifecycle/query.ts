import { keys } from "../platform/keys.ts";
import { again, type Redis } from "../platform/redis.ts";
import { fieldsOf, type TestFields } from "../streams/claim.ts";
import { isRollout } from "./test.ts";

/**
 * Reads committed fields of a test: one round trip, 2 commands, and nobody is woken.
 * @returns the fields that are set, or undefined if there is no such test
 */
export async function readTest(
  redis: Redis,
  testid: string,
  names: readonly string[],
): Promise<TestFields | undefined> {
  const fields = await readFields(redis, testid, ["status", ...names]);
  return fields.status === undefined || isRollout(fields) ? undefined : fields;
}

/** Those of a test's fields that are set; none of a test that there is not. */
export async function readFields(redis: Redis, testid: string, names: readonly string[]): Promise<TestFields> {
  return fieldsOf(names, await again(() => redis.command(["HMGET", keys.test(testid), ...names])));
}
