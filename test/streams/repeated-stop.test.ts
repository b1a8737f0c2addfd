import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTest, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import stopScript from "../../functions/lifecycle/create-and-stop/stop.lua";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import { type RedisFixture, startRedis } from "../support/redis.ts";

let fixture: RedisFixture;

beforeAll(async () => {
  fixture = await startRedis();
});
afterAll(async () => {
  await fixture.stop();
});

it("a stop that is sent again while the first is under way is answered as that one", async () => {
  const testcase = findTestCase("testcase1");
  if (testcase === undefined) throw new Error("no testcase1");
  const testid = randomUUID();
  await createTest(
    fixture.redis,
    { testid, user: "john", selected: selectedOf(testcase) },
    { nowMs: 1, idleMs: 86_400_000 },
  );
  let again: Promise<string> | undefined;
  fixture.redisRest.intercept = async (call) => {
    // Both have read whose test it is; the second one's script comes first.
    if (call.scripts[0] === stopScript && again === undefined) {
      again = stopTest(fixture.redis, testid, { idempotencyKey: "k" });
      await again;
    }
    return await call.forward();
  };
  expect(await stopTest(fixture.redis, testid, { idempotencyKey: "k" })).toBe("stopped");
  expect(await again).toBe("stopped");
  expect(await stopTest(fixture.redis, testid, { idempotencyKey: "other" })).toBe("unknown");
});
