import { Redis } from "ioredis";
import { Oracle } from "../../../support/oracle.ts";
import { channels, JOBS, type RequestMessage, type ResponseMessage } from "./messages.ts";

/** A worker: waits for a test, and serves it until it is stopped. Its argument is Redis' port. */
const port = Number(process.argv[2]);
const commands = new Redis({ port });
const listener = new Redis({ port });

process.on("disconnect", () => process.exit());
for (;;) {
  const job = await commands.brpop(JOBS, 0);
  if (job !== null) await work(job[1]);
}

async function work(testid: string): Promise<void> {
  const test = await Oracle.select("testcase1");
  const stopped = Promise.withResolvers<void>();
  const answer = async (response: ResponseMessage) => {
    await commands.publish(channels.response(testid), JSON.stringify(response));
  };
  const serve = async ({ id, method, params }: RequestMessage) => {
    if (method === "step") test.step = Number(params.step);
    const payload = method === "advance" ? await test.advance(params) : { step: test.step };
    await answer({ id, status: 200, payload });
    if (method === "stop") stopped.resolve();
  };
  // One message after the other, in their order.
  let last: Promise<void> = Promise.resolve();
  const onMessage = (_channel: string, text: string) => {
    last = last.then(() => serve(JSON.parse(text) as RequestMessage));
  };
  listener.on("message", onMessage);
  await listener.subscribe(channels.request(testid));
  await answer({ id: "ready", status: 200, payload: { testid } });
  await stopped.promise;
  listener.off("message", onMessage);
  await listener.unsubscribe(channels.request(testid));
}
