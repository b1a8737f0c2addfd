import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import noteScript from "../../functions/cache/scripts/note.lua";
import { clientOf } from "../support/client.ts";
import { untilQuiet, useCloud } from "../support/cloud.ts";

/** A worker that reads from the cache notes so when it has not for so long, ms. */
const NOTED_MS = 10_000;
/** Days enough for its samples to be worth sharing. */
const INITIALIZE = { start_time: 10 * 86_400, warmup_period: 7 * 86_400 };

const cloud = useCloud({ workers: 1, environment: { INLINE_MS: "0" } });
const client = clientOf(cloud);

it("a worker that has ended leaves nothing under way: Lambda freezes its process", async () => {
  const testid = await client.selectTest();
  const initialize = async () => (await client.call("PUT", `/initialize/${testid}`, { body: INITIALIZE })).status;
  expect(await initialize()).toBe(200);
  await sleep(NOTED_MS + 100);
  const begun = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  cloud().redisRest.intercept = async ({ scripts, forward }) => {
    if (scripts.includes(noteScript)) {
      begun.resolve();
      await free.promise;
    }
    return await forward();
  };
  try {
    // Now the warm-up is read. Its answer waits for no note.
    expect(await initialize()).toBe(200);
    await begun.promise;
    await sleep(200);
    expect(cloud().host.busy("worker")).toHaveLength(1);
  } finally {
    free.resolve();
  }
  await untilQuiet(cloud());
});
