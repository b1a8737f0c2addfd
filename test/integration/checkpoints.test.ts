import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";
import { expectAsUndisturbed } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";
import { redisOf, resultObjects, stateOf } from "../support/state.ts";

type Points = Record<string, number>;
interface Checkpoint {
  readonly name: string;
  readonly time: number;
  readonly bytes: number;
  readonly created: string;
}

const cloud = useCloud({ workers: 2, environment: { ORPHAN_GRACE_MS: "0", HOUSEKEEPING_MS: "0" } });
const client = clientOf(cloud);
const make = (testid: string, name: unknown) =>
  client.call<Checkpoint>("POST", `/checkpoints/${testid}`, { body: { name } });
const list = async (testid: string) => (await client.call<Checkpoint[]>("GET", `/checkpoints/${testid}`)).payload;
const remove = (testid: string, name: string) => client.call("DELETE", `/checkpoints/${testid}/${name}`);
const restore = (testid: string, checkpoint: unknown) =>
  client.call<Points>("PUT", `/restore/${testid}`, { body: { checkpoint } });
const redis = () => redisOf(cloud());
const objects = (testid: string) => resultObjects(cloud(), testid);

/** A test and its oracle, some steps on. */
async function begun(step = 3600, steps = 3): Promise<{ testid: string; oracle: Oracle }> {
  const testid = await client.selectTest();
  const oracle = await Oracle.select("testcase1");
  oracle.step = step;
  await client.call("PUT", `/step/${testid}`, { body: { step } });
  for (let i = 0; i < steps; i++) await both(testid, oracle, { oveAct_u: 300 * i, oveAct_activate: 1 });
  return { testid, oracle };
}

/** The same step in the test and in its oracle. */
async function both(testid: string, oracle: Oracle, body: Record<string, unknown>): Promise<void> {
  const answer = await client.call<Points>("POST", `/advance/${testid}`, { body });
  expect(answer.payload).toEqual(await oracle.advance(body));
}

