import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readBody, TooLarge } from "../http/body.ts";
import { close, HOST, listen } from "../http/ports.ts";
import type { WebSockets } from "./web-socket.ts";

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * The one call of API Gateway's management API that functions make, `PostToConnection`. It is no part of the API's own
 * port: who may post, AWS checks by a signature.
 */
export class Connections {
  readonly #sockets: WebSockets;
  readonly #server: Server;
  #port = 0;

  private constructor(sockets: WebSockets) {
    this.#sockets = sockets;
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      // Never rejects: everything that can go wrong is an answer.
      void this.#serve(request, response);
    });
  }

  static async start(sockets: WebSockets): Promise<Connections> {
    const connections = new Connections(sockets);
    connections.#port = await listen(connections.#server, 0, "--connections-port");
    return connections;
  }

  /** With the stage, as clients of AWS are told it. */
  get endpoint(): string {
    return `http://${HOST}:${this.#port}/${this.#sockets.stage}`;
  }

  async stop(): Promise<void> {
    await close(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const error = await this.#post(request).catch((reason: unknown) =>
      reason instanceof TooLarge ? "PayloadTooLargeException" : "InternalServerErrorException",
    );
    const status = error === undefined ? 200 : (STATUS[error] ?? 500);
    response.writeHead(status, {
      "content-type": "application/json",
      ...(error === undefined ? {} : { "x-amzn-errortype": error }),
    });
    response.end(error === undefined ? "" : JSON.stringify({ message: error }));
  }

  /** @returns the error's name, if any */
  async #post(request: IncomingMessage): Promise<string | undefined> {
    const body = await readBody(request, MAX_BODY_BYTES);
    const [, stage, encoded = ""] = /^\/([^/]+)\/(?:@|%40)connections\/([^/?]+)$/.exec(request.url ?? "") ?? [];
    if (request.method !== "POST" || stage !== this.#sockets.stage) return "ForbiddenException";
    const outcome = await this.#sockets.post(decodeURIComponent(encoded), body);
    if (outcome === "sent") return undefined;
    return outcome === "gone" ? "GoneException" : "PayloadTooLargeException";
  }
}

const STATUS: Readonly<Record<string, number>> = {
  ForbiddenException: 403,
  GoneException: 410,
  PayloadTooLargeException: 413,
};
