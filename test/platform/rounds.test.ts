import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Call, PipelinedRedis, Redis } from "../../functions/platform/redis.ts";
import { Rounds } from "../../functions/platform/rounds.ts";

it("tasks that take their time between two calls share two round trips, and each gets its own replies", async () => {
  const sent: number[] = [];
  const echo: Pick<PipelinedRedis, "pipeline"> = {
    pipeline: async (calls: readonly Call[]) => {
      sent.push(calls.length);
      return calls.map((call) => ({ reply: "command" in call ? call.command[1] : null }));
    },
  };
  const tasks = Array.from({ length: 5 }, (_, turns) => async (redis: Redis) => {
    const first = await redis.command(["GET", `${turns} first`]);
    for (let i = 0; i < turns; i++) await nextTurn();
    return [first, await redis.command(["GET", `${turns} second`])];
  });
  const replies = await new Rounds(echo as PipelinedRedis).all(tasks);
  expect(replies).toEqual([0, 1, 2, 3, 4].map((turns) => [`${turns} first`, `${turns} second`]));
  expect(sent).toEqual([5, 5]);
});

it("in parts, the calls of some tasks are sent before the next ones begin, and all later ones together", async () => {
  const seen: string[] = [];
  const held: (() => void)[] = [];
  const slow: Pick<PipelinedRedis, "pipeline"> = {
    pipeline: async (calls: readonly Call[]) => {
      seen.push(`sent ${calls.length}`);
      // Nothing is answered before all parts are in flight.
      if (held.length < 2) await new Promise<void>((resolve) => held.push(resolve));
      else for (const release of held) release();
      return calls.map((call) => ({ reply: "command" in call ? call.command[1] : null }));
    },
  };
  const tasks = [0, 1, 2, 3, 4].map((task) => async (redis: Redis) => {
    seen.push(`began ${task}`);
    const first = await redis.command(["GET", `${task} first`]);
    return [first, await redis.command(["GET", `${task} second`])];
  });
  const replies = await new Rounds(slow as PipelinedRedis, { part: 2 }).all(tasks);
  expect(replies).toEqual([0, 1, 2, 3, 4].map((task) => [`${task} first`, `${task} second`]));
  expect(seen).toEqual([
    ...["began 0", "began 1", "sent 2", "began 2", "began 3", "sent 2", "began 4", "sent 1"],
    "sent 5",
  ]);
});

it("in parts, a task that fails does not keep the next ones from beginning", async () => {
  const echo: Pick<PipelinedRedis, "pipeline"> = {
    pipeline: async (calls: readonly Call[]) => calls.map(() => ({ reply: "done" })),
  };
  const begun: number[] = [];
  const tasks = [0, 1, 2].map((task) => async (redis: Redis) => {
    begun.push(task);
    if (task === 0) throw new Error("The first one failed");
    return await redis.command(["GET", String(task)]);
  });
  await expect(new Rounds(echo as PipelinedRedis, { part: 1 }).all(tasks)).rejects.toThrow("The first one failed");
  expect(begun).toEqual([0, 1, 2]);
});
