import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import commitScript from "../../functions/streams/commit.lua";
import enqueueScript from "../../functions/streams/enqueue.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { growth, until, useCloud } from "../support/cloud.ts";
import { outcomeIn, runs } from "../support/disturb.ts";
import { expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";

const cloud = useCloud({ workers: 2, environment: { LEASE_MS: "300", DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);
let redis: Redis;
let testid: string;
let oracle: Oracle;

beforeEach(async () => {
  redis = createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
  testid = await client.selectTest();
  oracle = await Oracle.select("testcase1");
});
afterEach(() => {
  cloud().redisRest.intercept = undefined;
});

const advance = () => client.call("POST", `/advance/${testid}`, { body: {}, headers: { "idempotency-key": "one" } });
const idle = async () => ((await redis.command(["XLEN", keys.request(testid)])) === 0 ? true : undefined);

describe("an api process that carries out a step itself", () => {
  it.each([
    { moment: "after it has taken the request on", script: enqueueScript, when: "after", isKnown: false },
    { moment: "before it commits", script: commitScript, when: "before", isKnown: false },
    { moment: "right after it committed", script: commitScript, when: "after", isKnown: false },
    {
      moment: "before it sends what it has computed from memory",
      script: enqueueScript,
      when: "before",
      isKnown: true,
    },
    { moment: "right after it sent that", script: enqueueScript, when: "after", isKnown: true },
  ] as const)("can be killed $moment: the step takes effect once", async ({ script, when, isKnown }) => {
    if (isKnown) {
      await client.call("POST", `/advance/${testid}`, { body: {} });
      await oracle.advance();
    }
    const killed = new Promise<void>((resolve, reject) => {
      cloud().redisRest.intercept = async (call) => {
        if (!runs(call, script, testid)) return await call.forward();
        cloud().redisRest.intercept = undefined;
        if (when === "after") await call.forward();
        const busy = cloud()
          .host.busy("api")
          .find(({ running }) => JSON.stringify(running).includes(testid));
        cloud()
          .host.kill(busy?.pid ?? -1)
          .then(resolve, reject);
        return CUT;
      };
    });
    expect((await advance()).status).toBe(503);
    await killed;
    await until("the sweeper to have it carried out", async () => {
      await cloud().tick();
      return await idle();
    });
    const expected = await oracle.advance();
    expect(await advance()).toMatchObject({ status: 200, payload: expected });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("finds its answer when only the reply to its commit was lost", async () => {
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (!runs(call, commitScript, testid)) return reply;
      cloud().redisRest.intercept = undefined;
      return CUT;
    };
    expect(await advance()).toMatchObject({ status: 200, payload: await oracle.advance() });
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("leaves what has come meanwhile to a worker", async () => {
    let second: Promise<string> | undefined;
    cloud().redisRest.intercept = async (call) => {
      if (runs(call, commitScript, testid) && second === undefined) {
        // Its own doorbell wakes nobody, as where a worker came at once and found the test taken.
        cloud().doorbells.lose();
        second = send(client, "POST", `/advance/${testid}`);
        await second;
        cloud().doorbells.restore();
      }
      return await call.forward();
    };
    expect(await advance()).toMatchObject({ status: 200, payload: await oracle.advance() });
    const location = (await second) ?? "";
    const expected = await oracle.advance();
    // No sweeper.
    await until("the second answer", async () =>
      (await client.call("GET", location)).status === 200 ? true : undefined,
    );
    expect((await client.call("GET", `/points/${testid}`)).payload).toEqual(expected);
  });

  it("does not overtake what is waiting", async () => {
    cloud().doorbells.hold();
    const first = await send(client, "POST", `/advance/${testid}`, { oveAct_u: 900, oveAct_activate: 1 });
    const second = client.call("POST", `/advance/${testid}`, { body: { oveAct_activate: 0 } });
    await until("both to wait", async () =>
      (await redis.command(["XLEN", keys.request(testid)])) === 2 ? true : undefined,
    );
    cloud().doorbells.release();
    const [expectedFirst, expectedSecond] = [
      await oracle.advance({ oveAct_u: 900, oveAct_activate: 1 }),
      await oracle.advance({ oveAct_activate: 0 }),
    ];
    expect((await second).payload).toEqual(expectedSecond);
    expect((await client.call("GET", first)).payload).toEqual(expectedFirst);
  });

  it("leaves to a worker what takes long, but writes a segment that comes to be due", async () => {
    const claimed: (string | undefined)[] = [];
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, enqueueScript, testid)) claimed.push(outcomeIn(reply));
      return reply;
    };
    await client.call("PUT", `/step/${testid}`, { body: { step: 7 * 86_400 } });
    await client.call("POST", `/advance/${testid}`, { body: {} });
    expect(claimed).toEqual(["claimed", "enqueued"]);
    oracle.step = 7 * 86_400;
    await oracle.advance();

    // A day's samples do not fit behind the chunks for ever.
    await client.call("PUT", `/step/${testid}`, { body: { step: 86_400 } });
    oracle.step = 86_400;
    claimed.length = 0;
    const before = cloud().storage.counts();
    for (let i = 0; i < 20 && !claimed.includes("claimed"); i++) {
      await client.call("POST", `/advance/${testid}`, { body: {} });
      await oracle.advance();
    }
    expect(claimed).toContain("answered");
    expect(claimed).toContain("claimed");
    expect(claimed).not.toContain("enqueued");
    expect(growth(before, cloud().storage.counts()).PutObject).toBeGreaterThan(0);
    await expectAsUndisturbed(client, testid, oracle);
  });
});
