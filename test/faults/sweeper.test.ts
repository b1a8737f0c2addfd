import { afterEach, beforeEach, describe, expect, it } from "vitest";
import stopScript from "../../functions/lifecycle/create-and-stop/stop.lua";
import { keys } from "../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { intercept } from "../support/disturb.ts";
import { send } from "../support/disturbed-test.ts";

const HOUR_MS = 3_600_000;
const IDLE_MS = 24 * HOUR_MS;
const cloud = useCloud({ workers: 1, environment: { IDLE_MS: String(IDLE_MS), DOORBELL_GRACE_MS: "600000" } });
const client = clientOf(cloud);
let redis: Redis;
let testid: string;

beforeEach(async () => {
  testid = await client.selectTest();
  redis = createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
});
afterEach(async () => {
  await client.call("PUT", `/stop/${testid}`);
});

/** As if the test had been given its last command long ago: in the index and in itself. */
async function age(): Promise<number> {
  const longAgoMs = Date.now() - IDLE_MS - HOUR_MS;
  await redis.command(["ZADD", keys.active(testid), longAgoMs, testid]);
  await redis.command(["HSET", keys.test(testid), "timestamp", longAgoMs]);
  return longAgoMs;
}

describe("the sweeper", () => {
  it("ends a test that was idle for too long, and leaves nothing but its answers", async () => {
    await age();
    expect(await cloud().tick()).toMatchObject({ ended: 1 });
    expect((await client.call("GET", `/status/${testid}`)).status).toBe(400);
    expect(await redis.command(["KEYS", `*${testid}*`])).toEqual([keys.response(testid)]);
    expect(await redis.command(["ZCARD", keys.active(testid)])).toBe(0);
  });

  it("spares a test that was given a command meanwhile, and asks again only when that is old", async () => {
    const longAgoMs = await age();
    await client.call("POST", `/advance/${testid}`, { body: {} });
    expect(await cloud().tick()).toMatchObject({ ended: 0 });
    expect((await client.call("GET", `/status/${testid}`)).json).toBe("Running");
    expect(Number(await redis.command(["ZSCORE", keys.active(testid), testid]))).toBeGreaterThan(longAgoMs + IDLE_MS);
  });

  it("spares a test whose request is not answered yet", async () => {
    cloud().doorbells.lose();
    await send(client, "POST", `/advance/${testid}`);
    cloud().doorbells.restore();
    await age();
    expect(await cloud().tick()).toMatchObject({ ended: 0 });
    expect((await client.call("GET", `/status/${testid}`)).json).toBe("Running");
  });

  it("rings for one that is waiting only after a while, and not every minute", async () => {
    cloud().doorbells.lose();
    await send(client, "POST", `/advance/${testid}`);
    cloud().doorbells.restore();
    expect(await cloud().tick()).toMatchObject({ rung: 0 });
    await redis.command(["ZADD", keys.outstanding(testid), Date.now() - 601_000, testid]);
    cloud().doorbells.lose();
    expect(await cloud().tick()).toMatchObject({ rung: 1 });
    expect(await cloud().tick()).toMatchObject({ rung: 0 });
    cloud().doorbells.restore();
  });

  it("removes a test whose start has failed, where the worker could not", async () => {
    cloud().doorbells.lose();
    const location = await send(client, "POST", "/testcases/testcase1/select");
    cloud().doorbells.restore();
    const failing = location.split("/")[2] ?? "";
    await redis.command(["HSET", keys.test(failing), "version", "of another deployment"]);
    await redis.command(["ZADD", keys.outstanding(failing), Date.now() - 601_000, failing]);
    intercept(cloud(), stopScript, failing, async () => CUT);
    await cloud().tick();
    const answer = await until("an answer", async () => {
      const { status } = await client.call("GET", location);
      return status === 202 ? undefined : status;
    });
    expect(answer).toBe(500);
    expect((await client.call("GET", `/status/${failing}`)).json).toBe("Queued");
    cloud().redisRest.intercept = undefined;
    await cloud().tick();
    expect((await client.call("GET", `/status/${failing}`)).status).toBe(400);
    expect(await redis.command(["KEYS", `*${failing}*`])).toEqual([keys.response(failing)]);
    expect(await redis.command(["EXISTS", keys.failedStarts()])).toBe(0);
  });
});
