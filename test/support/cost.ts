import type { Cloud } from "../../infra/local/cloud.ts";
import { growth } from "./cloud.ts";
import { commandsOf } from "./redis.ts";

/** What an operation costs: round trips and commands without the polls, polls, bytes over REST, messages, S3 requests. */
export interface Cost {
  roundTrips: number;
  commands: number;
  polls: number;
  messages: number;
  objects: number;
  bytes: number;
}

/** Counts what `work` costs, if nobody else is at the cloud meanwhile. */
export async function costOf(cloud: Cloud, work: () => Promise<unknown>): Promise<Cost> {
  const { gateway, redis, storage } = cloud;
  let polls = 0;
  let bytes = 0;
  gateway.intercept = async (call) => {
    const [name, , from, to] = call.commands[0] ?? [];
    if (name?.toUpperCase() === "XRANGE" && from === to) polls++;
    const reply = await call.forward();
    bytes += JSON.stringify(call.commands).length + JSON.stringify(reply.body).length;
    return reply;
  };
  const count = async () => ({ rest: gateway.counts(), all: await commandsOf(redis), storage: storage.counts() });
  const before = await count();
  await work();
  const after = await count();
  gateway.intercept = undefined;
  const grown = growth(before.storage, after.storage);
  return {
    roundTrips: after.rest.requests - before.rest.requests - polls,
    commands: after.all - before.all - polls,
    polls,
    messages: grown.SendMessage ?? 0,
    objects: Object.entries(grown).reduce((sum, [name, n]) => sum + (/Message/.test(name) ? 0 : n), 0),
    bytes,
  };
}
