import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIPv6, type Socket } from "node:net";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { TimeOver, within } from "../../programs/deadline.ts";
import { readBody, TooLarge } from "../http/body.ts";
import { close, HOST, listen } from "../http/ports.ts";
import type { Outcome } from "../lambda/host/instance.ts";
import type { Cors } from "../stack/wiring.ts";
import { isLoopback, readHost } from "./address.ts";
import { answerPreflight, withCors } from "./cors.ts";
import { type HttpRequest, toEvent } from "./event.ts";
import { type HttpResponse, message, toResponse } from "./response.ts";
import { RouteTable } from "./routes.ts";
import { type BehindApiGateway, passOn, storagePath, throughOneAddress } from "./storage-path.ts";
import type { WebSockets } from "./web-socket.ts";

export interface ApiGatewayOptions {
  /** 0: any free port. */
  port: number;
  /** The address to listen on; by default other machines cannot reach it. */
  host?: string | undefined;
  /** S3, which clients reach through this server. */
  storage?: BehindApiGateway;
  routes: readonly string[];
  timeoutMs: number;
  /** The CORS rules, if there are any. */
  cors: Cors | undefined;
  /** The WebSocket API, on the same port; in AWS it has an address of its own. */
  sockets?: WebSockets | undefined;
  invoke: (event: APIGatewayProxyEventV2) => Promise<Outcome>;
}

const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** The function's event is JSON that contains the body, and has a size limit. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** Serves the function over HTTP as API Gateway's HTTP API does. */
export class ApiGateway {
  readonly #server: Server;
  readonly #routes: RouteTable;
  readonly #options: ApiGatewayOptions;
  #port = 0;

  private constructor(options: ApiGatewayOptions) {
    this.#options = options;
    this.#routes = new RouteTable(options.routes);
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      // Never rejects: every error is an answer.
      void this.#serve(request, response);
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket as Socket, head));
  }

  static async start(options: ApiGatewayOptions): Promise<ApiGateway> {
    const apiGateway = new ApiGateway(options);
    apiGateway.#port = await listen(apiGateway.#server, options.port, "--port", options.host);
    return apiGateway;
  }

  get url(): string {
    const { host = HOST } = this.#options;
    const isAny = host === "0.0.0.0" || host === "::";
    return `http://${isAny ? HOST : isIPv6(host) ? `[${host}]` : host}:${this.#port}`;
  }

  async stop(): Promise<void> {
    this.#options.sockets?.stop();
    await close(this.#server);
  }

  /** Opens a connection to the WebSocket API. */
  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { sockets, host } = this.#options;
    const called = readHost(request.headers.host, isLoopback(host ?? HOST));
    socket.on("error", () => socket.destroy());
    if (sockets !== undefined && called !== undefined && (request.url ?? "").split("?")[0] === `/${sockets.stage}`) {
      sockets.open(request, socket, head, called, addressOf(socket));
    } else {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { storage, host } = this.#options;
    const called = readHost(request.headers.host, isLoopback(host ?? HOST));
    const path = storage && storagePath(request.url ?? "", storage.bucket);
    if (called !== undefined && path !== undefined && storage !== undefined) {
      passOn(request, response, path, storage);
      return;
    }
    const answering = called === undefined ? this.#refuseHost(request) : this.#answer(request, called);
    const { status, headers, body } = await answering.catch((error: unknown) =>
      error instanceof TooLarge ? message(413, "Request Entity Too Large") : message(500, "Internal Server Error"),
    );
    response.writeHead(status, {
      ...headers,
      ...(hasLength(request, status, body) ? { "content-length": body.length } : {}),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  /** API Gateway refuses hosts that are not an API's in this way. */
  async #refuseHost(request: IncomingMessage): Promise<HttpResponse> {
    await readBody(request, MAX_BODY_BYTES);
    return message(
      403,
      "Forbidden: the header Host is no address of this stack. Option --host opens the stack to other machines.",
    );
  }

  async #answer(request: IncomingMessage, host: string): Promise<HttpResponse> {
    const { method = "GET", url = "/", headers } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    const { cors } = this.#options;
    const match = this.#routes.match(method, url.split("?")[0] ?? "/");
    if (match === undefined) {
      return (cors && answerPreflight(method, headers, cors)) ?? message(404, "Not Found");
    }
    const http: HttpRequest = {
      method,
      url,
      headers: { ...headers, ...forwarded(request) },
      body,
      sourceIp: addressOf(request.socket),
      protocol: `HTTP/${request.httpVersion}`,
    };
    const event = toEvent(http, match, new Date());
    if (body.length * 2 > MAX_EVENT_BYTES && JSON.stringify(event).length > MAX_EVENT_BYTES) throw new TooLarge();
    const { storage } = this.#options;
    const own = await this.#invoke(event);
    const answer = storage === undefined ? own : throughOneAddress(own, url.split("?")[0] ?? "/", host, storage);
    return cors === undefined ? answer : withCors(answer, method, headers, cors);
  }

  async #invoke(event: APIGatewayProxyEventV2): Promise<HttpResponse> {
    try {
      return toResponse(await within(this.#options.invoke(event), this.#options.timeoutMs, "the invocation"));
    } catch (error) {
      if (error instanceof TimeOver) return message(503, "Service Unavailable");
      throw error;
    }
  }
}

/** Without a body, the length of a HEAD answer is unknown. */
function hasLength({ method }: IncomingMessage, status: number, body: Buffer): boolean {
  return status !== 204 && status !== 304 && (method !== "HEAD" || body.length > 0);
}

/** The address of an IPv4 client stays IPv4, also if the server listens on IPv6. */
function addressOf({ remoteAddress = HOST }: Socket): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.)/, "");
}

/** The headers about the client's connection that API Gateway adds. */
function forwarded({ socket, headers }: IncomingMessage): Record<string, string> {
  return {
    "x-forwarded-for": [headers["x-forwarded-for"] ?? [], addressOf(socket)].flat().join(", "),
    "x-forwarded-port": String(socket.localPort ?? ""),
    "x-forwarded-proto": "http",
  };
}
