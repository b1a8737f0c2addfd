import type { Limits } from "../platform/limits.ts";

/** How many workers a holder of tests may have at work at the same time. */
export interface Share {
  /** An account's name, or what stands for the address of an anonymous user. */
  readonly holder: string;
  readonly most: number;
}

/** Whose a test is, by its fields; undefined where they say nothing. No account's name has a slash. */
export function holderOf(test: { readonly user?: string | undefined; readonly address?: string | undefined }) {
  const { user, address } = test;
  if (!user) return undefined;
  return address ? `${user}/${address}` : user;
}

/** The share of a holder. Anonymous users get less: one person may have many addresses. */
export function shareOf(holder: string, { workersPerAccount, workersPerAddress }: Limits): Share {
  // See holderOf: without an account there is an address behind a slash.
  const isAnonymous = holder.includes("/");
  return { holder, most: isAnonymous ? workersPerAddress : workersPerAccount };
}
