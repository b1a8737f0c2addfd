import { keys } from "../platform/keys.ts";
import { again, type Redis } from "../platform/redis.ts";
import { holderOf } from "./share.ts";

/** Whose a test is: one command, for doorbells that do not say so. @returns undefined if there is no such test */
export async function readHolder(redis: Redis, testid: string): Promise<string | undefined> {
  const reply = await again(() => redis.command(["HMGET", keys.test(testid), "user", "address"]));
  const [user, address] = reply as (string | null)[];
  return holderOf({ user: user ?? undefined, address: address ?? undefined });
}
