import { type Account, ANONYMOUS } from "../accounts/accounts.ts";
import type { Holder } from "../lifecycle/create.ts";
import { addressId } from "../limits/address.ts";
import type { ApiContext } from "./context.ts";
import type { HttpRequest } from "./http.ts";
import { TooMany } from "./limits/too-many.ts";

/** Whose the tests are that a call makes, and how many of them may be open. */
export interface Quota {
  readonly holder: Holder;
  readonly mostTests: number;
}

export function quotaOf(account: Account | undefined, request: HttpRequest, { config }: ApiContext): Quota {
  const { testsPerAccount, testsPerAddress } = config.limits;
  if (account !== undefined) return { holder: { user: account.name }, mostTests: testsPerAccount };
  return { holder: { user: ANONYMOUS, address: addressId(request.sourceIp) }, mostTests: testsPerAddress };
}

/** What is said to a holder who has as many open tests as it may, or would have more. */
export function tooManyTests({ holder, mostTests }: Quota, open: number, wanted = 1): TooMany {
  const whose = holder.address === undefined ? "This account" : "Without an account, this address";
  const what = wanted === 1 ? "Stop one first." : `${wanted} more are too many.`;
  // Nobody knows when one will be stopped.
  return new TooMany(`${whose} has ${open} open tests, and may have ${mostTests}. ${what}`, 60);
}
