import { createHash, randomBytes } from "node:crypto";
import { keys } from "../platform/keys.ts";
import type { Redis } from "../platform/redis.ts";
import { type Account, ANONYMOUS, isAccountName } from "./account.ts";

/** A name that no account can have. */
export class BadAccountName extends Error {
  override readonly name = "BadAccountName";
}

/** Only this is kept of a key. Keys are random and long, so a plain hash is enough: there is nothing to guess. */
export function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** A key that nobody has yet: 256 random bits. */
export function newKey(): string {
  return randomBytes(32).toString("base64url");
}

/** Whose key this is: one round trip, one command. @returns undefined for one that is nobody's */
export async function findAccount(redis: Redis, key: string): Promise<Account | undefined> {
  const found = await redis.command(["HGET", keys.accountKeys(), hashOf(key)]);
  return typeof found === "string" ? readAccount(found) : undefined;
}

/**
 * Creates an account that is known by `key`. One of that name that is there already is left alone, and so is one that has
 * that key: nobody may get another's rights with it. These are an operator's tools, run now and then: should one end
 * between two commands, removing the account clears up.
 * @throws BadAccountName
 */
export async function addAccount(redis: Redis, account: Account, key: string): Promise<"added" | "exists"> {
  const { name, privileged } = account;
  if (!isAccountName(name)) {
    throw new BadAccountName(
      `An account cannot be named ${JSON.stringify(name)}: a letter or digit, then up to 63 of these or of _ . @ - are allowed, and not "${ANONYMOUS}"`,
    );
  }
  const hash = hashOf(key);
  if ((await redis.command(["HSETNX", keys.accounts(), name, hash])) === 0) return "exists";
  const entry = JSON.stringify({ name, privileged } satisfies Account);
  if ((await redis.command(["HSETNX", keys.accountKeys(), hash, entry])) === 1) return "added";
  await redis.command(["HDEL", keys.accounts(), name]);
  return "exists";
}

/** Removes an account: its key is nobody's from then on. Its tests and files stay. */
export async function removeAccount(redis: Redis, name: string): Promise<"removed" | "unknown"> {
  const hash = await redis.command(["HGET", keys.accounts(), name]);
  if (typeof hash !== "string") return "unknown";
  await redis.command(["HDEL", keys.accountKeys(), hash]);
  await redis.command(["HDEL", keys.accounts(), name]);
  return "removed";
}

/** All accounts, by name. */
export async function listAccounts(redis: Redis): Promise<Account[]> {
  const found = (await redis.command(["HVALS", keys.accountKeys()])) as string[];
  return found.map(readAccount).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** An account as it is stored. */
export function readAccount(json: string): Account {
  return JSON.parse(json) as Account;
}
