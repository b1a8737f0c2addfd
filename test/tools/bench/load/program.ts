import { Agent, request } from "node:http";
import { createRedis } from "../../../../functions/platform/redis.ts";
import { EMPTY } from "../empty/script.ts";
import type { Done, LoadOrder, Order, RoundTripOrder } from "./protocol.ts";

/** A process that makes the load, so that the measured processes share only the processor with it. */

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

process.on("disconnect", () => process.exit());
process.on("message", (order: Order) => {
  const working = order.kind === "load" ? load(order) : roundTrips(order);
  void working.then((done) => process.send?.(done));
});

async function load({ urls, method, body, headers = {}, until, keepsAnswers }: LoadOrder): Promise<Done> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = { ...headers, ...(text === undefined ? {} : typed(text)) };
  const times: number[] = [];
  const answers: string[] = [];
  let [failed, failure]: [number, string | undefined] = [0, undefined];
  const startedAt = performance.now();
  const isOver = (calls: number) => ("ms" in until ? performance.now() - startedAt >= until.ms : calls >= until.calls);
  await Promise.all(
    urls.map(async (url) => {
      for (let calls = 0; !isOver(calls); calls++) {
        const calledAt = performance.now();
        const answer = await call(url, method, text, sent);
        times.push(performance.now() - calledAt);
        if (keepsAnswers) answers.push(answer.text);
        if (answer.status === 200) continue;
        failed++;
        failure ??= `${answer.status} ${answer.text.slice(0, 200)}`;
      }
    }),
  );
  return { times, tookMs: performance.now() - startedAt, failed, failure, answers };
}

async function roundTrips({ redisUrl, redisToken, calls }: RoundTripOrder): Promise<Done> {
  const redis = createRedis({ url: redisUrl, token: redisToken });
  const times: number[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) {
    const calledAt = performance.now();
    await redis.run(EMPTY, [], []);
    times.push(performance.now() - calledAt);
  }
  return { times, tookMs: performance.now() - startedAt, failed: 0, failure: undefined, answers: [] };
}

function typed(text: string) {
  return { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
}

function call(
  url: string,
  method: string,
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const sent = request(url, { method, agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once("error", (error) => resolve({ status: 0, text: error.message }));
    sent.end(body);
  });
}
