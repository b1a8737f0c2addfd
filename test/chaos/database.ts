import { setTimeout as sleep } from "node:timers/promises";
import { keys } from "../../functions/platform/keys.ts";
import { record } from "../../functions/platform/reply.ts";
import { Connection } from "../../infra/local/gateway/connection.ts";
import type { RawReply } from "../../infra/local/gateway/encoding.ts";
import type { Command } from "../../infra/local/gateway/rules.ts";
import type { Entry } from "./history.ts";

/** What a test is at one moment, read past the gateway and its faults. */
export interface Committed {
  readonly revision: number;
  readonly unanswered: number;
  readonly entries: readonly Entry[];
}

/** redis-server itself, as the checker reads it: patient while it is down. */
export class Database {
  readonly #connection: Connection;

  constructor(port: number) {
    this.#connection = new Connection(port);
  }

  async committed(testid: string): Promise<Committed> {
    const [revision, unanswered, entries] = await this.#patiently(() =>
      this.#connection.transaction([
        ["HGET", keys.test(testid), "revision"],
        ["XLEN", keys.request(testid)],
        ["XRANGE", keys.response(testid), "-", "+"],
      ]),
    );
    return {
      revision: Number(textOf(revision)),
      unanswered: Number(unanswered),
      entries: (textOf(entries) as [string, string[]][]).map(([id, flat]) => {
        const { status, body } = record(flat);
        return { id, status: Number(status), text: body ?? "" };
      }),
    };
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
