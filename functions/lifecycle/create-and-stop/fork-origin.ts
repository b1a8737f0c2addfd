import { type Account, hashOf, readAccount } from "../../accounts/accounts.ts";
import { keys } from "../../platform/keys.ts";
import { again, type Redis, script } from "../../platform/redis.ts";
import { outcomeOf } from "../../platform/reply.ts";
import { fieldsOf, type TestFields } from "../../streams/claim.ts";
import { ORIGIN_FIELDS } from "../record/record.ts";
import source from "./fork-origin.lua";

const forkOriginScript = script(source);

/**
 * Reads the test to fork and the calling account: one round trip for both.
 *
 * @param key the account's key, if one was sent
 * @returns `account` undefined for an unknown key or none; no fields for an unknown test
 */
export async function readForkOrigin(
  redis: Redis,
  testid: string,
  key: string | undefined,
): Promise<{ readonly account: Account | undefined; readonly test: TestFields }> {
  const accountKeys = key === undefined ? keys.test(testid) : keys.accountKeys();
  const args = [key === undefined ? "" : hashOf(key), ...ORIGIN_FIELDS];
  const reply = await again(() => redis.run(forkOriginScript, [keys.test(testid), accountKeys], args));
  const [, account, values] = outcomeOf("fork-origin", reply);
  const isKnown = typeof account === "string" && account !== "";
  return { account: isKnown ? readAccount(account) : undefined, test: fieldsOf(ORIGIN_FIELDS, values) };
}
