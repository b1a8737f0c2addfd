import { join, resolve } from "node:path";
import { addAccount, BadAccountName, listAccounts, newKey, removeAccount } from "../functions/accounts/accounts.ts";
import { ENV } from "../functions/platform/environment.ts";
import { createRedis, type Redis, RedisError } from "../functions/platform/redis.ts";
import { ROOT } from "./bundle.ts";
import { findStack } from "./local/start/stack-file.ts";
import { readArguments } from "./programs/arguments.ts";
import { Problem, runProgram } from "./programs/problem.ts";

/** `npm run accounts`: the accounts of the cloud that the environment names, or of the local one. */

const HELP = `npm run accounts -- add NAME [--privileged] | list | remove NAME

Accounts have a key, which clients send in the header Authorization. It is printed once, when the account is added:
only a hash of it is kept. Privileged ones may upload and delete test cases that all share.

Works on the Redis that ${ENV.redisUrl} and ${ENV.redisToken} name, or else on the stack that "npm start" runs.

  --privileged  the new account's rights
  --data DIR    where the running stack keeps its data (.data)
  --help        shows this
`;

await runProgram(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: { privileged: { type: "boolean" }, data: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const [verb, name, ...others] = positionals;
  if (others.length > 0) throw new Problem(`Unexpected argument ${others[0]}: see --help`);
  if (values.privileged && verb !== "add") throw new Problem("--privileged goes with add: see --help");
  try {
    if (verb === "list" && name === undefined) await list(openRedis(values.data));
    else if (verb === "add" && name !== undefined) await add(openRedis(values.data), name, values.privileged === true);
    else if (verb === "remove" && name !== undefined) await remove(openRedis(values.data), name);
    else throw new Problem('Give "add NAME", "list" or "remove NAME": see --help');
  } catch (error) {
    if (error instanceof BadAccountName) throw new Problem(error.message);
    if (error instanceof RedisError) throw new Problem(`Redis cannot be reached: ${error.message}`);
    throw error;
  }
});

function openRedis(data: string | undefined): Redis {
  const url = process.env[ENV.redisUrl];
  const token = process.env[ENV.redisToken];
  if (url && token) return createRedis({ url, token });
  if (url || token) throw new Problem(`Set both ${ENV.redisUrl} and ${ENV.redisToken}, or neither`);
  const stack = findStack(join(data === undefined ? join(ROOT, ".data") : resolve(data), "stack.json"));
  const { [ENV.redisUrl]: localUrl, [ENV.redisToken]: localToken } = stack?.environments.api ?? {};
  if (!localUrl || !localToken) {
    throw new Problem(`No stack is running: start one with "npm start", or set ${ENV.redisUrl} and ${ENV.redisToken}`);
  }
  return createRedis({ url: localUrl, token: localToken });
}

async function add(redis: Redis, name: string, privileged: boolean): Promise<void> {
  const key = newKey();
  if ((await addAccount(redis, { name, privileged }, key)) === "exists") {
    throw new Problem(`The account ${name} exists already`);
  }
  process.stderr.write(`Added ${name}${privileged ? ", privileged" : ""}. This is its key, shown only now:\n`);
  process.stdout.write(`${key}\n`);
}

async function list(redis: Redis): Promise<void> {
  const accounts = await listAccounts(redis);
  if (accounts.length === 0) process.stderr.write('No accounts: "add NAME" makes one\n');
  for (const { name, privileged } of accounts) process.stdout.write(`${name}${privileged ? "\tprivileged" : ""}\n`);
}

async function remove(redis: Redis, name: string): Promise<void> {
  if ((await removeAccount(redis, name)) === "unknown") throw new Problem(`Unknown account ${name}`);
  process.stderr.write(`Removed ${name}\n`);
}
