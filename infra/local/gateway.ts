import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readBody, TooLarge } from "./body.ts";
import { CUT, type Cut } from "./cut.ts";
import { waitExactly } from "./delay.ts";
import { Connection, Unavailable } from "./gateway/connection.ts";
import { encode, type Outcome, type RawReply } from "./gateway/encoding.ts";
import { BadRequest, type Command, readCommand, readCommands, refusal } from "./gateway/rules.ts";
import { Scripts } from "./gateway/scripts.ts";
import { close, HOST, listen } from "./ports.ts";

const MAX_BODY_BYTES = 10 * 1024 * 1024;

export interface Reply {
  status: number;
  body: unknown;
}

export interface GatewayCall {
  kind: "command" | "pipeline" | "transaction";
  commands: readonly Command[];
  /** The text of the script that each command calls, as the client sent it; undefined where it calls none. */
  scripts: readonly (string | undefined)[];
  /** Lets the commands take effect. Not calling it drops them; calling it and returning something else drops the answer. */
  forward: () => Promise<Reply>;
}

export type Intercept = (call: GatewayCall) => Promise<Reply | Cut>;

export interface GatewayOptions {
  redisPort: number;
  /** 0: any free one. */
  port?: number;
  token?: string;
  /** Added to every round trip, half before and half after it takes effect. */
  delayMs?: number;
  intercept?: Intercept;
}

/** Serves redis-server over HTTP as Upstash does: https://upstash.com/docs/redis/features/restapi. */
export class Gateway {
  readonly token: string;
  delayMs: number;
  intercept: Intercept | undefined;
  readonly #connection: Connection;
  readonly #scripts = new Scripts();
  readonly #server: Server;
  #port = 0;
  #requests = 0;
  #commands = 0;

  private constructor(options: GatewayOptions) {
    this.token = options.token ?? randomBytes(18).toString("base64url");
    this.delayMs = options.delayMs ?? 0;
    this.intercept = options.intercept;
    this.#connection = new Connection(options.redisPort);
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      // Never rejects: everything that can go wrong is an answer.
      void this.#serve(request, response);
    });
  }

  static async start(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options);
    try {
      await gateway.#connection.ready();
      gateway.#port = await listen(gateway.#server, options.port ?? 0, "--redis-rest-port");
    } catch (error) {
      gateway.#connection.close();
      throw error;
    }
    return gateway;
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  /** REST requests served so far, and the commands in them (not those inside scripts). */
  counts(): { requests: number; commands: number } {
    return { requests: this.#requests, commands: this.#commands };
  }

  async stop(): Promise<void> {
    await close(this.#server);
    this.#connection.close();
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
    const forward = async () => await this.#execute(kind, commands, base64).catch(describe);
    const scripts = commands.map((command) => this.#scripts.textOf(command));
    const reply = this.intercept ? await this.intercept({ kind, commands, scripts, forward }) : await forward();
    if (this.delayMs > 0) await waitExactly(this.delayMs / 2);
    return reply;
  }

  async #execute(kind: GatewayCall["kind"], commands: readonly Command[], base64: boolean): Promise<Reply> {
    const refusals = commands.map(refusal);
    if (kind === "transaction") {
      const refused = refusals.find((each) => each !== undefined);
      if (refused !== undefined) throw new BadRequest(refused);
      const replies = await this.#connection.transaction(commands.map((command) => this.#scripts.translate(command)));
      return { status: 200, body: commands.map((command, index) => this.#outcome(command, replies[index], base64)) };
    }
    const allowed = commands.filter((_command, index) => refusals[index] === undefined);
    const replies = await this.#connection.send(allowed.map((command) => this.#scripts.translate(command)));
    const outcomes = commands.map((command, index): Outcome => {
      const refused = refusals[index];
      return refused === undefined ? this.#outcome(command, replies.shift(), base64) : { error: refused };
    });
    if (kind === "pipeline") return { status: 200, body: outcomes };
    const [outcome] = outcomes;
    return { status: outcome !== undefined && "error" in outcome ? 400 : 200, body: outcome };
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
