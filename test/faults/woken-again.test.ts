import { afterEach, describe, expect, it } from "vitest";
import claimScript from "../../functions/streams/claim.lua";
import renewScript from "../../functions/streams/renew.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, untilQuiet, useCloud } from "../support/cloud.ts";
import { outcomeIn, runs, workersAt } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";

const LEASE_MS = 3000;
/** No sweeper, and queues hide messages for as long as the stack says: half an hour. */
const cloud = useCloud({ workers: 2, environment: { INLINE_MS: "0", LEASE_MS: String(LEASE_MS) } });
const client = clientOf(cloud);

afterEach(() => {
  cloud().redisRest.intercept = undefined;
  cloud().storage.faults.before = undefined;
});

/** What SQS was asked for since `before`. */
const asked = (operation: string, before: Record<string, number> = {}) =>
  (cloud().storage.counts()[operation] ?? 0) - (before[operation] ?? 0);

describe("a doorbell follows its worker's lease", () => {
  it("so that another worker is woken when the first was killed in mid-step, without the sweeper", async () => {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    const outcomes: (string | undefined)[] = [];
    await untilQuiet(cloud());
    const before = cloud().storage.counts();
    let killedMs = 0;
    let wokenMs = 0;
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (!runs(call, claimScript, testid)) return reply;
      outcomes.push(outcomeIn(reply));
      if (killedMs > 0) {
        wokenMs ||= performance.now();
        return reply;
      }
      // It holds the lease, and hears nothing of it any more. (Killed before its doorbell follows it, only the sweeper would see.)
      await until("the doorbell to follow", () => (asked("ChangeMessageVisibility", before) > 0 ? true : undefined));
      killedMs = performance.now();
      for (const pid of workersAt(cloud(), testid)) await cloud().host.kill(pid);
      return CUT;
    };
    const location = await send(client, "POST", `/advance/${testid}`);
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: await oracle.advance() });
    expect(outcomes).toEqual(["claimed", "claimed"]);
    // Promised: a lease and five seconds.
    expect(wokenMs - killedMs).toBeLessThan(LEASE_MS + 5000);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("also when it was killed long after it began: the doorbell is hidden again with each renewal", async () => {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    oracle.step = 30 * 86_400;
    await client.call("PUT", `/step/${testid}`, { body: { step: oracle.step } });
    const claims: (string | undefined)[] = [];
    const killed = Promise.withResolvers<void>();
    let renewals = 0;
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, claimScript, testid)) claims.push(outcomeIn(reply));
      if (runs(call, renewScript, testid) && ++renewals === 4) {
        for (const pid of workersAt(cloud(), testid)) await cloud().host.kill(pid);
        killed.resolve();
        return CUT;
      }
      return reply;
    };
    // It waits for S3 until it is killed, at twice the time of its first lease.
    cloud().storage.faults.before = async ({ operation, key }) => {
      if (operation === "PutObject" && key?.includes(testid)) await killed.promise;
      return undefined;
    };
    const location = await send(client, "POST", `/advance/${testid}`);
    await killed.promise;
    // The doorbell has not come back while its worker was alive.
    expect(claims).toEqual(["claimed"]);
    expect(await answerOf(client, location)).toEqual({ status: 200, payload: await oracle.advance() });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("at the price of one request to SQS for each doorbell, and one for each renewal", async () => {
    const testid = await client.selectTest();
    await untilQuiet(cloud());
    const before = cloud().storage.counts();
    await client.call("POST", `/advance/${testid}`, { body: {} });
    await untilQuiet(cloud());
    expect(asked("ChangeMessageVisibility", before)).toBe(1);
    expect(asked("SendMessage", before)).toBe(1);
  });
});
