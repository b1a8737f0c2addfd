import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf } from "../streams/reply.ts";
import { hashOf } from "./accounts.ts";
import source from "./user-tests.lua";

const userTestsScript = script(source);

export type UserTests =
  | { readonly kind: "listed"; readonly testids: readonly string[] }
  | { readonly kind: "unknown" | "other" };

/**
 * The tests that a user has, for that user's key only: one round trip, 3 commands, whatever others have.
 * @returns `unknown` for a key that is nobody's, `other` for another account's
 */
export async function listUserTests(redis: Redis, user: string, key: string): Promise<UserTests> {
  const reply = await redis.run(userTestsScript, [keys.accountKeys(), keys.userTests(user)], [hashOf(key), user]);
  const [kind, testids] = outcomeOf("accounts/user-tests", reply);
  if (kind === "listed") return { kind, testids: (testids as string[]).sort() };
  return { kind: kind === "other" ? kind : "unknown" };
}
