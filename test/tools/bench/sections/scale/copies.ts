import { randomUUID } from "node:crypto";
import { keys } from "../../../../../functions/platform/keys.ts";
import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import { Connection } from "../../../../../infra/local/redis/connection.ts";
import type { Command } from "../../../../../infra/local/redis/rules.ts";
import type { Context } from "../../context.ts";
import { JOHN } from "./john.ts";

/** The number of tests of each user in this part. */
export const TESTS_OF_A_USER = 10;
/** Commands are sent to redis-server in batches of this many tests. */
const AT_ONCE = 500;

/** A direct connection to redis-server, because the Redis REST server would slow it down. */
export async function databaseOf(context: Context, { redis }: Cloud): Promise<Connection> {
  const database = new Connection(redis.port);
  context.defer(() => database.close());
  await database.ready();
  return database;
}

/** The parts of a test that are copied: everything, or only the keys of its owner's list. */
export type Extent = "whole" | "listed";

/** Copies of a test with other ids and users: all its keys, and its entries in the indexes. */
export class Copies {
  readonly #database: Connection;
  readonly #model: string;
  readonly #extent: Extent;
  readonly #keys: readonly { readonly name: string; readonly value: Buffer; readonly lifetimeMs: number }[];
  readonly #lineage: string;
  #made = 0;

  private constructor(
    database: Connection,
    model: string,
    extent: Extent,
    found: readonly { readonly name: string; readonly value: Buffer; readonly lifetimeMs: number }[],
    lineage: string,
  ) {
    this.#database = database;
    this.#model = model;
    this.#extent = extent;
    this.#keys = found;
    this.#lineage = lineage;
  }

  /** @param model an idle test of john's */
  static async of(database: Connection, model: string, extent: Extent): Promise<Copies> {
    const [all] = await database.send([["KEYS", `*${model}*`]]);
    const names = (all as Buffer[]).map(String);
    const wanted = names.filter((name) => extent === "whole" || name === keys.userTest(JOHN.name, model));
    const values = await database.send(wanted.map((name): Command => ["DUMP", name]));
    const lifetimes = await database.send(wanted.map((name): Command => ["PTTL", name]));
    const [lineage] = await database.send([["HGET", keys.test(model), "lineage"]]);
    const found = wanted.map((name, i) => {
      const value = values[i];
      if (!Buffer.isBuffer(value)) throw new Error(`${name} has gone meanwhile`);
      return { name, value, lifetimeMs: Math.max(0, Number(lifetimes[i])) };
    });
    return new Copies(database, model, extent, found, String(lineage));
  }

  async make(count: number): Promise<void> {
    for (let made = 0; made < count; made += AT_ONCE) await this.#send(Math.min(AT_ONCE, count - made));
  }

  async #send(count: number): Promise<void> {
    const commands: (readonly [string, ...(string | Buffer)[]])[] = [];
    for (let i = 0; i < count; i++) {
      const testid = randomUUID();
      const user = `user${Math.floor(this.#made++ / TESTS_OF_A_USER)}`;
      const renamed = (name: string) =>
        name.replaceAll(this.#model, testid).replace(`users:${JOHN.name}:`, `users:${user}:`);
      for (const { name, value, lifetimeMs } of this.#keys) {
        commands.push(["RESTORE", renamed(name), String(lifetimeMs), value]);
      }
      commands.push(["SADD", keys.userTests(user), testid]);
      if (this.#extent === "listed") continue;
      commands.push(["HSET", keys.test(testid), "user", user, "lineage", renamed(this.#lineage)]);
      commands.push(["ZADD", keys.active(testid), String(Date.now()), testid]);
    }
    const replies = await this.#database.send(commands as unknown as Command[]);
    const refused = replies.find((reply) => reply instanceof Error);
    if (refused instanceof Error) throw refused;
  }
}
