/** Commands that the REST interface refuses, as Upstash's does: see https://upstash.com/docs/redis/features/restapi. */

export type Command = [string, ...string[]];

/** The request itself is malformed. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}

/** All clients share one connection, so that blocking commands, and those that change the connection, are refused. */
const BLOCKING = new Set("BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF".split(" "));
const CONNECTION = new Set(
  (
    "AUTH HELLO SELECT CLIENT QUIT RESET WATCH UNWATCH MULTI EXEC DISCARD SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE " +
    "PUNSUBSCRIBE SUNSUBSCRIBE MONITOR SYNC PSYNC REPLCONF ASKING READONLY READWRITE"
  ).split(" "),
);
const SERVER = new Set(
  "SHUTDOWN DEBUG CONFIG MODULE ACL REPLICAOF SLAVEOF FAILOVER CLUSTER SAVE BGSAVE BGREWRITEAOF SLOWLOG LATENCY MIGRATE".split(
    " ",
  ),
);

/** Why this command is not available, or undefined if it is. */
export function refusal(command: Command): string | undefined {
  const name = command[0].toUpperCase();
  if (BLOCKING.has(name)) return `ERR '${name}' is a blocking command: not available over REST`;
  if (CONNECTION.has(name)) return `ERR '${name}' belongs to a connection: not available over REST`;
  if (SERVER.has(name)) return `ERR '${name}' is not available`;
  if ((name === "XREAD" || name === "XREADGROUP") && hasBlock(command)) {
    return `ERR '${name}' with BLOCK is a blocking command: not available over REST`;
  }
  return undefined;
}

/** BLOCK is an option only before the keys: a stream may have this name. */
function hasBlock(command: Command): boolean {
  for (const argument of command.slice(1)) {
    const word = argument.toUpperCase();
    if (word === "STREAMS") return false;
    if (word === "BLOCK") return true;
  }
  return false;
}

/** One command, from JSON. */
export function readCommand(value: unknown): Command {
  if (!Array.isArray(value) || value.length === 0) {
    throw new BadRequest("ERR a command is a JSON array that begins with its name");
  }
  const [name, ...rest] = value.map(readArgument);
  if (name === undefined || name === "") throw new BadRequest("ERR empty command");
  return [name, ...rest];
}

/** Several commands, from JSON. */
export function readCommands(value: unknown): Command[] {
  if (!Array.isArray(value) || value.length === 0) throw new BadRequest("ERR a batch is a JSON array of commands");
  return value.map(readCommand);
}

function readArgument(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new BadRequest("ERR an argument is a string, a number or a boolean");
}
