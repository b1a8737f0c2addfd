import { keys } from "../platform/keys.ts";
import { again, type Redis } from "../platform/redis.ts";
import type { TestFields } from "../streams/claim.ts";
import { isRollout } from "./test.ts";

/**
 * Reads committed fields of a test: one round trip, one command, and nobody is woken.
 * @returns the fields that are set, or undefined if there is no such test
 */
export async function readTest(
  redis: Redis,
  testid: string,
  names: readonly string[],
): Promise<TestFields | undefined> {
  const wanted = ["status", ...names];
  const values = (await again(() => redis.command(["HMGET", keys.test(testid), ...wanted]))) as (string | null)[];
  const fields: Record<string, string> = {};
  wanted.forEach((name, i) => {
    const value = values[i];
    if (typeof value === "string") fields[name] = value;
  });
  return fields.status === undefined || isRollout(fields) ? undefined : fields;
}
