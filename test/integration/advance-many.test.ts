import { afterEach, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";
import { stateOf } from "../support/state.ts";

type Points = Record<string, number>;

/** As many steps, each with other inputs, some with none. */
const steps = (count: number) =>
  Array.from({ length: count }, (_, k) =>
    k % 7 === 3 ? {} : { oveAct_u: ((k * 611) % 4000) - 1500, oveAct_activate: k % 11 === 5 ? 0 : 1 },
  );

describe.each([
  { path: "by the api", environment: {} },
  { path: "by a worker", environment: { INLINE_MS: "0" } },
  { path: "by workers that do a slice each", environment: { INLINE_MS: "0", COMPUTE_MS: "1" } },
])("advance with a list, carried out $path", ({ environment }) => {
  const cloud = useCloud({ workers: 2, environment });
  const client = clientOf(cloud);

  it("does what as many advances do: values, results and KPIs, bit for bit", async () => {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    for (const [step, list] of [
      [300, steps(20)],
      [3600, steps(5)],
    ] as const) {
      oracle.step = step;
      await client.call("PUT", `/step/${testid}`, { body: { step } });
      const expected: object[] = [];
      for (const body of list) expected.push(await oracle.advance(body));
      const answer = await client.call<Points[]>("POST", `/advance/${testid}`, { body: list });
      expect(answer.status).toBe(200);
      expect(answer.payload).toEqual(expected);
    }
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("takes no step at all if one is refused, and names it", async () => {
    const testid = await client.selectTest();
    await client.call("POST", `/advance/${testid}`, { body: { oveAct_u: 5, oveAct_activate: 1 } });
    const before = await stateOf(cloud(), testid);
    for (const [bad, named] of [
      [{ nothing: 1 }, '"nothing"'],
      [{ oveAct_u: "much" }, '"much"'],
      [{ oveAct_activate: 2 }, "oveAct_activate"],
      [7, "7"],
      [[], "[]"],
      [{ oveAct_u: {} }, "oveAct_u"],
    ] as const) {
      const list = [...steps(2), bad, ...steps(2)];
      const answer = await client.call("POST", `/advance/${testid}`, { body: list });
      expect(answer.status).toBe(400);
      expect(answer.message).toContain("Step 3 of 5 ([2])");
      expect(answer.message).toContain(named);
    }
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  it("ends with the scenario: fewer values than steps, then none", async () => {
    const testid = await client.selectTest();
    await client.call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0, final_time: 9000 } });
    await client.call("PUT", `/step/${testid}`, { body: { step: 3600 } });
    const some = await client.call<Points[]>("POST", `/advance/${testid}`, { body: steps(5) });
    expect(some.payload.map(({ time }) => time)).toEqual([3600, 7200, 9000]);
    expect(some.message).toContain("3 of 5");
    const none = await client.call("POST", `/advance/${testid}`, { body: steps(5) });
    expect([none.status, none.payload]).toEqual([200, []]);
  });
});

describe("advance with a list", () => {
  const cloud = useCloud({ workers: 1 });
  const client = clientOf(cloud);
  afterEach(() => {
    cloud().redisRest.intercept = undefined;
  });

  it("clips with warnings that name the step, and not more of them than one can read", async () => {
    const testid = await client.selectTest();
    const body = Array.from({ length: 40 }, () => ({ oveAct_u: 20_000, oveAct_activate: 1 }));
    const answer = await client.call<Points[]>("POST", `/advance/${testid}`, { body });
    expect(answer.status).toBe(200);
    expect(answer.payload.map(({ oveAct_u }) => oveAct_u)).toEqual(Array(40).fill(10_000));
    expect(answer.message).toContain("Step 1 of 40 ([0])");
    expect(answer.message).toContain("30 more values were clipped");
  });

  it("is one advance for time_rat: from one call's answer to the next one's arrival, over one step", async () => {
    const testid = await client.selectTest();
    await client.call("PUT", `/step/${testid}`, { body: { step: 1 } });
    const first = performance.now();
    await client.call("POST", `/advance/${testid}`, { body: steps(3) });
    expect((await client.call<Points>("GET", `/kpi/${testid}`)).payload.time_rat).toBeNull();
    await client.call("POST", `/advance/${testid}`, { body: steps(3) });
    const elapsedSeconds = (performance.now() - first) / 1000;
    const ratio = (await client.call<Points>("GET", `/kpi/${testid}`)).payload.time_rat;
    expect(ratio).toBeGreaterThanOrEqual(0);
    expect(ratio).toBeLessThan(elapsedSeconds);
  });

  it("takes effect once under an Idempotency-Key", async () => {
    const testid = await client.selectTest();
    const options = { body: steps(4), headers: { "idempotency-key": '"k"' } };
    const once = await client.call<Points[]>("POST", `/advance/${testid}`, options);
    const again = await client.call<Points[]>("POST", `/advance/${testid}`, options);
    expect(again.text).toBe(once.text);
    expect((await client.call<Points>("GET", `/points/${testid}`)).payload).toEqual(once.payload.at(-1));
  });

  it("is queued like any command, behind those before it", async () => {
    const testid = await client.selectTest();
    const oracle = await Oracle.select("testcase1");
    const locations = [
      await send(client, "POST", `/advance/${testid}`, { oveAct_u: 50, oveAct_activate: 1 }),
      await send(client, "POST", `/advance/${testid}`, steps(3)),
      await send(client, "POST", `/advance/${testid}`, {}),
    ];
    const one = await oracle.advance({ oveAct_u: 50, oveAct_activate: 1 });
    const many: object[] = [];
    for (const body of steps(3)) many.push(await oracle.advance(body));
    const last = await oracle.advance({});
    const answers = await Promise.all(locations.map((location) => answerOf(client, location)));
    expect(answers.map(({ payload }) => payload)).toEqual([one, many, last]);
  });

  it.each([
    ["an empty list", "[]", 400],
    ["more steps than are allowed", JSON.stringify(Array(1001).fill({})), 413],
    ["a list without an end", "[{}, {}", 400],
  ])("refuses %s", async (_what, raw, status) => {
    const testid = await client.selectTest();
    const before = await stateOf(cloud(), testid);
    const headers = { "content-type": "application/json" };
    expect((await client.call("POST", `/advance/${testid}`, { raw, headers })).status).toBe(status);
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  it("refuses to simulate more than ten years, and says how many steps would fit", async () => {
    const testid = await client.selectTest();
    await client.call("PUT", `/step/${testid}`, { body: { step: 31_536_000 } });
    const before = await stateOf(cloud(), testid);
    const answer = await client.call("POST", `/advance/${testid}`, { body: steps(11) });
    expect(answer.status).toBe(413);
    expect(answer.message).toContain("10 steps of that length would fit");
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  describe("costs what one step costs", () => {
    async function warmTest(): Promise<string> {
      const testid = await client.selectTest();
      await client.call("PUT", `/step/${testid}`, { body: { step: 300 } });
      await client.call("POST", `/advance/${testid}`, { body: steps(2) });
      return testid;
    }

    it("where the api carries it out on a test that it remembers: 1 round trip, 9 commands, no message, no object", async () => {
      const testid = await warmTest();
      const one = await costOf(cloud(), () => client.call("POST", `/advance/${testid}`, { body: {} }));
      const hundred = await costOf(cloud(), () => client.call("POST", `/advance/${testid}`, { body: steps(100) }));
      expect(one).toMatchObject({ roundTrips: 1, commands: 9, messages: 0, polls: 0, objects: 0 });
      expect(hundred).toMatchObject({ roundTrips: 1, commands: 9, messages: 0, polls: 0, objects: 0 });
    });

    it("where a worker does: 3 round trips, 24 commands beside the polls, 1 message", async () => {
      const testid = await warmTest();
      const headers = { prefer: "respond-async, wait=20" };
      const call = (body: unknown) =>
        costOf(cloud(), () => client.call("POST", `/advance/${testid}`, { body, headers }));
      const one = await call({});
      expect(one).toMatchObject({ roundTrips: 3, commands: 24, messages: 1 });
      expect(await call(steps(100))).toMatchObject({ roundTrips: 3, commands: 24, messages: 1 });
    });
  });
});
