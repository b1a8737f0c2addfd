import { type Account, findAccount } from "../../accounts/accounts.ts";
import type { Scope } from "../../packages/scope.ts";
import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request.ts";

/** RFC 9110 demands that a 401 names an authentication scheme. Here the header `Authorization` is the key itself. */
const CHALLENGE = { "www-authenticate": "Key" };

/** Refusals: no key, an unknown key, another user's key, an account without the privilege. */
export const unauthorized = {
  missing: () => new HttpError(401, "This needs an account's key in the header Authorization.", CHALLENGE),
  unknown: (key: string) =>
    new HttpError(401, `The key in the header Authorization is unknown.${hintFor(key)}`, CHALLENGE),
  other: () => new HttpError(401, "The key in the header Authorization is not this user's.", CHALLENGE),
  unprivileged: () =>
    new HttpError(401, "This needs a privileged account's key in the header Authorization.", CHALLENGE),
} as const;

/** Many clients send a word such as `Bearer` before the key. No key contains a space. */
function hintFor(key: string): string {
  return key.includes(" ") ? " The header is the key alone, without a word such as Bearer before it." : "";
}

/**
 * The caller's account, by the key in `Authorization`; undefined without a key. No other header identifies the caller.
 * @throws HttpError 401 for an unknown key
 */
export async function accountOf(request: HttpRequest, context: ApiContext): Promise<Account | undefined> {
  const key = request.key;
  if (key === undefined) return undefined;
  const account = await findAccount(context.redis, key);
  if (account === undefined) throw unauthorized.unknown(key);
  return account;
}

/** The caller's account, on routes that need a key. @throws HttpError 401 */
export async function requireAccount(request: HttpRequest, context: ApiContext): Promise<Account> {
  const account = await accountOf(request, context);
  if (account === undefined) throw unauthorized.missing();
  return account;
}

/** The caller's account, which must be the user in the path. @throws HttpError 401 */
export async function requireUser(request: HttpRequest, context: ApiContext): Promise<Account> {
  const account = await requireAccount(request, context);
  if (account.name !== request.params.user) throw unauthorized.other();
  return account;
}

/** The caller's account, and the scope of test cases in the path. @throws HttpError 401 for another user's scope */
export async function requireScope(
  request: HttpRequest,
  context: ApiContext,
): Promise<{ readonly account: Account | undefined; readonly scope: Scope }> {
  const { user, namespace } = request.params;
  if (user !== undefined) {
    const account = await requireUser(request, context);
    return { account, scope: { kind: "user", user: account.name } };
  }
  const scope: Scope = namespace === undefined ? { kind: "shared" } : { kind: "namespace", namespace };
  return { account: await accountOf(request, context), scope };
}

/** As `requireScope`, for calls that change the scope. @throws HttpError 401 */
export async function requireRights(request: HttpRequest, context: ApiContext): Promise<Scope> {
  const { account, scope } = await requireScope(request, context);
  if (scope.kind === "user" || account?.privileged) return scope;
  throw unauthorized.unprivileged();
}
