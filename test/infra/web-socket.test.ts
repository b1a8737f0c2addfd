import { setTimeout as delay } from "node:timers/promises";
import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { ApiGateway } from "../../infra/local/api-gateway/api-gateway.ts";
import { Connections } from "../../infra/local/api-gateway/connections.ts";
import { FrameHeads } from "../../infra/local/api-gateway/frames.ts";
import { type SocketLimits, WebSockets } from "../../infra/local/api-gateway/web-socket.ts";
import type { Outcome } from "../../infra/local/lambda/host/instance.ts";

type Event = APIGatewayProxyWebsocketEventV2;
const DONE: Outcome = { kind: "result", payload: '{"statusCode":200,"body":"not for the client"}' };

let open = new AsyncDisposableStack();
afterEach(async () => {
  await open.disposeAsync();
  open = new AsyncDisposableStack();
});

async function start(
  invoke: (event: Event) => Promise<Outcome>,
  { limits = {}, timeoutMs = 60_000 }: { limits?: Partial<SocketLimits>; timeoutMs?: number } = {},
) {
  const sockets = new WebSockets({ stage: "ws", timeoutMs, invoke, limits });
  const connections = open.adopt(await Connections.start(sockets), (each) => each.stop());
  const http = { kind: "result", payload: '"over HTTP"' } as const;
  const apiGateway = open.adopt(
    await ApiGateway.start({
      port: 0,
      routes: ["GET /ws"],
      timeoutMs,
      cors: undefined,
      sockets,
      invoke: async () => http,
    }),
    (each) => each.stop(),
  );
  const post = async (connectionId: string, body: string) =>
    await fetch(`${connections.endpoint}/%40connections/${encodeURIComponent(connectionId)}`, { method: "POST", body });
  return { url: apiGateway.url, post };
}

async function connect(url: string, path = "/ws", options: WebSocket.ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url.replace("http", "ws") + path, options);
  open.defer(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
}

const next = (socket: WebSocket) =>
  new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once("close", resolve));

