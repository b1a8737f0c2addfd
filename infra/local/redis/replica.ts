import { setTimeout as sleep } from "node:timers/promises";
import type { Watchdog } from "../../programs/watchdog.ts";
import { Connection } from "./connection.ts";
import { DelayedPipe } from "./delayed-pipe.ts";
import type { RawReply } from "./encoding.ts";
import { LocalRedis } from "./redis-server.ts";
import type { Command } from "./rules.ts";

export interface ReplicaOptions {
  readonly primaryPort: number;
  /** Its delay behind the primary, ms. */
  readonly lagMs: number;
  /** The folder of the server's files. */
  readonly dir: string;
  readonly logFile: string;
  readonly watchdog: Watchdog;
}

const START_LIMIT_MS = 30_000;
/** How long a read waits until the replica reaches its sync token, ms. */
const SYNC_LIMIT_MS = 10_000;
const LOOK_MS = 5;

/** A server's position in the primary's stream of writes: the id of the history, and the number of bytes. */
interface Position {
  readonly history: string;
  readonly offset: number;
}

/** A real replica of the primary redis-server. The data from the primary are delayed, so that it is behind. */
export class Replica {
  readonly #pipe: DelayedPipe;
  readonly #server: LocalRedis;
  readonly #connection: Connection;
  readonly #reads: ReadonlySet<string>;

  private constructor(pipe: DelayedPipe, server: LocalRedis, connection: Connection, reads: ReadonlySet<string>) {
    this.#pipe = pipe;
    this.#server = server;
    this.#connection = connection;
    this.#reads = reads;
  }

  /** Resolves when the replica has a copy of the primary's data. */
  static async start({ primaryPort, lagMs, ...own }: ReplicaOptions): Promise<Replica> {
    const pipe = await DelayedPipe.start(primaryPort, lagMs);
    let server: LocalRedis | undefined;
    let connection: Connection | undefined;
    try {
      server = await LocalRedis.start({ ...own, port: 0, appendfsync: "everysec", replicaOf: pipe.port });
      connection = new Connection(server.port);
      await connection.ready();
      const giveUpAt = performance.now() + START_LIMIT_MS;
      while (!(await replication(connection)).includes("master_link_status:up")) {
        if (performance.now() > giveUpAt) throw new Error("The replica does not reach its primary");
        await sleep(LOOK_MS);
      }
      return new Replica(pipe, server, connection, await readingCommands(connection));
    } catch (error) {
      connection?.close();
      await server?.stop();
      await pipe.stop();
      throw error;
    }
  }

  /** Whether the replica may serve a command: one that Redis declares as read-only, such as EVAL_RO, not EVAL. */
  serves(command: Command): boolean {
    return this.#reads.has(command[0].toUpperCase());
  }

  /**
   * Runs read-only commands on the replica.
   * @param token the position to wait for, if any
   * @returns undefined if the replica cannot serve now, or does not reach the token; otherwise with its own token
   */
  async read(commands: readonly Command[], token: string): Promise<{ replies: RawReply[]; token: string } | undefined> {
    try {
      const wanted = readToken(token);
      if (wanted !== undefined && !(await this.#reach(wanted))) return undefined;
      const replies = await this.#connection.send([...commands, INFO]);
      const position = positionIn(text(replies.pop()));
      const isUnable = replies.some((reply) => reply instanceof Error && /^(LOADING|MASTERDOWN)/.test(reply.message));
      return isUnable ? undefined : { replies, token: writeToken(position) };
    } catch {
      return undefined;
    }
  }

  async #reach(wanted: Position): Promise<boolean> {
    const giveUpAt = performance.now() + SYNC_LIMIT_MS;
    for (;;) {
      const { history, offset } = positionIn(await replication(this.#connection));
      if (history !== wanted.history) return false;
      if (offset >= wanted.offset) return true;
      if (performance.now() > giveUpAt) return false;
      await sleep(LOOK_MS);
    }
  }

  async stop(): Promise<void> {
    this.#connection.close();
    await this.#server.stop();
    await this.#pipe.stop();
  }
}

/** Asks a server for its position. Send it directly after the commands on their connection. */
export const INFO: Command = ["INFO", "replication"];

/** The sync token of a server's position, from its reply to `INFO`. */
export function tokenOf(reply: RawReply | undefined): string {
  return writeToken(positionIn(text(reply)));
}

function writeToken({ history, offset }: Position): string {
  return `${history}-${offset}`;
}

function readToken(token: string): Position | undefined {
  const [, history = "", offset] = /^([0-9a-f]+)-(\d+)$/.exec(token) ?? [];
  return offset === undefined ? undefined : { history, offset: Number(offset) };
}

/** A replica counts the bytes that it has applied, a primary those that it has sent. */
function positionIn(info: string): Position {
  const [, history = ""] = /^master_replid:([0-9a-f]+)/m.exec(info) ?? [];
  const [, offset = "0"] = /^slave_repl_offset:(\d+)/m.exec(info) ?? /^master_repl_offset:(\d+)/m.exec(info) ?? [];
  return { history, offset: Number(offset) };
}

async function replication(connection: Connection): Promise<string> {
  const [reply] = await connection.send([INFO]);
  return text(reply);
}

/** The read-only commands, by the server's own table. */
async function readingCommands(connection: Connection): Promise<ReadonlySet<string>> {
  const [table] = await connection.send([["COMMAND"]]);
  const reads = new Set<string>();
  for (const entry of Array.isArray(table) ? table : []) {
    const [name, , flags] = Array.isArray(entry) ? entry : [];
    if (Array.isArray(flags) && flags.some((flag) => text(flag) === "readonly")) reads.add(text(name).toUpperCase());
  }
  return reads;
}

function text(reply: RawReply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString() : String(reply ?? "");
}
