import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

/** What becomes of one request: it is answered instead, or carried out and its answer lost; undefined leaves it alone. */
export type Mishap = "lose the answer" | { readonly status: number; readonly headers?: Record<string, string> };

export interface UnreliableProxy {
  readonly url: string;
  /** Every request that came, as `METHOD /path`. */
  readonly requests: string[];
  /** Decides on each request; the number counts those of the same method and first part of the path, from 0. */
  mishap: (request: string, count: number) => Mishap | undefined;
}

/** A proxy in front of a service, which does to requests what networks do to them. */
export function useUnreliableProxy(target: () => string): () => UnreliableProxy {
  const counts = new Map<string, number>();
  const proxy = { url: "", requests: [] as string[], mishap: (() => undefined) as UnreliableProxy["mishap"] };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = `${request.method} ${request.url}`;
    proxy.requests.push(name);
    const kind = name.split("/").slice(0, 2).join("/");
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const mishap = proxy.mishap(kind, count);
    if (typeof mishap === "object") {
      response.writeHead(mishap.status, mishap.headers).end('{"message":"Of the proxy"}');
      return;
    }
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
    const answer = await fetch(target() + request.url, {
      method: request.method ?? "GET",
      headers: headers as Record<string, string>,
      redirect: "manual",
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (mishap === "lose the answer") {
      response.destroy();
      return;
    }
    // What it answers is not compressed any more.
    const kept = [...answer.headers].filter(
      ([field]) => !/^(content-(encoding|length)|transfer-encoding|connection)$/.test(field),
    );
    response.writeHead(answer.status, Object.fromEntries(kept)).end(body);
  }

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return () => proxy;
}
