import { createHash, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { collectLineages } from "../../../functions/garbage/lineages.ts";
import { collectOrphans } from "../../../functions/garbage/orphans.ts";
import { forkTest } from "../../../functions/lifecycle/create-and-stop/fork.ts";
import { stopTest } from "../../../functions/lifecycle/create-and-stop/stop.ts";
import { createRollout } from "../../../functions/lifecycle/rollouts/create-rollout.ts";
import { readRollout } from "../../../functions/lifecycle/rollouts/request.ts";
import type { Manifest } from "../../../functions/packages/manifest.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { objectKeys } from "../../../functions/platform/objects.ts";
import { INLINE_STATE_BYTES, StateGone, stateKey, statesIn } from "../../../functions/results/state.ts";
import { builtIn } from "../../simulation/support.ts";
import { useCacheStack } from "../../support/cache.ts";
import { FakeFunction, publishCopy } from "../../support/fake-model.ts";
import { answerTo, ask, create, selectedPackage, type WorkOptions, work } from "../model-test.ts";

const GRACE_MS = 86_400_000;
const LARGE = 60_000;
const testcase1 = builtIn("testcase1");
const stack = useCacheStack();
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
let copy: Manifest;
let model: FakeFunction;

beforeAll(async () => {
  copy = await publishCopy(stack().bucket, testcase1);
});
beforeEach(async () => {
  model = new FakeFunction(testcase1, LARGE);
  const { objects } = await stack().bucket.list(objectKeys.results);
  await stack().bucket.remove(objects.map(({ key }) => key));
});

const run = (testid: string, options: WorkOptions = {}) => work(stack(), testid, { invoke: model.invoke, ...options });
const there = async () => (await stack().bucket.list(objectKeys.results)).objects.map(({ key }) => key);
const field = async (testid: string, name: string) => String(await command("HGET", keys.test(testid), name));

async function started(): Promise<string> {
  const { testid } = await create(stack(), selectedPackage(copy, testcase1));
  expect(await run(testid)).toBe("done");
  return testid;
}

async function carryOut(testid: string, method: string, params: unknown = {}, options: WorkOptions = {}) {
  const requestid = await ask(stack(), testid, method, params);
  const drained = await run(testid, options);
  return { drained, answer: await answerTo(stack(), testid, requestid) };
}

/** The object of the state at which a test stands. */
async function stateOf(testid: string): Promise<string> {
  const key = stateKey((JSON.parse(await field(testid, "state")) as { emulator: string }).emulator);
  if (key === undefined) throw new Error("the state is no object");
  return key;
}

/** The objects that the progress of a step refers to. */
async function statesOfProgress(testid: string): Promise<string[]> {
  const values = (await command("HVALS", keys.progress(testid))) as string[];
  return values.flatMap((value) => [...value.matchAll(/"object:([^"]+)"/g)].map(([, key = ""]) => key));
}

const queue = { send: async () => {}, sendBatch: async () => 0 };
const collect = () =>
  collectOrphans(stack().fixture.redis, stack().bucket, queue, { nowMs: Date.now() + 2 * GRACE_MS, graceMs: GRACE_MS });

describe("an emulator's state", () => {
  it.each([
    ["48 KiB is inline, 64 KiB of text", 49_152, true],
    ["a byte more is an object", 49_153, false],
  ])("of %s", async (_what, bytes, isInline) => {
    const states = statesIn(stack().bucket, "l.1");
    const state = randomBytes(bytes).toString("base64");
    expect(state.length <= INLINE_STATE_BYTES).toBe(isInline);
    const stored = await states.store(state);
    expect(stored === state).toBe(isInline);
    expect(await there()).toHaveLength(isInline ? 0 : 1);
    expect(await states.load(stored)).toBe(state);
  });

  it("is an object under its content's hash, in its test's lineage, created once", async () => {
    const bytes = randomBytes(LARGE);
    const states = statesIn(stack().bucket, "l.1");
    const stored = await states.store(bytes.toString("base64"));
    expect(await states.store(bytes.toString("base64"))).toBe(stored);
    expect(await there()).toEqual([`results/l.1/${createHash("sha256").update(bytes).digest("hex")}`]);
    expect(await stack().bucket.read(stateKey(stored) ?? "")).toEqual(bytes);
  });

  it("that is damaged, or gone, is not taken for what it was", async () => {
    const states = statesIn(stack().bucket, "l.1");
    const key = objectKeys.segment("l.1", "0".repeat(64));
    await expect(states.load(`object:${key}`)).rejects.toThrow(StateGone);
    await stack().bucket.create(key, Buffer.from("damaged"));
    await expect(states.load(`object:${key}`)).rejects.toThrow("is damaged");
  });

  it("leaves what Redis holds of a test small, and costs a step one PUT", async () => {
    const testid = await started();
    await carryOut(testid, "advance");
    await ask(stack(), testid, "advance");
    const cost = await stack().cost(() => run(testid));
    expect(cost.s3.PutObject).toBe(1);
    expect((await field(testid, "state")).length).toBeLessThan(4096);
    const own = await create(stack(), selectedPackage(copy, testcase1));
    model = new FakeFunction(testcase1, 0);
    await run(own.testid);
    await ask(stack(), own.testid, "advance");
    expect((await stack().cost(() => run(own.testid))).s3.PutObject).toBeUndefined();
  });
});

describe("states that are objects are collected", () => {
  it("once their test has moved on, and not before", async () => {
    const testid = await started();
    await carryOut(testid, "advance");
    await carryOut(testid, "advance");
    expect(await there()).toHaveLength(3);
    const last = await stateOf(testid);
    expect(await collect()).toMatchObject({ deleted: 2 });
    expect(await there()).toEqual([last]);
    expect((await carryOut(testid, "advance")).answer).toMatchObject({ status: 200 });
  });

  it("not where a checkpoint needs them, which can be gone back to", async () => {
    const testid = await started();
    await carryOut(testid, "advance");
    const kept = await stateOf(testid);
    await carryOut(testid, "checkpoint", { name: "c" });
    await carryOut(testid, "advance");
    await carryOut(testid, "advance");
    await collect();
    expect(await there()).toContain(kept);
    expect((await carryOut(testid, "restore", { name: "c" })).answer).toMatchObject({ status: 200 });
    expect(await stateOf(testid)).toBe(kept);
    await carryOut(testid, "delete_checkpoint", { name: "c" });
    await carryOut(testid, "advance");
    await collect();
    expect(await there()).toEqual([await stateOf(testid)]);
  });

  it("not where a fork stands at them", async () => {
    const testid = await started();
    await carryOut(testid, "advance");
    const fork = randomUUID();
    const origin = { testid, test: { lineage: await field(testid, "lineage") } };
    const options = { mostTests: 100, nowMs: Date.now(), idleMs: 86_400_000 };
    expect(await forkTest(stack().fixture.redis, origin, [fork], { user: "john" }, options)).toMatchObject({
      kind: "forked",
    });
    await carryOut(testid, "advance", { oveAct_u: 700, oveAct_activate: 1 });
    await collect();
    expect(await there()).toEqual([await stateOf(fork), await stateOf(testid)].sort());
    expect((await carryOut(fork, "advance")).answer).toMatchObject({ status: 200 });
    await stopTest(stack().fixture.redis, testid);
    expect((await carryOut(fork, "advance")).answer).toMatchObject({ status: 200 });
  });

  it("not where a step, or a list of steps, has been left off", async () => {
    const day = 86_400;
    for (const [method, params] of [
      ["initialize", { startTime: 30 * day, warmupPeriod: 2 * day, endTime: null }],
      ["advance", {}],
      ["advance_many", [{}, {}]],
    ] as const) {
      const testid = await started();
      await carryOut(testid, "set_step", { step: 7200 });
      const { drained } = await carryOut(testid, method, params, { computeMs: 0 });
      expect(drained).toBe("suspended");
      const needed = await statesOfProgress(testid);
      expect(needed).not.toEqual([]);
      await collect();
      expect(await there()).toEqual(expect.arrayContaining(needed));
      expect(await run(testid)).toBe("done");
    }
  });

  it("not where a rollout is to begin at them, or has been left off", async () => {
    const testid = await started();
    await carryOut(testid, "set_step", { step: 7200 });
    await carryOut(testid, "advance");
    const begins = await stateOf(testid);
    const rolloutid = await rollout(testid);
    await carryOut(testid, "advance");
    await collect();
    expect(await there()).toContain(begins);
    expect(await run(rolloutid, { computeMs: 0 })).toBe("suspended");
    const needed = await statesOfProgress(rolloutid);
    expect(needed).not.toEqual([]);
    await collect();
    expect(await there()).toEqual(expect.arrayContaining(needed));
    expect(await run(rolloutid)).toBe("done");
    await carryOut(testid, "advance");
    await collect();
    expect(await there()).toEqual([await stateOf(testid)]);
  });

  it("not where a rollout begins at them that is dropped on the way, and begun again", async () => {
    const testid = await started();
    await carryOut(testid, "advance");
    const rolloutid = await rollout(testid);
    const listed: unknown[] = [];
    model.instead = async () => {
      listed.push(await command("ZRANGE", keys.rollouts(testid), 0, -1));
      if (listed.length > 1) return undefined;
      // Somebody else has it, or so it looks: the work is dropped, and begun again.
      await command("DEL", keys.lease(rolloutid));
      await sleep(600);
      return undefined;
    };
    expect(await run(rolloutid, { leaseMs: 400 })).toBe("done");
    expect(listed.slice(0, 2)).toEqual([[rolloutid], [rolloutid]]);
    expect(await command("ZRANGE", keys.rollouts(testid), 0, -1)).toEqual([]);
  });

  it("with the lineage: a rollout of a test that was stopped meanwhile is told so", async () => {
    const testid = await started();
    await carryOut(testid, "advance");
    const created = await createRollout(stack().fixture.redis, testid, params(), Date.now());
    if (created.kind !== "created") throw new Error(created.kind);
    await stopTest(stack().fixture.redis, testid);
    await collectLineages(stack().fixture.redis, stack().bucket, () => false);
    expect(await there()).toEqual([]);
    // Another process, in whose memory nothing of it is.
    const key = `object:${objectKeys.segment("gone.1", "1".repeat(64))}`;
    const state = JSON.parse(await field(created.rolloutid, "state")) as object;
    await command("HSET", keys.test(created.rolloutid), "state", JSON.stringify({ ...state, emulator: key }));
    await run(created.rolloutid);
    expect(await answerTo(stack(), created.rolloutid, created.requestid)).toMatchObject({ status: 410 });
  });
});

function params() {
  const read = readRollout({ candidates: [[{}, {}], [{ oveAct_activate: 1 }]] });
  if (!read.ok) throw new Error(read.message);
  return read.params;
}

async function rollout(testid: string): Promise<string> {
  const created = await createRollout(stack().fixture.redis, testid, params(), Date.now());
  if (created.kind !== "created") throw new Error(created.kind);
  return created.rolloutid;
}
