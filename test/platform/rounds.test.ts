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
