import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import forkScript from "../../functions/lifecycle/create-and-stop/fork.lua";
import { keys } from "../../functions/platform/keys.ts";
import { CLEARING } from "../../functions/streams/lease.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { type CallAnswer, clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { dumpOf } from "../support/dump.ts";
import { Oracle } from "../support/oracle.ts";
import { redisOf, stateOf } from "../support/state.ts";

const ALICE = { name: "alice", key: "alice's-key-0123456789", privileged: false };
const BOB = { name: "bob", key: "bob's-key-0123456789ab", privileged: true };
type Who = typeof ALICE | undefined;
type Points = Record<string, number>;

const cloud = useCloud({ workers: 2, accounts: [ALICE, BOB] });
const client = clientOf(cloud);
const redis = () => redisOf(cloud());
const as = (who: Who) => (who === undefined ? {} : { authorization: who.key });

const fork = (testid: string, body: object = {}, who?: Who): Promise<CallAnswer<{ testids: string[] }>> =>
  client.call("POST", `/fork/${testid}`, { body, headers: as(who) });
async function forked(testid: string, body: object = {}, who?: Who): Promise<string[]> {
  const answer = await fork(testid, body, who);
  expect(answer.status, answer.text).toBe(200);
  return answer.payload.testids;
}

/** A test and its oracle, some steps on. */
async function begun(step = 3600, steps = 3, who?: Who): Promise<{ testid: string; oracle: Oracle }> {
  const testid = await client.selectTest("testcase1", as(who));
  const oracle = await Oracle.select("testcase1");
  oracle.step = step;
  await client.call("PUT", `/step/${testid}`, { body: { step } });
  for (let i = 0; i < steps; i++) await both(testid, oracle, { oveAct_u: 300 * i, oveAct_activate: 1 });
  return { testid, oracle };
}
async function both(testid: string, oracle: Oracle, body: Record<string, unknown>): Promise<void> {
  const answer = await client.call<Points>("POST", `/advance/${testid}`, { body });
  expect(answer.payload).toEqual(await oracle.advance(body));
}

afterEach(() => {
  cloud().redisRest.intercept = undefined;
  cloud().doorbells.release();
});

