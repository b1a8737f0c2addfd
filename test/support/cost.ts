import { keys } from "../../functions/platform/keys.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import type { RestCall } from "../../infra/local/redis/rest-server.ts";
import { growth } from "./cloud.ts";
import { commandsOf } from "./redis.ts";

/** What an operation costs: round trips, commands and bytes over REST without the polls, polls, messages, S3 requests. */
export interface Cost {
  roundTrips: number;
  commands: number;
  /** What waiting has cost, which is as long as the machine takes: looks for the answer, and the long waits taken. */
  polls: number;
  messages: number;
  objects: number;
  bytes: number;
}

/** Whether a call is of who waits: a look for an answer, or asking whether the wait may become a long one. */
function isOfWaiting({ commands }: RestCall): boolean {
  const [name = "", key = "", from, to] = commands[0] ?? [];
  if (name.toUpperCase() === "XRANGE") return from === to;
  const minute = Number(key.slice(key.indexOf(":") + 1));
  return name.toUpperCase() === "HINCRBY" && key === keys.waits(minute);
}

/** Counts what `work` costs, if nobody else is at the cloud meanwhile. */
export async function costOf(cloud: Cloud, work: () => Promise<unknown>): Promise<Cost> {
  const { redisRest, redis, storage } = cloud;
  let polls = 0;
  let looks = 0;
  let bytes = 0;
  redisRest.intercept = async (call) => {
    const isPoll = isOfWaiting(call);
    if (isPoll) polls++;
    // A look for the answers of a batch is a pipeline.
    if (isPoll) looks += call.commands.length;
    const reply = await call.forward();
    if (!isPoll) bytes += JSON.stringify(call.commands).length + JSON.stringify(reply.body).length;
    return reply;
  };
  const count = async () => ({ rest: redisRest.counts(), all: await commandsOf(redis), storage: storage.counts() });
  const before = await count();
  await work();
  const after = await count();
  redisRest.intercept = undefined;
  const grown = growth(before.storage, after.storage);
  return {
    roundTrips: after.rest.requests - before.rest.requests - polls,
    commands: after.all - before.all - looks,
    polls,
    messages: (grown.SendMessage ?? 0) + (grown.SendMessageBatch ?? 0),
    objects: Object.entries(grown).reduce((sum, [name, n]) => sum + (/Message/.test(name) ? 0 : n), 0),
    bytes,
  };
}
