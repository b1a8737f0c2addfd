import { setTimeout as sleep } from "node:timers/promises";
import { lineagesOf } from "../../../functions/lifecycle/record/checkpoint-list.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { record } from "../../../functions/platform/reply.ts";
import { Connection } from "../../../infra/local/redis/connection.ts";
import type { RawReply } from "../../../infra/local/redis/encoding.ts";
import type { Command } from "../../../infra/local/redis/rules.ts";
import type { Entry } from "./history.ts";

/** A test at one moment, read without the Redis REST server and its faults. */
export interface Committed {
  readonly revision: number;
  readonly unanswered: number;
  readonly entries: readonly Entry[];
  /** Its lineages of result segments and checkpoints. */
  readonly lineages: readonly string[];
}

/** A direct connection to redis-server for the checker, which waits while the server is down. */
export class Database {
  readonly #connection: Connection;

  constructor(port: number) {
    this.#connection = new Connection(port);
  }

  async committed(testid: string): Promise<Committed> {
    const [test, unanswered, entries] = await this.#patiently(() =>
      this.#connection.transaction([
        ["HMGET", keys.test(testid), "revision", "lineage", "checkpoints"],
        ["XLEN", keys.request(testid)],
        ["XRANGE", keys.response(testid), "-", "+"],
      ]),
    );
    const [revision, lineage, checkpoints] = textOf(test) as (string | null)[];
    const fields = { ...(lineage ? { lineage } : {}), ...(checkpoints ? { checkpoints } : {}) };
    return {
      revision: Number(revision),
      lineages: lineagesOf(fields),
      unanswered: Number(unanswered),
      entries: (textOf(entries) as [string, string[]][]).map(([id, flat]) => {
        const { status, body } = record(flat);
        return { id, status: Number(status), text: body ?? "" };
      }),
    };
  }

  /** The revision of each test that there is. */
  async revisions(testids: readonly string[]): Promise<Map<string, number>> {
    if (testids.length === 0) return new Map();
    const replies = await this.#patiently(() =>
      this.#connection.send(testids.map((testid) => ["HGET", keys.test(testid), "revision"])),
    );
    const found = testids.map((testid, i): [string, number] => [testid, Number(textOf(replies[i]) ?? 0)]);
    return new Map(found.filter(([, revision]) => revision > 0));
  }

  /** A description of every unanswered request, by its test and id. */
  async unanswered(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const key of (await this.command(["KEYS", keys.request("*")])) as string[]) {
      for (const [id, flat] of (await this.command(["XRANGE", key, "-", "+"])) as [string, string[]][]) {
        found.set(`${key} ${id}`, `the request ${record(flat).method} ${id} in ${key}`);
      }
    }
    return found;
  }

  async command(command: Command): Promise<unknown> {
    const [reply] = await this.#patiently(() => this.#connection.send([command]));
    return textOf(reply);
  }

  close(): void {
    this.#connection.close();
  }

  async #patiently<T>(read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read();
      } catch (error) {
        if (attempt === 200) throw error;
        await sleep(50);
      }
    }
  }
}

function textOf(reply: RawReply | undefined): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString();
  return Array.isArray(reply) ? reply.map(textOf) : reply;
}
