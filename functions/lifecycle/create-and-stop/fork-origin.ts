import { type Account, hashOf, readAccount } from "../../accounts/accounts.ts";
import { keys } from "../../platform/keys.ts";
import { again, type Redis, script } from "../../platform/redis.ts";
import { outcomeOf } from "../../platform/reply.ts";
import { fieldsOf, type TestFields } from "../../streams/claim.ts";
import source from "./fork-origin.lua";

const forkOriginScript = script(source);

/** What a fork has to know of the test, before it can name the keys that it touches. */
const FIELDS = ["user", "status", "lineage", "checkpoints"] as const;

/**
 * Reads a test that is to be forked, and who wants to: one round trip for both.
 *
 * @param key the account's key, if one was sent
 * @returns `account` undefined for a key that is nobody's, and where none was sent; no fields of a test that there is not
 */
export async function readForkOrigin(
  redis: Redis,
  testid: string,
  key: string | undefined,
): Promise<{ readonly account: Account | undefined; readonly test: TestFields }> {
  const accountKeys = key === undefined ? keys.test(testid) : keys.accountKeys();
  const args = [key === undefined ? "" : hashOf(key), ...FIELDS];
  const reply = await again(() => redis.run(forkOriginScript, [keys.test(testid), accountKeys], args));
  const [, account, values] = outcomeOf("fork-origin", reply);
  const isKnown = typeof account === "string" && account !== "";
  return { account: isKnown ? readAccount(account) : undefined, test: fieldsOf(FIELDS, values) };
}
