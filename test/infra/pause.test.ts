import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { until } from "../support/cloud.ts";
import { redisOf } from "./toy/client.ts";
import { startToyCloud, toyWiring } from "./toy/cloud.ts";
import { nextCall } from "./toy/next-call.ts";

let cloud: Cloud;

beforeAll(async () => {
  // However long it is paused, its time is not over, and nobody else is given its message.
  cloud = await startToyCloud({ workers: 2, wiring: await toyWiring(60_000), visibilitySeconds: 60 });
});

afterAll(async () => {
  await cloud.stop();
});

it("a process does nothing while it is paused, and goes on where it was", async () => {
  const done = () => redisOf(cloud).lrange("done", 0, -1);
  const ring = (id: string) => cloud.doorbells.ring(JSON.stringify({ id, do: "wait" }));
  const called = nextCall(cloud, "INCR", "deliveries:s");
  await ring("s");
  await called;
  const [busy] = cloud.host.busy("worker");
  if (busy === undefined) throw new Error("Nobody is at work");
  cloud.host.pause(busy.pid);
  // Begun later and no shorter: when this one is done, the first would be, too.
  await ring("later");
  await until("another is done", async () => ((await done()).includes("later") ? true : undefined));
  expect(await done()).toEqual(["later"]);
  const finished = nextCall(cloud, "RPUSH", "done", "s");
  cloud.host.resume(busy.pid);
  await finished;
  expect(await done()).toEqual(["later", "s"]);
  expect(await redisOf(cloud).get("deliveries:s")).toBe(1);
});
