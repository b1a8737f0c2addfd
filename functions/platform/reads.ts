/**
 * Reads that see every acknowledged write of all processes.
 *
 * A database of Upstash has several replicas. The primary replica makes the writes, and any replica may serve a reading
 * command, some time behind. The client's sync token makes a process see its own writes, but the commands and queries of
 * a test come to many processes, and BOPTEST's clients carry no token from call to call. A script that does not declare
 * itself read-only (EVAL, not EVAL_RO) runs on the primary. So reading commands are sent as a script: it is billed as one
 * command more, and needs no further round trip.
 */

/** Reading commands outside of scripts, and which of their arguments are keys. */
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

/** Commands that are sent unchanged: writes, which the primary makes, and PING, which reads nothing. */
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
 * Runs one reading command. It is not a `.lua` file, because the programs of `infra` load it without the bundler that
 * turns such files into text.
 */
export const READ_SOURCE = `#!lua flags=allow-key-locking
-- Runs one reading command on the primary.
-- KEYS: 1.. the keys that it reads
-- ARGV: 1 name  2.. arguments after the keys
-- Returns: the reply
local words = {}
for i = 1, #KEYS do words[#words + 1] = KEYS[i] end
for i = 2, #ARGV do words[#words + 1] = ARGV[i] end
return redis.call(ARGV[1], unpack(words))
`;

/** The keys and other arguments of a reading command; undefined for every other command. */
export function partsOfRead(
  command: readonly [string, ...(string | number)[]],
): { readonly keys: string[]; readonly args: string[] } | undefined {
  const [name, ...words] = command.map(String);
  const kind = READS[(name ?? "").toUpperCase()];
  if (name === undefined || kind === undefined) return undefined;
  const count = kind === "all" ? words.length : 1;
  return { keys: words.slice(0, count), args: [name, ...words.slice(count)] };
}
