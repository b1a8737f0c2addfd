import { type Account, ANONYMOUS } from "../../accounts/accounts.ts";
import type { Holder } from "../../lifecycle/create-and-stop/create.ts";
import type { ApiContext } from "../context.ts";
import type { HttpRequest } from "../http/request.ts";
import { addressId } from "./address.ts";
import { TooMany } from "./too-many.ts";

/** The holder of the tests that a call creates, and the largest number of its open tests. */
export interface Quota {
  readonly holder: Holder;
  readonly mostTests: number;
}

export function quotaOf(account: Account | undefined, request: HttpRequest, { config }: ApiContext): Quota {
  const { testsPerAccount, testsPerAddress } = config.limits;
  if (account !== undefined) return { holder: { user: account.name }, mostTests: testsPerAccount };
  return { holder: { user: ANONYMOUS, address: addressId(request.sourceIp) }, mostTests: testsPerAddress };
}

/** The refusal if a holder would have more open tests than allowed. */
export function tooManyTests({ holder, mostTests }: Quota, open: number, wanted = 1): TooMany {
  const whose = holder.address === undefined ? "This account" : "Without an account, this address";
  const hint = wanted === 1 ? "Stop one first." : `The call asks for ${wanted} more.`;
  // The service cannot know when the client will stop a test.
  return new TooMany(`${whose} has ${open} open tests, and may have ${mostTests}. ${hint}`, 60);
}
