import { Redis, Command as RedisCommand } from "ioredis";
import { within } from "../../programs/deadline.ts";
import { HOST } from "../http/ports.ts";
import type { RawReply } from "./encoding.ts";
import type { Command } from "./rules.ts";

/** The server cannot be reached, or ended before its answer: whether the command took effect is unknown. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

const COMMAND_LIMIT_MS = 20_000;
const READY_LIMIT_MS = 30_000;
const LOADING_RETRY_MS = 20;

/** The one connection to redis-server. It fails at once while the server is down, and reconnects by itself. */
export class Connection {
  readonly #redis: Redis;

  constructor(port: number) {
    this.#redis = new Redis({
      host: HOST,
      port,
      // ioredis would flatten XREADGROUP's replies in RESP3 by one level.
      protocol: 2,
      // No command is repeated or queued: the caller learns the failure at once and decides.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_LIMIT_MS,
      connectTimeout: 2_000,
      // Otherwise ioredis waits for as long as a server that loads its file guesses: a second at least, and up to ten.
      maxLoadingRetryTime: LOADING_RETRY_MS,
      disableClientInfo: true,
      retryStrategy: (attempt) => Math.min(20 * attempt, 200),
    });
    // Each failed attempt to connect is an event. Callers get an error of their own.
    this.#redis.on("error", () => {});
  }

  /** Resolves when the server accepts commands. */
  async ready(): Promise<void> {
    if (this.#redis.status === "ready") return;
    await within(new Promise((resolve) => this.#redis.once("ready", resolve)), READY_LIMIT_MS, "reaching redis-server");
  }

  /** Sends commands directly one after the other: no other command comes between them. */
  async send(commands: readonly Command[]): Promise<RawReply[]> {
    // One write to the socket for all of them. There is no stream before the first connection.
    const stream: Redis["stream"] | undefined = this.#redis.stream;
    stream?.cork();
    const replies = commands.map((command) => this.#send(command));
    stream?.uncork();
    return await Promise.all(replies);
  }

  /** All or nothing; rejects with the server's error when the transaction is discarded. */
  async transaction(commands: readonly Command[]): Promise<RawReply[]> {
    const replies = await this.send([["MULTI"], ...commands, ["EXEC"]]);
    const outcome = replies.at(-1) ?? null;
    if (outcome instanceof Error) throw outcome;
    if (!Array.isArray(outcome)) throw new Error("ERR the transaction was discarded");
    return outcome;
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #send([name, ...args]: Command): Promise<RawReply> {
    // ioredis would reshape replies of lower-case commands (HGETALL would become an object).
    const command = new RedisCommand(name.toUpperCase(), args, { replyEncoding: null });
    try {
      return (await this.#redis.sendCommand(command)) as RawReply;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name === "ReplyError") return error;
      throw new Unavailable("redis-server is not available", { cause: error });
    }
  }
}
