import { createHash, randomBytes } from "node:crypto";
import { keys } from "../platform/keys.ts";
import type { Redis } from "../platform/redis.ts";

/** A caller. Tests and private test cases belong to the name of an account. */
export interface Account {
  readonly name: string;
  /** Whether the account may upload and delete the test cases that all callers share. */
  readonly privileged: boolean;
}

/** Owner of tests that were selected without an account. No account may have this name. */
export const ANONYMOUS = "anonymous";

/** The name is part of Redis keys, S3 keys and URL paths, so it contains no character with a meaning there. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;

/** No account can have this name. */
export class BadAccountName extends Error {
  override readonly name = "BadAccountName";
}

/** Redis stores this hash instead of the key. Keys are long and random, so a plain hash is safe against guessing. */
export function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** A new key: 256 random bits. */
export function newKey(): string {
  return randomBytes(32).toString("base64url");
}

/** The account of a key: one round trip, 2 commands. @returns undefined for an unknown key */
export async function findAccount(redis: Redis, key: string): Promise<Account | undefined> {
  const found = await redis.command(["HGET", keys.accountKeys(), hashOf(key)]);
  return typeof found === "string" ? readAccount(found) : undefined;
}

/**
 * Creates an account with this key. If the name or the key is in use, nothing changes: no account may get the rights of
 * another one. Operators run this now and then; if it is interrupted between two commands, `removeAccount` cleans up.
 * @throws BadAccountName
 */
export async function addAccount(redis: Redis, account: Account, key: string): Promise<"added" | "exists"> {
  const { name, privileged } = account;
  if (!NAME.test(name) || name === ANONYMOUS) {
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

/** Removes an account; its key becomes unknown. Its tests and files stay. */
export async function removeAccount(redis: Redis, name: string): Promise<"removed" | "unknown"> {
  const hash = await redis.command(["HGET", keys.accounts(), name]);
  if (typeof hash !== "string") return "unknown";
  await redis.command(["HDEL", keys.accountKeys(), hash]);
  await redis.command(["HDEL", keys.accounts(), name]);
  return "removed";
}

/** All accounts, sorted by name. */
export async function listAccounts(redis: Redis): Promise<Account[]> {
  const found = (await redis.command(["HVALS", keys.accountKeys()])) as string[];
  return found.map(readAccount).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Parses an account as Redis stores it. */
export function readAccount(json: string): Account {
  return JSON.parse(json) as Account;
}
