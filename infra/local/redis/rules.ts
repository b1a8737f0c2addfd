/** What the REST interface refuses, as the product does: see https://upstash.com/docs/redis/features/restapi. */

export type Command = [string, ...string[]];

/** The request itself makes no sense. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}

/** One connection serves everybody, so nothing that waits, or that changes the connection's own state. */
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

/** BLOCK is an option only before the keys begin: a stream may well be called that. */
function hasBlock(command: Command): boolean {
  for (const argument of command.slice(1)) {
    const word = argument.toUpperCase();
    if (word === "STREAMS") return false;
    if (word === "BLOCK") return true;
  }
  return false;
}

/** One command, as JSON brought it. */
export function readCommand(value: unknown): Command {
  if (!Array.isArray(value) || value.length === 0) {
    throw new BadRequest("ERR a command is a JSON array that begins with its name");
  }
  const [name, ...rest] = value.map(readArgument);
  if (name === undefined || name === "") throw new BadRequest("ERR empty command");
  return [name, ...rest];
}

/** Several commands. */
export function readCommands(value: unknown): Command[] {
  if (!Array.isArray(value) || value.length === 0) throw new BadRequest("ERR a batch is a JSON array of commands");
  return value.map(readCommand);
}

function readArgument(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new BadRequest("ERR an argument is a string, a number or a boolean");
}
