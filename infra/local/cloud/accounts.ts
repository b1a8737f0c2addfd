import { type Account, addAccount, removeAccount } from "../../../functions/accounts/accounts.ts";
import type { Redis } from "../../../functions/platform/redis.ts";
import { Problem } from "../../programs/problem.ts";

/** An account that the local cloud creates when it starts. */
export interface LocalAccount extends Account {
  readonly key: string;
}

/** BOPTEST's environment variables for the accounts of its tests. */
const VARIABLES = [
  { name: "BOPTEST_TEST_USERNAME", key: "BOPTEST_TEST_KEY", privileged: false },
  { name: "BOPTEST_TEST_PRIVILEGED_USERNAME", key: "BOPTEST_TEST_PRIVILEGED_KEY", privileged: true },
] as const;

/** The accounts in the environment. @throws Problem if one has a name but no key, or a key but no name */
export function accountsOf(env: Readonly<Record<string, string | undefined>>): LocalAccount[] {
  return VARIABLES.flatMap(({ name, key, privileged }) => {
    const given = { name: env[name] || undefined, key: env[key] || undefined };
    if (given.name === undefined && given.key === undefined) return [];
    if (given.name === undefined || given.key === undefined)
      throw new Problem(`Set both ${name} and ${key}, or neither`);
    return [{ name: given.name, key: given.key, privileged }];
  });
}

/** Creates these accounts, or corrects their keys and rights. */
export async function provideAccounts(redis: Redis, accounts: readonly LocalAccount[]): Promise<void> {
  for (const { key, ...account } of accounts) {
    await removeAccount(redis, account.name);
    if ((await addAccount(redis, account, key)) === "exists") {
      throw new Problem(`The key of ${account.name} is another account's`);
    }
  }
}
