import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf } from "../platform/reply.ts";
import { hashOf } from "./accounts.ts";
import source from "./user-tests.lua";

// Apart from accounts.ts, because command-line programs import that file, and Node.js cannot import Lua.
const userTestsScript = script(source);

export type UserTests =
  | { readonly kind: "listed"; readonly testids: readonly string[] }
  | { readonly kind: "unknown" | "other" };

/**
 * The test ids of a user, if the key is that user's: one round trip, 3 commands.
 * @returns `unknown` for an unknown key, `other` for the key of another account
 */
export async function listUserTests(redis: Redis, user: string, key: string): Promise<UserTests> {
  const reply = await redis.run(userTestsScript, [keys.accountKeys(), keys.userTests(user)], [hashOf(key), user]);
  const [kind, testids] = outcomeOf("accounts/user-tests", reply);
  if (kind === "listed") return { kind, testids: (testids as string[]).sort() };
  return { kind: kind === "other" ? kind : "unknown" };
}