describe("a fork", () => {
  it("stands where its origin does, Running at once, with its history, scenario and KPIs", async () => {
    const { testid, oracle } = await begun();
    await client.call("PUT", `/scenario/${testid}`, { body: { electricity_price: "highly_dynamic", seed: 5 } });
    await oracle.carryOut("set_scenario", { electricity_price: "highly_dynamic", seed: 5 });
    for (const id of await forked(testid, { count: 3 })) {
      expect(id).not.toBe(testid);
      expect((await client.call("GET", `/status/${id}`)).json).toBe("Running");
      for (const query of ["scenario", "step", "kpi", "name", "points"]) {
        const [mine, its] = await Promise.all([testid, id].map((of) => client.call("GET", `/${query}/${of}`)));
        expect(mine?.text).toBe(its?.text);
      }
      await expectAsUndisturbed(client, id, oracle);
    }
  });

  it("goes its own way from then on, as its origin does", async () => {
    const { testid, oracle } = await begun();
    const ids = await forked(testid, { count: 3 });
    const tests = [{ testid, oracle }, ...ids.map((id) => ({ testid: id, oracle: oracle.copy() }))];
    for (const [i, one] of tests.entries()) {
      for (let k = 0; k <= i; k++) await both(one.testid, one.oracle, { oveAct_u: 1000 * i - 100 * k });
    }
    const [, second] = ids;
    await client.call("PUT", `/initialize/${second}`, { body: { start_time: 7200, warmup_period: 3600 } });
    await tests[2]?.oracle.initialize(7200, 3600);
    await client.call("PUT", `/stop/${testid}`);
    for (const one of tests.slice(1)) await expectAsUndisturbed(client, one.testid, one.oracle);
  });

  it("of a checkpoint stands where that was made, and outlives it and its origin", async () => {
    const { testid, oracle } = await begun();
    await client.call("POST", `/checkpoints/${testid}`, { body: { name: "c" } });
    const there = oracle.copy();
    await both(testid, oracle, { oveAct_u: -400 });
    const ids = await forked(testid, { count: 2, checkpoint: "c" });
    expect((await client.call("GET", `/checkpoints/${ids[0]}`)).payload).toEqual([]);
    await client.call("DELETE", `/checkpoints/${testid}/c`);
    await client.call("PUT", `/stop/${testid}`);
    for (const id of ids) {
      const its = there.copy();
      await expectAsUndisturbed(client, id, its);
      await both(id, its, { oveAct_activate: 0 });
      await expectAsUndisturbed(client, id, its);
    }
  });

  it("does not count the time until its first step into time_rat", async () => {
    const { testid } = await begun(3600, 2);
    const [id = ""] = await forked(testid);
    const ratio = async (of: string) => (await client.call<Points>("GET", `/kpi/${of}`)).payload.time_rat;
    const then = await ratio(testid);
    expect(await ratio(id)).toBe(then);
    await client.call("PUT", `/step/${id}`, { body: { step: 0.001 } });
    await client.call("POST", `/advance/${id}`);
    expect(await ratio(id)).toBe(then);
    await client.call("POST", `/advance/${id}`);
    expect(await ratio(id)).not.toBe(then);
  });

  it("leaves its origin as it was, byte for byte", async () => {
    const { testid } = await begun();
    await client.call("POST", `/checkpoints/${testid}`, { body: { name: "c" } });
    const before = await dumpOf(cloud(), testid);
    await forked(testid, { count: 10 });
    await forked(testid, { checkpoint: "c" });
    const { [`lineage:${testid}.1`]: _, ...others } = await dumpOf(cloud(), testid);
    const { [`lineage:${testid}.1`]: __, ...same } = before;
    expect(others).toEqual(same);
  });

  it("of a test with work under way begins at what was committed", async () => {
    const { testid, oracle } = await begun();
    cloud().doorbells.hold();
    const location = await send(client, "POST", `/advance/${testid}`, { oveAct_u: 999 });
    const [id = ""] = await forked(testid);
    cloud().doorbells.release();
    await expectAsUndisturbed(client, id, oracle);
    await oracle.advance({ oveAct_u: 999 });
    expect((await answerOf(client, location)).payload).toEqual(oracle.points);
  });

  it("is in the lineage that its origin is in then, if that begins anew at the very moment", async () => {
    const { testid, oracle } = await begun();
    const body = { start_time: 7200, warmup_period: 0 };
    let raced = false;
    cloud().redisRest.intercept = async (call) => {
      if (call.scripts[0] === forkScript && !raced) {
        raced = true;
        await client.call("PUT", `/initialize/${testid}`, { body });
      }
      return await call.forward();
    };
    const [id = ""] = await forked(testid);
    expect(raced).toBe(true);
    await oracle.initialize(7200, 0);
    await expectAsUndisturbed(client, id, oracle);
    const lineage = String(await redis().command(["HGET", keys.test(id), "lineage"]));
    expect(await redis().command(["SMEMBERS", keys.lineage(lineage)])).toEqual(expect.arrayContaining([id, testid]));
  });

  it("is made once if the reply is lost, or the call is repeated under its key", async () => {
    const { testid } = await begun();
    let lost = 0;
    cloud().redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (call.scripts[0] !== forkScript || lost++ > 0) return reply;
      return CUT;
    };
    const headers = { "idempotency-key": randomUUID() };
    const made = await client.call<{ testids: string[] }>("POST", `/fork/${testid}`, { body: { count: 2 }, headers });
    const again = await client.call("POST", `/fork/${testid}`, { body: { count: 2 }, headers });
    expect([made.status, again.text]).toEqual([200, made.text]);
    const others = await client.call("POST", `/fork/${testid}`, { body: { count: 3 }, headers });
    expect(others.status).toBe(422);
    const lineage = String(await redis().command(["HGET", keys.test(testid), "lineage"]));
    const members = (await redis().command(["SMEMBERS", keys.lineage(lineage)])) as string[];
    expect(members.sort()).toEqual([testid, ...made.payload.testids].sort());
  });
});

