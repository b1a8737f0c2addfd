import { type Account, findAccount } from "../../accounts/accounts.ts";
import type { Scope } from "../../packages/scope.ts";
import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request.ts";

/** RFC 9110 wants to know by what a 401 can be got over: the header `Authorization` is the key itself. */
const CHALLENGE = { "www-authenticate": "Key" };

/** What those are told who have no key, one that is nobody's, or another's. */
export const unauthorized = {
  missing: () => new HttpError(401, "This needs an account's key in the header Authorization.", CHALLENGE),
  unknown: (key: string) =>
    new HttpError(401, `The key in the header Authorization is unknown.${hintFor(key)}`, CHALLENGE),
  other: () => new HttpError(401, "The key in the header Authorization is not this user's.", CHALLENGE),
  unprivileged: () =>
    new HttpError(401, "This needs a privileged account's key in the header Authorization.", CHALLENGE),
} as const;

/** Many clients send a word before the key, such as `Bearer`. No key contains a space. */
function hintFor(key: string): string {
  return key.includes(" ") ? " The header is the key alone, without a word such as Bearer before it." : "";
}

/**
 * Who calls, by the key in `Authorization`; undefined for who sends none. No other header says who somebody is.
 * @throws HttpError 401 for a key that is nobody's
 */
export async function accountOf(request: HttpRequest, context: ApiContext): Promise<Account | undefined> {
  const key = request.key;
  if (key === undefined) return undefined;
  const account = await findAccount(context.redis, key);
  if (account === undefined) throw unauthorized.unknown(key);
  return account;
}

/** Who calls, where nobody may without a key. @throws HttpError 401 */
export async function requireAccount(request: HttpRequest, context: ApiContext): Promise<Account> {
  const account = await accountOf(request, context);
  if (account === undefined) throw unauthorized.missing();
  return account;
}

/** The user in the path, who must be the one who calls. @throws HttpError 401 */
export async function requireUser(request: HttpRequest, context: ApiContext): Promise<Account> {
  const account = await requireAccount(request, context);
  if (account.name !== request.params.user) throw unauthorized.other();
  return account;
}

/** Who calls, and for which test cases: those in the path. @throws HttpError 401 for another user's */
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

/** As `requireScope`, for who wants to change what is in it. @throws HttpError 401 */
export async function requireRights(request: HttpRequest, context: ApiContext): Promise<Scope> {
  const { account, scope } = await requireScope(request, context);
  if (scope.kind === "user" || account?.privileged) return scope;
  throw unauthorized.unprivileged();
}
