import { beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const cloud = useCloud({ workers: 1 });
const { call, selectTest } = clientOf(cloud);

const MESSAGE =
  "This test began with version 0.0.1-old of testcase1, which this service has no more. Stop it and select the test case again.";

describe("a test whose version of its test case is not deployed any more", () => {
  let testid: string;
  beforeAll(async () => {
    testid = await selectTest();
    await redisOf(cloud()).command(["HSET", keys.test(testid), "version", "0.0.1-old"]);
  });

  it.each([
    ["GET", "name", undefined],
    ["GET", "inputs", undefined],
    ["GET", "measurements", undefined],
    ["GET", "forecast_points", undefined],
    ["GET", "kpi", undefined],
    ["PUT", "results", { point_names: [], start_time: 0, final_time: 1 }],
    ["PUT", "forecast", { point_names: ["TDryBul"], horizon: 3600, interval: 3600 }],
    ["POST", "advance", {}],
    ["PUT", "initialize", { start_time: 0, warmup_period: 0 }],
  ])("is not taken for one of another version: %s %s", async (method, path, body) => {
    const { status, json } = await call(method, `/${path}/${testid}`, { body });
    expect([status, json]).toEqual([500, { status: 500, message: MESSAGE, payload: null }]);
  });

  it("still shows what was committed, and can be stopped", async () => {
    expect((await call("GET", `/status/${testid}`)).json).toBe("Running");
    expect((await call("GET", `/points/${testid}`)).payload).toMatchObject({ time: 0 });
    expect((await call("GET", `/step/${testid}`)).payload).toBe(60);
    expect((await call("PUT", `/stop/${testid}`)).text).toBe("OK");
  });
});