describe("a fork that is not to be", () => {
  it.each([
    [{ count: 0 }, 400],
    [{ count: -1 }, 400],
    [{ count: 1.5 }, 400],
    [{ count: "many" }, 400],
    [{ count: [2] }, 400],
    [{ count: 11 }, 413],
    [{ checkpoint: "" }, 400],
    [{ checkpoint: ".hidden" }, 400],
    [{ checkpoint: 7 }, 400],
    [{ checkpoint: "none-of-that-name" }, 404],
  ])("is refused: %j", async (body, status) => {
    const { testid } = await begun(60, 0);
    const before = await stateOf(cloud(), testid);
    expect((await fork(testid, body)).status).toBe(status);
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  it("is of no test that there is not, and of none that is Queued", async () => {
    expect((await fork(randomUUID())).status).toBe(400);
    cloud().doorbells.hold();
    const selected = await client.call("POST", "/testcases/testcase1/select-async");
    const queued = (selected.json as { testid: string }).testid;
    expect((await fork(queued)).status).toBe(409);
    cloud().doorbells.release();
    await client.call("PUT", `/stop/${queued}`);
  });

  it("takes a form's numbers, and null as if it were left out", async () => {
    const { testid } = await begun(60, 0);
    const form = await client.call<{ testids: string[] }>("POST", `/fork/${testid}`, { form: { count: "2" } });
    expect(form.payload.testids.length).toBe(2);
    expect((await forked(testid, { count: 1, checkpoint: null })).length).toBe(1);
  });
});

describe("whose a fork is", () => {
  const testsOf = async (who: typeof ALICE) =>
    (await client.call("GET", `/users/${who.name}/tests`, { headers: as(who) })).json as string[];

  it("the caller's, who is listed as its owner", async () => {
    const { testid } = await begun(60, 1);
    const [hers = ""] = await forked(testid, {}, ALICE);
    expect(await testsOf(ALICE)).toContain(hers);
    expect(await redis().command(["HGETALL", keys.userTest("alice", hers)])).toEqual([
      "status",
      "Running",
      "testcaseid",
      "testcase1",
    ]);
    const [nobodys = ""] = await forked(testid);
    expect(await testsOf(ALICE)).not.toContain(nobodys);
    await client.call("PUT", `/stop/${hers}`);
    expect(await testsOf(ALICE)).not.toContain(hers);
  });

  it("an account's tests, and their checkpoints, are forked by that account alone", async () => {
    const { testid } = await begun(60, 1, ALICE);
    await client.call("POST", `/checkpoints/${testid}`, { body: { name: "c" } });
    const before = [await testsOf(ALICE), await testsOf(BOB)];
    for (const body of [{}, { checkpoint: "c" }]) {
      for (const who of [undefined, BOB, { ...BOB, key: "nobody's-key" }]) {
        const answer = await fork(testid, body, who);
        expect(answer.status).toBe(401);
        expect(answer.headers.get("www-authenticate")).toBe("Key");
      }
    }
    expect([await testsOf(ALICE), await testsOf(BOB)]).toEqual(before);
    const mine = await forked(testid, { checkpoint: "c", count: 2 }, ALICE);
    expect(await testsOf(ALICE)).toEqual(expect.arrayContaining(mine));
    // Another test's checkpoint has no name here.
    const { testid: bobs } = await begun(60, 1, BOB);
    expect((await fork(bobs, { checkpoint: "c" }, BOB)).status).toBe(404);
  });
});

describe("a test whose lineage is being cleared up", () => {
  const hold = (testid: string, ms: number) =>
    redis().command(["SET", keys.lease(testid), `${CLEARING}somebody`, "PX", ms]);

  it("is forked as soon as that is over", async () => {
    const { testid } = await begun(60, 1);
    await hold(testid, 400);
    expect((await fork(testid, {})).status).toBe(200);
    expect(await redis().command(["EXISTS", keys.lease(testid)])).toBe(0);
  });

  it("is to be forked again where that takes long", async () => {
    const { testid } = await begun(60, 1);
    await hold(testid, 60_000);
    const { status, headers, message } = await fork(testid, {});
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    expect(message).toContain("Try again");
    await redis().command(["DEL", keys.lease(testid)]);
  });
});

describe("what a fork costs", () => {
  it("2 round trips, however many it makes, whoever calls, and however long the history is", async () => {
    const { testid: young } = await begun(60, 1, ALICE);
    const { testid: old } = await begun(10 * 86_400, 5, ALICE);
    expect(Number(await redis().command(["LLEN", keys.segments(old)]))).toBeGreaterThanOrEqual(4);
    await forked(young, {}, ALICE);
    for (const testid of [young, old]) {
      for (const count of [1, 10]) {
        const cost = await costOf(cloud(), () => forked(testid, { count }, ALICE));
        expect(cost).toMatchObject({ roundTrips: 2, messages: 0, polls: 0, objects: 0 });
        // 11 for reading and for what they share, and 11 for each.
        expect(cost.commands).toBe(11 + 11 * count);
      }
    }
  });

  it("of a checkpoint 1 GET besides", async () => {
    const { testid } = await begun(2 * 86_400, 3);
    await client.call("POST", `/checkpoints/${testid}`, { body: { name: "c" } });
    for (const count of [1, 10]) {
      const cost = await costOf(cloud(), () => forked(testid, { count, checkpoint: "c" }));
      expect(cost).toMatchObject({ roundTrips: 2, messages: 0, polls: 0, objects: 1 });
    }
  });
});

describe("open tests", () => {
  const strict = useCloud({ environment: { TESTS_PER_ACCOUNT: "4", TESTS_PER_ADDRESS: "3" }, accounts: [ALICE] });
  const ofStrict = clientOf(strict);

  it.each([
    [undefined, 3, "Without an account, this address has 2 open tests, and may have 3. The call asks for 2 more."],
    [ALICE, 4, "This account has 3 open tests, and may have 4. The call asks for 2 more."],
  ] as const)("are so many at most, forks included: %s", async (who, most, message) => {
    const testid = await ofStrict.selectTest("testcase1", as(who));
    const call = (count: number) => ofStrict.call("POST", `/fork/${testid}`, { body: { count }, headers: as(who) });
    expect((await call(most - 2)).status).toBe(200);
    const refused = await call(2);
    expect([refused.status, refused.message]).toEqual([429, message]);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect((await call(1)).status).toBe(200);
    expect((await call(1)).status).toBe(429);
  });
});
