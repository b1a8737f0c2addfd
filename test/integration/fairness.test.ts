import { afterEach, describe, expect, it } from "vitest";
import claimScript from "../../functions/streams/claim.lua";
import commitScript from "../../functions/streams/commit.lua";
import suspendScript from "../../functions/streams/suspend.lua";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { outcomeIn } from "../support/disturb.ts";

const KEY = "fairness-key-0123456789abcdef01234567";
const cloud = useCloud({
  workers: 2,
  accounts: [{ name: "ann", key: KEY, privileged: false }],
  // As the stack has it for two workers: none of these may be lowered further.
  environment: { WORKERS_PER_ACCOUNT: "1", WORKERS_PER_ADDRESS: "1" },
});
const client = clientOf(cloud);
const YEAR = 365 * 86_400;

afterEach(() => {
  cloud().redisRest.intercept = undefined;
});

describe("one holder who queues more than all workers can compute", () => {
  it("holds nobody else up: another's select is answered while the first slice is still computed", async () => {
    const heavy = [await client.selectTest(), await client.selectTest(), await client.selectTest()];
    const outcomes: string[] = [];
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      const script = [claimScript, commitScript, suspendScript].indexOf(call.scripts[0] ?? "");
      const isHeavy = heavy.some((testid) => JSON.stringify(call.commands[0]).includes(testid));
      if (script >= 0 && isHeavy) outcomes.push(outcomeIn(reply) ?? "");
      return reply;
    };
    // Ten years a call, on each of three tests.
    for (const testid of heavy) {
      const body = Array.from({ length: 10 }, () => ({}));
      await client.call("PUT", `/step/${testid}`, { body: { step: YEAR } });
      const headers = { prefer: "respond-async" };
      expect((await client.call("POST", `/advance/${testid}`, { body, headers })).status).toBe(202);
    }
    outcomes.length = 0;
    await until("the others of the heavy user to be turned away", () =>
      outcomes.filter((outcome) => outcome === "crowded").length >= 2 ? true : undefined,
    );
    outcomes.length = 0;
    // Another holder: whatever the first has queued, a worker is free.
    expect((await client.call("POST", "/testcases/testcase1/select", { headers: { authorization: KEY } })).status).toBe(
      200,
    );
    const busy = cloud()
      .host.busy("worker")
      .filter(({ running }) => heavy.some((testid) => JSON.stringify(running).includes(testid)));
    expect(busy.length).toBeGreaterThanOrEqual(1);
    // None of the heavy user's steps has left off or ended for it.
    expect(outcomes.filter((outcome) => outcome !== "crowded" && outcome !== "busy")).toEqual([]);
    for (const testid of heavy) await client.call("PUT", `/stop/${testid}`);
  });
});