describe("a checkpoint", () => {
  it("is listed with time and size, oldest first, and refused under a name that there is", async () => {
    const { testid, oracle } = await begun();
    const first = await make(testid, "a");
    expect(first.status).toBe(200);
    expect(first.payload).toMatchObject({ name: "a", time: 10_800 });
    expect(first.payload.bytes).toBeGreaterThan(500);
    expect(Math.abs(Date.parse(first.payload.created) - Date.now())).toBeLessThan(60_000);
    await both(testid, oracle, {});
    await make(testid, "-B.2_");
    expect((await list(testid)).map(({ name, time }) => [name, time])).toEqual([
      ["a", 10_800],
      ["-B.2_", 14_400],
    ]);
    const before = await stateOf(cloud(), testid);
    const again = await make(testid, "a");
    expect([again.status, again.message]).toEqual([409, expect.stringContaining("a already")]);
    expect(await stateOf(cloud(), testid)).toEqual(before);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("brings everything back: state, clock, step, scenario, KPIs, results; and the same trajectory, bit for bit", async () => {
    const { testid, oracle } = await begun();
    await client.call("PUT", `/scenario/${testid}`, { body: { electricity_price: "dynamic", seed: 7 } });
    await oracle.carryOut("set_scenario", { electricity_price: "dynamic", seed: 7 });
    await make(testid, "here");
    const there = oracle.copy();
    const saved = await stateOf(cloud(), testid);

    await both(testid, oracle, { oveAct_u: -900 });
    await client.call("PUT", `/step/${testid}`, { body: { step: 60 } });
    await client.call("PUT", `/scenario/${testid}`, { body: { electricity_price: "constant" } });
    await client.call("PUT", `/initialize/${testid}`, { body: { start_time: 864_000, warmup_period: 86_400 } });

    const restored = await restore(testid, "here");
    expect(restored.status).toBe(200);
    expect(restored.payload).toEqual(there.points);
    const { checkpoints: _, tail: __, ...fields } = (await stateOf(cloud(), testid)).fields;
    expect(saved.fields).toMatchObject(fields);
    await expectAsUndisturbed(client, testid, there);
    for (const body of [{ oveAct_u: 444 }, { oveAct_activate: 0 }, {}]) await both(testid, there, body);
    await expectAsUndisturbed(client, testid, there);
    expect(await list(testid)).toHaveLength(1);
  });

  it("can be gone back to again and again, and later ones from earlier ones", async () => {
    const { testid, oracle } = await begun();
    const oracles = new Map<string, Oracle>();
    for (const name of ["one", "two"]) {
      await make(testid, name);
      oracles.set(name, oracle.copy());
      await both(testid, oracle, { oveAct_u: 777, oveAct_activate: 1 });
    }
    for (const name of ["one", "two", "one", "two"]) {
      await restore(testid, name);
      const there = oracles.get(name)?.copy();
      if (there === undefined) throw new Error("no oracle");
      await both(testid, there, { oveAct_u: -50 });
      await expectAsUndisturbed(client, testid, there);
    }
  });

  it("keeps the wall clock's account, without the time that has passed since", async () => {
    const { testid } = await begun(3600, 2);
    await make(testid, "c");
    const ratio = async () => (await client.call<Points>("GET", `/kpi/${testid}`)).payload.time_rat;
    const then = await ratio();
    await client.call("PUT", `/step/${testid}`, { body: { step: 0.001 } });
    await client.call("POST", `/advance/${testid}`);
    expect(await ratio()).toBeGreaterThan(then ?? 0);
    await restore(testid, "c");
    expect(await ratio()).toBe(then);
    await client.call("POST", `/advance/${testid}`);
    expect(await ratio()).toBe(then);
  });

  it("is a test's own: of another it is unknown, and what there is not cannot be gone back to or deleted", async () => {
    const { testid } = await begun();
    const { testid: other } = await begun();
    await make(testid, "mine");
    const before = await stateOf(cloud(), other);
    expect((await restore(other, "mine")).status).toBe(404);
    expect((await remove(other, "mine")).status).toBe(404);
    expect(await stateOf(cloud(), other)).toEqual(before);
    expect((await restore(testid, "else")).status).toBe(404);
    const stranger = randomUUID();
    for (const answer of [await make(stranger, "x"), await restore(stranger, "x"), await remove(stranger, "x")]) {
      expect(answer.status).toBe(400);
    }
    expect((await client.call("GET", `/checkpoints/${stranger}`)).status).toBe(400);
  });

  it.each(["", ".a", "a/b", "a b", "ä", "a".repeat(65), "a\n", null, 7, ["a"], {}, undefined])(
    "cannot be named %j",
    async (name) => {
      const { testid } = await begun(60, 0);
      expect((await make(testid, name)).status).toBe(400);
      expect((await restore(testid, name)).status).toBe(400);
      expect(await list(testid)).toEqual([]);
    },
  );

  it("is one of 100 at most", async () => {
    const { testid } = await begun(60, 0);
    const names = Array.from({ length: 100 }, (_, i) => `c${i}`);
    for (let i = 0; i < 100; i += 20) {
      const made = await Promise.all(names.slice(i, i + 20).map((name) => make(testid, name)));
      expect(made.map(({ status }) => status)).toEqual(Array(20).fill(200));
    }
    const oneMore = await make(testid, "more");
    expect(oneMore.status).toBe(429);
    expect(oneMore.message).toContain("100");
    await remove(testid, "c50");
    expect((await make(testid, "more")).status).toBe(200);
  });

  it("takes a form as well, and an Idempotency-Key", async () => {
    const { testid } = await begun();
    const headers = { "idempotency-key": "k" };
    const made = await client.call("POST", `/checkpoints/${testid}`, { form: { name: "f" }, headers });
    const again = await client.call("POST", `/checkpoints/${testid}`, { form: { name: "f" }, headers });
    expect([made.status, again.text]).toEqual([200, made.text]);
    expect((await client.call("PUT", `/restore/${testid}`, { form: { checkpoint: "f" } })).status).toBe(200);
  });
});

describe("the objects of checkpoints and results", () => {
  /** Steps of five days each: a segment for every one. */
  const LONG = 5 * 86_400;

  it("live on while a checkpoint needs them, though the test has begun anew", async () => {
    const { testid, oracle } = await begun(LONG, 3);
    await make(testid, "c");
    const there = oracle.copy();
    await client.call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0 } });
    await cloud().tick();
    await cloud().tick();
    expect((await restore(testid, "c")).payload).toEqual(there.points);
    await both(testid, there, { oveAct_u: 0 });
    await expectAsUndisturbed(client, testid, there);
    await client.call("PUT", `/stop/${testid}`);
  });

  it("go when they are nobody's any more: a deleted checkpoint's, and those of what a restore undid", async () => {
    const { testid, oracle } = await begun(LONG, 2);
    await make(testid, "c");
    const there = oracle.copy();
    const mine = await objects(testid);
    await both(testid, oracle, { oveAct_u: 123 });
    expect((await objects(testid)).length).toBe(mine.length + 1);
    await restore(testid, "c");
    await cloud().tick();
    expect(await objects(testid)).toEqual(mine);
    await remove(testid, "c");
    await cloud().tick();
    expect((await objects(testid)).length).toBe(mine.length - 1);
    await expectAsUndisturbed(client, testid, there);
  });

  it("are all gone after the test, and its checkpoints with it", async () => {
    const { testid } = await begun(LONG, 2);
    await make(testid, "first");
    await client.call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0 } });
    await client.call("POST", `/advance/${testid}`);
    await make(testid, "second");
    const lineages = (await objects(testid)).map((key) => key.split("/")[1] ?? "");
    expect(new Set(lineages).size).toBe(2);
    const cost = await costOf(cloud(), () => client.call("PUT", `/stop/${testid}`));
    expect(cost).toMatchObject({ roundTrips: 2, messages: 0, objects: 0 });
    for (const lineage of lineages) expect(await redis().command(["EXISTS", keys.lineage(lineage)])).toBe(0);
    await cloud().tick();
    expect(await objects(testid)).toEqual([]);
    expect(await redis().command(["KEYS", `*${testid}*`])).toEqual([keys.response(testid)]);
  });
});

describe("what checkpoints cost", () => {
  /** Scripts are known to Redis by then. */
  async function warmTest(): Promise<string> {
    const { testid } = await begun();
    await make(testid, "warm");
    await restore(testid, "warm");
    await remove(testid, "warm");
    return testid;
  }

  it("making one: the 3 round trips of an advance, 26 commands beside the polls, 1 message, 1 PUT", async () => {
    const testid = await warmTest();
    const cost = await costOf(cloud(), () => make(testid, "c"));
    expect(cost).toMatchObject({ roundTrips: 3, messages: 1, objects: 1 });
    // Those of an advance that a worker carries out, but for its result chunk, and the reading of what is to be kept.
    expect(cost.commands).toBe(26);
  });

  it("going back: 2 round trips and 1 GET; deleting: 2 round trips; listing: 1", async () => {
    const testid = await warmTest();
    await make(testid, "c");
    expect(await costOf(cloud(), () => restore(testid, "c"))).toMatchObject({ roundTrips: 2, messages: 0, objects: 1 });
    expect(await costOf(cloud(), () => list(testid))).toMatchObject({ roundTrips: 1, commands: 2, objects: 0 });
    expect(await costOf(cloud(), () => remove(testid, "c"))).toMatchObject({ roundTrips: 2, messages: 0, objects: 0 });
  });
});