describe("the local WebSocket API", () => {
  it("makes an event of each message; what the function returns goes nowhere, what it posts goes to the client", async () => {
    const events: Event[] = [];
    const { url, post } = await start(async (event) => {
      events.push(event);
      await post(event.requestContext.connectionId, `${event.body}!`);
      return DONE;
    });
    const socket = await connect(url);
    socket.send("one");
    expect(await next(socket)).toBe("one!");
    socket.send(Buffer.from("two"));
    expect(await next(socket)).toBe("two!");
    expect(events[0]).toMatchObject({
      body: "one",
      isBase64Encoded: false,
      requestContext: {
        routeKey: "$default",
        eventType: "MESSAGE",
        stage: "ws",
        domainName: new URL(url).host,
        identity: { sourceIp: "127.0.0.1" },
        connectionId: events[1]?.requestContext.connectionId,
      },
    });
    expect(await (await fetch(`${url}/ws`)).text()).toBe("over HTTP");
  });

  it("does not let a message wait for the one before", async () => {
    const first = Promise.withResolvers<void>();
    const { url, post } = await start(async ({ body, requestContext: { connectionId } }) => {
      if (body === "one") await first.promise;
      await post(connectionId, body ?? "");
      return DONE;
    });
    const socket = await connect(url);
    socket.send("one");
    socket.send("two");
    expect(await next(socket)).toBe("two");
    first.resolve();
    expect(await next(socket)).toBe("one");
  });

  it("tells the client of a function that fails or takes too long, and of nothing else", async () => {
    const { url } = await start(
      async ({ body }) => {
        if (body === "throw")
          return { kind: "error", error: { errorType: "Error", errorMessage: "secret", trace: [] } };
        if (body === "crash") return { kind: "lost", reason: "secret" };
        return await delay(60_000, DONE, { ref: false });
      },
      { timeoutMs: 300 },
    );
    const socket = await connect(url);
    for (const [sent, message] of [
      ["throw", "Internal server error"],
      ["crash", "Internal server error"],
      ["wait", "Endpoint request timed out"],
    ] as const) {
      socket.send(sent);
      expect(JSON.parse(await next(socket))).toEqual({
        message,
        connectionId: expect.any(String),
        requestId: expect.any(String),
      });
    }
  });

  it.each([
    ["a frame of more than 32 KB", 32 * 1024 + 1, 1],
    ["a message of more than 128 KB", 26 * 1024, 5],
  ])("ends a connection by %s, with 1009, and calls no function", async (_name, bytes, frames) => {
    const bodies: string[] = [];
    const { url } = await start(async ({ body = "" }) => {
      bodies.push(body);
      return DONE;
    });
    const socket = await connect(url);
    for (let i = 1; i <= frames; i++) socket.send("x".repeat(bytes), { fin: i === frames });
    expect(await closed(socket)).toBe(1009);
    expect(bodies).toEqual([]);
  });

  it("takes the largest message, in frames of the largest size, and sends it so", async () => {
    const { url, post } = await start(async ({ body = "", requestContext: { connectionId } }) => {
      expect((await post(connectionId, `${body}x`)).status).toBe(413);
      expect((await post(connectionId, body)).status).toBe(200);
      return DONE;
    });
    const socket = await connect(url);
    for (let i = 1; i <= 4; i++) socket.send("x".repeat(32 * 1024), { fin: i === 4 });
    expect((await next(socket)).length).toBe(128 * 1024);
  });

  it("ends a connection on which nothing is said, pings or not, and one that is old", async () => {
    const idle = await start(async () => DONE, { limits: { idleMs: 200 } });
    const silent = await connect(idle.url);
    const pings = setInterval(() => silent.readyState === WebSocket.OPEN && silent.ping(), 20);
    expect(await closed(silent)).toBe(1001);
    clearInterval(pings);
    const old = await start(async () => DONE, { limits: { connectionMs: 200 } });
    const talking = await connect(old.url);
    const words = setInterval(() => talking.readyState === WebSocket.OPEN && talking.send("x"), 20);
    expect(await closed(talking)).toBe(1001);
    clearInterval(words);
  });

  it("says of a client that is gone that it is gone", async () => {
    const asked = Promise.withResolvers<string>();
    const { url, post } = await start(async ({ requestContext: { connectionId } }) => {
      asked.resolve(connectionId);
      return DONE;
    });
    const socket = await connect(url);
    socket.send("x");
    const connectionId = await asked.promise;
    socket.terminate();
    let status = 200;
    while (status === 200) status = (await post(connectionId, "x")).status;
    expect(status).toBe(410);
    expect((await post("nobody", "x")).status).toBe(410);
  });

  it("refuses other paths, and a name that leads here from elsewhere", async () => {
    const { url } = await start(async () => DONE);
    await expect(connect(url, "/other")).rejects.toThrow("403");
    await expect(connect(url, "/ws", { headers: { host: "evil.example" } })).rejects.toThrow("403");
  });
});

describe("heads of frames", () => {
  /** A client's frames of so many bytes, masked. */
  const frames = (...sizes: number[]) =>
    Buffer.concat(
      sizes.map((size) => {
        const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
        head[0] = 0x81;
        head[1] = 0x80 | (size < 126 ? size : size < 65_536 ? 126 : 127);
        if (head.length === 4) head.writeUInt16BE(size, 2);
        if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2);
        return Buffer.concat([head, Buffer.alloc(4 + size, 0xff)]);
      }),
    );

  it.each([7, 100_000])("are read wherever the bytes are cut: every %d", (piece) => {
    const read = (bytes: Buffer) => {
      const heads = new FrameHeads(70_000);
      const found: boolean[] = [];
      for (let at = 0; at < bytes.length; at += piece) found.push(heads.read(bytes.subarray(at, at + piece)));
      return found.includes(true);
    };
    expect(read(frames(0, 5, 125, 126, 65_535, 65_536, 70_000, 1))).toBe(false);
    expect(read(frames(0, 5, 125, 126, 65_535, 70_001))).toBe(true);
  });
});
