import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { TimeOver, within } from "../../programs/deadline.ts";
import type { Outcome } from "../lambda/host/instance.ts";
import { FrameHeads } from "./frames.ts";
import { type BehindApiGateway, textThroughOneAddress } from "./storage-path.ts";

/**
 * What API Gateway lets through
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
 */
export interface SocketLimits {
  frameBytes: number;
  /** Of a message, either way. */
  messageBytes: number;
  /** A connection on which no message came or went for so long is closed. Pings do not count. */
  idleMs: number;
  connectionMs: number;
}

const LIMITS: SocketLimits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  idleMs: 600_000,
  connectionMs: 7_200_000,
};

export interface WebSocketsOptions {
  /** The stage's name, which is the whole path. */
  stage: string;
  /** After this time the client is told that its message was not dealt with, whatever becomes of the invocation. */
  timeoutMs: number;
  invoke: (event: APIGatewayProxyWebsocketEventV2) => Promise<Outcome>;
  /** S3, which clients reach through this server. */
  storage?: BehindApiGateway;
  limits?: Partial<SocketLimits>;
}

interface Connection {
  readonly socket: WebSocket;
  readonly host: string;
  readonly sourceIp: string;
  readonly connectedAt: number;
  readonly idle: NodeJS.Timeout;
}

/** The connections of a WebSocket API with one route, `$default`, without a route response. */
export class WebSockets {
  readonly stage: string;
  readonly #options: WebSocketsOptions;
  readonly #limits: SocketLimits;
  readonly #server: WebSocketServer;
  readonly #connections = new Map<string, Connection>();

  constructor(options: WebSocketsOptions) {
    this.stage = options.stage;
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    const maxPayload = this.#limits.messageBytes;
    this.#server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  }

  /** Takes a request to open a connection. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer, host: string, sourceIp: string): void {
    const heads = new FrameHeads(this.#limits.frameBytes);
    let isTooLarge = heads.read(head);
    let opened: WebSocket | undefined;
    // Ahead of the package's own listener, so that no message of such a frame is taken.
    socket.on("data", (bytes: Buffer) => {
      isTooLarge ||= heads.read(bytes);
      if (isTooLarge) opened?.close(1009, "Frame too large");
    });
    this.#server.handleUpgrade(request, socket, head, (client) => {
      opened = client;
      this.#keep(client, host, sourceIp, () => isTooLarge);
    });
  }

  /** Sends a message to a client, as a function asked. */
  async post(connectionId: string, data: Buffer): Promise<"sent" | "gone" | "too-large"> {
    const connection = this.#connections.get(connectionId);
    if (data.length > this.#limits.messageBytes) return "too-large";
    if (connection?.socket.readyState !== WebSocket.OPEN) return "gone";
    const { storage } = this.#options;
    await this.#send(connection, storage === undefined ? data : textThroughOneAddress(data, connection.host, storage));
    return "sent";
  }

  /** Ends all connections. */
  stop(): void {
    for (const { socket } of this.#connections.values()) socket.terminate();
    this.#server.close();
  }

  #keep(socket: WebSocket, host: string, sourceIp: string, isRefused: () => boolean): void {
    const connectionId = `${randomBytes(10).toString("base64url")}=`;
    const goAway = () => socket.close(1001, "Going away");
    const idle = setTimeout(goAway, this.#limits.idleMs).unref();
    const life = setTimeout(goAway, this.#limits.connectionMs).unref();
    const connection = { socket, host, sourceIp, connectedAt: Date.now(), idle };
    this.#connections.set(connectionId, connection);
    // Followed by a close, with 1009 where a message is too large.
    socket.on("error", () => {});
    socket.on("message", (data) => {
      if (isRefused()) return;
      idle.refresh();
      void this.#answer(connectionId, connection, textOf(data));
    });
    socket.once("close", () => {
      clearTimeout(idle);
      clearTimeout(life);
      this.#connections.delete(connectionId);
    });
  }

  /** Messages of one connection do not wait for each other. What the function returns goes nowhere. */
  async #answer(connectionId: string, connection: Connection, body: string): Promise<void> {
    const requestId = randomUUID();
    const event = this.#event(connectionId, connection, requestId, body);
    const { invoke, timeoutMs } = this.#options;
    const told = await within(invoke(event), timeoutMs, "the invocation").then(
      ({ kind }) => (kind === "result" ? undefined : "Internal server error"),
      (error: unknown) => (error instanceof TimeOver ? "Endpoint request timed out" : "Internal server error"),
    );
    if (told === undefined) return;
    await this.#send(connection, Buffer.from(JSON.stringify({ message: told, connectionId, requestId })));
  }

  /** In frames that are no larger than a client's may be. */
  async #send({ socket, idle }: Connection, data: Buffer): Promise<void> {
    idle.refresh();
    const { frameBytes } = this.#limits;
    let from = 0;
    do {
      const fin = from + frameBytes >= data.length;
      const frame = data.subarray(from, from + frameBytes);
      await new Promise((resolve) => socket.send(frame, { binary: false, fin }, resolve));
      from += frameBytes;
    } while (from < data.length);
  }

  #event(
    connectionId: string,
    { host, sourceIp, connectedAt }: Connection,
    requestId: string,
    body: string,
  ): APIGatewayProxyWebsocketEventV2 {
    const requestContext = {
      routeKey: "$default",
      messageId: `${randomBytes(9).toString("base64url")}=`,
      eventType: "MESSAGE" as const,
      extendedRequestId: requestId,
      requestTime: new Date().toUTCString(),
      messageDirection: "IN" as const,
      stage: this.stage,
      connectedAt,
      requestTimeEpoch: Date.now(),
      identity: { sourceIp },
      requestId,
      domainName: host,
      connectionId,
      apiId: "local",
    };
    return { requestContext, body, isBase64Encoded: false };
  }
}

/** API Gateway takes binary messages as text, too. */
function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString("utf8");
}
