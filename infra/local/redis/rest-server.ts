import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readBody, TooLarge } from "../http/body.ts";
import { CUT, type Cut } from "../http/cut.ts";
import { close, HOST, listen } from "../http/ports.ts";
import { Connection, Unavailable } from "./connection.ts";
import { waitExactly } from "./delay.ts";
import { encode, type Outcome, type RawReply } from "./encoding.ts";
import { INFO, Replica, type ReplicaOptions, tokenOf } from "./replica.ts";
import { BadRequest, type Command, readCommand, readCommands, refusal } from "./rules.ts";
import { Scripts } from "./scripts.ts";

const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** The sync token if the primary serves every read. */
const ALL_SEEN = "primary";

export interface Reply {
  status: number;
  body: unknown;
  /** The database's position after the commands: the next read must have reached it. */
  syncToken?: string;
}

export interface RestCall {
  kind: "command" | "pipeline" | "transaction";
  commands: readonly Command[];
  /** The text of the script that each command calls, as the client sent it; undefined for other commands. */
  scripts: readonly (string | undefined)[];
  /** Executes the commands. A test that does not call it drops them; one that returns something else drops the answer. */
  forward: () => Promise<Reply>;
}

export type Intercept = (call: RestCall) => Promise<Reply | Cut>;

export interface RestServerOptions {
  redisPort: number;
  /** 0: any free port. */
  port?: number;
  token?: string;
  /** Delay of each round trip, half before and half after the commands take effect. */
  delayMs?: number;
  intercept?: Intercept;
  /**
   * A replica beside the primary. It is so far behind that a read without a sync token gets old data:
   * https://upstash.com/docs/redis/howto/readyourwrites. By default the primary serves everything.
   */
  replica?: Omit<ReplicaOptions, "primaryPort">;
}

/** Serves redis-server over HTTP as Upstash does: https://upstash.com/docs/redis/features/restapi. */
export class RedisRestServer {
  readonly token: string;
  delayMs: number;
  intercept: Intercept | undefined;
  readonly #connection: Connection;
  #replica: Replica | undefined;
  readonly #scripts = new Scripts();
  readonly #server: Server;
  #port = 0;
  #requests = 0;
  #commands = 0;

  private constructor(options: RestServerOptions) {
    this.token = options.token ?? randomBytes(18).toString("base64url");
    this.delayMs = options.delayMs ?? 0;
    this.intercept = options.intercept;
    this.#connection = new Connection(options.redisPort);
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      // Never rejects: every error is an answer.
      void this.#serve(request, response);
    });
  }

  static async start(options: RestServerOptions): Promise<RedisRestServer> {
    const redisRest = new RedisRestServer(options);
    try {
      await redisRest.#connection.ready();
      const { redisPort: primaryPort, replica } = options;
      if (replica) redisRest.#replica = await Replica.start({ ...replica, primaryPort });
      redisRest.#port = await listen(redisRest.#server, options.port ?? 0, "--redis-rest-port");
    } catch (error) {
      redisRest.#connection.close();
      await redisRest.#replica?.stop();
      throw error;
    }
    return redisRest;
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  /** REST requests so far, and the commands in them (without those in scripts). */
  counts(): { requests: number; commands: number } {
    return { requests: this.#requests, commands: this.#commands };
  }

  async stop(): Promise<void> {
    await close(this.#server);
    this.#connection.close();
    await this.#replica?.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.#answer(request).catch(describe);
    if (reply === CUT) {
      request.socket.destroy();
      return;
    }
    const body = JSON.stringify(reply.body);
    response.writeHead(reply.status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(reply.syncToken === undefined ? {} : { "upstash-sync-token": reply.syncToken }),
    });
    response.end(body);
  }

  async #answer(request: IncomingMessage): Promise<Reply | Cut> {
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      request.resume();
      return { status: 401, body: { error: "WRONGPASS invalid or missing auth token" } };
    }
    const path = request.url?.replace(/\/$/, "") ?? "";
    if (request.method !== "POST" || !["", "/pipeline", "/multi-exec"].includes(path)) {
      request.resume();
      return { status: 404, body: { error: "ERR POST / or /pipeline or /multi-exec" } };
    }
    const json = parse(await readBody(request, MAX_BODY_BYTES));
    const kind = path === "" ? "command" : path === "/pipeline" ? "pipeline" : "transaction";
    const commands = kind === "command" ? [readCommand(json)] : readCommands(json);
    this.#requests += 1;
    this.#commands += commands.length;
    const base64 = request.headers["upstash-encoding"] === "base64";
    if (this.delayMs > 0) await waitExactly(this.delayMs / 2);
    const token = [request.headers["upstash-sync-token"] ?? ""].flat().join();
    const forward = async () => await this.#execute(kind, commands, base64, token).catch(describe);
    const scripts = commands.map((command) => this.#scripts.textOf(command));
    const reply = this.intercept ? await this.intercept({ kind, commands, scripts, forward }) : await forward();
    if (this.delayMs > 0) await waitExactly(this.delayMs / 2);
    return reply;
  }

  async #execute(kind: RestCall["kind"], commands: readonly Command[], base64: boolean, token: string): Promise<Reply> {
    const refusals = commands.map(refusal);
    if (kind === "transaction") {
      const refused = refusals.find((each) => each !== undefined);
      if (refused !== undefined) throw new BadRequest(refused);
      const replies = await this.#connection.transaction(commands.map((command) => this.#scripts.translate(command)));
      const body = commands.map((command, index) => this.#outcome(command, replies[index], base64));
      return { status: 200, body, syncToken: await this.#position() };
    }
    const allowed = commands.filter((_command, index) => refusals[index] === undefined);
    const { replies, token: syncToken } = await this.#run(allowed, token);
    const outcomes = commands.map((command, index): Outcome => {
      const refused = refusals[index];
      return refused === undefined ? this.#outcome(command, replies.shift(), base64) : { error: refused };
    });
    if (kind === "pipeline") return { status: 200, body: outcomes, syncToken };
    const [outcome] = outcomes;
    return { status: outcome !== undefined && "error" in outcome ? 400 : 200, body: outcome, syncToken };
  }

  /** On the replica, if there is one and all commands only read; else on the primary. */
  async #run(commands: readonly Command[], token: string): Promise<{ replies: RawReply[]; token: string }> {
    const translated = commands.map((command) => this.#scripts.translate(command));
    if (this.#replica && translated.length > 0 && translated.every((command) => this.#replica?.serves(command))) {
      const read = await this.#replica.read(translated, token);
      if (read) return read;
    }
    if (this.#replica === undefined) return { replies: await this.#connection.send(translated), token: ALL_SEEN };
    const replies = await this.#connection.send([...translated, INFO]);
    return { token: tokenOf(replies.pop()), replies };
  }

  async #position(): Promise<string> {
    if (this.#replica === undefined) return ALL_SEEN;
    const [info] = await this.#connection.send([INFO]);
    return tokenOf(info);
  }

  #outcome(command: Command, reply: RawReply | undefined, base64: boolean): Outcome {
    const sha = reply instanceof Error ? undefined : this.#scripts.shaToAnswer(command);
    return encode(sha === undefined ? (reply ?? null) : Buffer.from(sha), base64);
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new BadRequest("ERR the body is no JSON");
  }
}

function describe(error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TooLarge) return { status: 413, body: { error: "ERR max request size exceeded (10 MB)" } };
  if (error instanceof Unavailable) return { status: 503, body: { error: `Service Unavailable: ${message}` } };
  return { status: 400, body: { error: message } };
}
