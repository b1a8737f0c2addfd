import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { Redis } from "ioredis";
import { channels, JOBS, type RequestMessage, type ResponseMessage } from "./messages.ts";

/**
 * The web tier of the baseline, as a process. Its arguments are Redis' port, the number of workers, their program and their
 * options for Node.js; it sends its port and its workers' process ids to its parent.
 */
const [, , redisPort = "", count = "", program = "", ...execArgv] = process.argv;

const publisher = new Redis({ port: Number(redisPort) });
const subscriber = new Redis({ port: Number(redisPort) });
const waiting = new Map<string, (response: ResponseMessage) => void>();
const workers: ChildProcess[] = [];

process.on("disconnect", () => process.exit());
subscriber.on("message", (channel: string, text: string) => {
  const response = JSON.parse(text) as ResponseMessage;
  waiting.get(`${channel} ${response.id}`)?.(response);
});
for (let i = 0; i < Number(count); i++) workers.push(fork(program, [redisPort], { execArgv }));

const server = createServer((request, response) => {
  void answer(request).then(({ status, payload }) => {
    const body = JSON.stringify(payload);
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.send?.({ port, workers: workers.map(({ pid }) => pid) });
});

async function answer(request: IncomingMessage): Promise<{ status: number; payload: unknown }> {
  let text = "";
  for await (const chunk of request) text += chunk;
  const [, first = "", second = "", third] = request.url?.split("/") ?? [];
  if (first === "testcases" && third === "select") return { status: 200, payload: await select() };
  if (first !== "advance" && first !== "step" && first !== "stop") return { status: 404, payload: null };
  const id = randomUUID();
  const message: RequestMessage = { id, method: first, params: JSON.parse(text || "{}") };
  const answered = hear(second, id);
  await publisher.publish(channels.request(second), JSON.stringify(message));
  const { status, payload } = await answered;
  return { status, payload: { status, message: "", payload } };
}

async function select(): Promise<{ testid: string }> {
  const testid = randomUUID();
  await subscriber.subscribe(channels.response(testid));
  const ready = hear(testid, "ready");
  await publisher.lpush(JOBS, testid);
  await ready;
  return { testid };
}

function hear(testid: string, id: string): Promise<ResponseMessage> {
  const key = `${channels.response(testid)} ${id}`;
  return new Promise((resolve) => {
    waiting.set(key, (response) => {
      waiting.delete(key);
      resolve(response);
    });
  });
}
