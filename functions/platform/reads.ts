/**
 * Reads that see every write that Redis has acknowledged to anybody.
 *
 * A database of Upstash has several replicas. Writes are made by the primary one, and a reading command may be served by
 * any, which can be some time behind. The client's sync token makes a process see its own writes, but a test's commands
 * and queries come to many processes, and no client of BOPTEST would carry a token from one call to the next. A script
 * that does not declare itself read-only (EVAL, not EVAL_RO) runs where writes are made. So reading commands are sent as
 * one: it is billed as one command more, and takes no further round trip.
 */

/** Reading commands that this project uses, and which of their arguments are keys. Those of scripts do not matter. */
const READS: Readonly<Record<string, "first" | "all">> = {
  EXISTS: "all",
  GET: "first",
  HEXISTS: "first",
  HGET: "first",
  HGETALL: "first",
  HKEYS: "first",
  HLEN: "first",
  HMGET: "first",
  HVALS: "first",
  LLEN: "first",
  LRANGE: "first",
  MGET: "all",
  PTTL: "first",
  SCARD: "first",
  SISMEMBER: "first",
  SMEMBERS: "first",
  SRANDMEMBER: "first",
  STRLEN: "first",
  TTL: "first",
  XLEN: "first",
  XRANGE: "first",
  XREVRANGE: "first",
  ZCARD: "first",
  ZCOUNT: "first",
  ZRANGE: "first",
  ZSCORE: "first",
};

/** Commands that are sent as they are: writes, which only the primary makes, and PING, which reads nothing. */
export const SENT_AS_THEY_ARE: ReadonlySet<string> = new Set([
  "HDEL",
  "HINCRBY",
  "HSET",
  "HSETNX",
  "INCR",
  "PEXPIRE",
  "PING",
  "SADD",
  "SET",
  "SREM",
  "UNLINK",
  "ZADD",
  "ZREM",
]);

/**
 * Runs one reading command. In this file and not in one of its own, because the programs of `infra` load it without the
 * bundler that makes text of `.lua` files.
 */
export const READ_SOURCE = `#!lua flags=allow-key-locking
-- One reading command, run where writes are made.
-- KEYS: 1.. the keys that it reads
-- ARGV: 1 its name  2.. its arguments after the keys
-- Returns: its reply
local words = {}
for i = 1, #KEYS do words[#words + 1] = KEYS[i] end
for i = 2, #ARGV do words[#words + 1] = ARGV[i] end
return redis.call(ARGV[1], unpack(words))
`;

/** The keys, and the other words, of a reading command; undefined for every other command. */
export function partsOfRead(
  command: readonly [string, ...(string | number)[]],
): { readonly keys: string[]; readonly args: string[] } | undefined {
  const [name, ...words] = command.map(String);
  const kind = READS[(name ?? "").toUpperCase()];
  if (name === undefined || kind === undefined) return undefined;
  const count = kind === "all" ? words.length : 1;
  return { keys: words.slice(0, count), args: [name, ...words.slice(count)] };
}
