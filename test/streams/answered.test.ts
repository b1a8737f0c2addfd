import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import type { TestFields } from "../../functions/streams/claim.ts";
import {
  type Computed,
  type Enqueued,
  enqueue,
  findRequest,
  isSmall,
  type Offer,
} from "../../functions/streams/enqueue.ts";
import { RememberedTests } from "../../functions/streams/remembered.ts";
import { lookup } from "../../functions/streams/wait.ts";
import {
  end,
  field,
  fixture,
  IDLE_MS,
  LEASE_MS,
  marked,
  mustPut,
  mustTake,
  NOW_MS,
  testid,
  useProtocolTest,
} from "../support/protocol-test.ts";

useProtocolTest();

const redis = (...command: [string, ...(string | number)[]]) => fixture.redis.command(command);
const OFFER: Offer = { token: "api", leaseMs: LEASE_MS, smallMs: 1, manyBytes: 1000, fieldNames: ["state"] };
const CHANGES = { fields: { state: "s1" }, chunks: ["c1"] };

/** The test as a process remembers it. */
let known: TestFields;
beforeEach(async () => {
  await redis("HSET", keys.test(testid), "cost", 0.001, "width", 1, "tail", 0, "step", 60);
  known = { revision: "1", user: "john", stamp: String(await field("stamp")) };
});

/** Sends a command with its answer, computed from the test as it is known. */
async function bring(options: { test?: TestFields; key?: string; nonce?: string } = {}): Promise<Enqueued> {
  const { test = known, key, nonce = randomUUID() } = options;
  const computed: Computed = {
    test,
    answer: { status: 200, body: '"done"' },
    changes: CHANGES,
    nowMs: NOW_MS,
    idleMs: IDLE_MS,
  };
  const idempotency = key === undefined ? undefined : { key, fingerprint: "f" };
  const command = { method: "advance", params: {}, arrivalMs: NOW_MS, nonce };
  return await enqueue(fixture.redis, testid, command, { maxUnanswered: 64, offer: OFFER, computed, idempotency });
}

/** Nothing of an answer that did not fit may be seen: the request waits, or is its sender's to carry out. */
async function expectNotCommitted(enqueued: Enqueued): Promise<void> {
  const requestid = "requestid" in enqueued ? enqueued.requestid : "";
  expect(await lookup(fixture.redis, testid, requestid)).toEqual({ kind: "waiting" });
  expect(await field("state")).not.toBe("s1");
  expect(await redis("LLEN", keys.results(testid))).toBe(0);
}

describe("a command that brings its answer", () => {
  it("is answered at once: request, answer, fields and chunks, as if it had been claimed and committed", async () => {
    const enqueued = await bring({ nonce: "n" });
    expect(enqueued).toMatchObject({
      kind: "answered",
      test: { revision: "2", stamp: "n", state: "s1", user: "john" },
    });
    const requestid = "requestid" in enqueued ? enqueued.requestid : "";
    expect(await lookup(fixture.redis, testid, requestid)).toEqual({
      kind: "answered",
      answer: { status: 200, body: '"done"' },
    });
    expect([await field("revision"), await field("state"), await field("stamp")]).toEqual(["2", "s1", "n"]);
    expect(await redis("LRANGE", keys.results(testid), 0, -1)).toEqual(["c1"]);
    expect(await redis("PTTL", keys.results(testid))).toBeGreaterThan(0);
    expect(await redis("XLEN", keys.request(testid))).toBe(0);
    expect(await redis("EXISTS", keys.lease(testid))).toBe(0);
    expect(await marked()).toBe(false);
    // What comes then is computed by anybody.
    await mustPut("set_step");
    expect((await mustTake("b")).test).toMatchObject({ revision: "2", state: "s1" });
  });

  it("has its id from the request stream, so that all ids of a test rise", async () => {
    // Given by a clock that was ahead, to a request that nobody answered.
    await redis("XADD", keys.request(testid), "1900000000000-0", "method", "advance", "params", "1", "arrival", 0);
    await redis("XDEL", keys.request(testid), "1900000000000-0");
    expect(await bring()).toMatchObject({ kind: "answered", requestid: "1900000000000-1" });
    expect(await mustPut("set_step")).toBe("1900000000000-2");
    expect(await end(await mustTake("a"), '"2"')).toEqual({ kind: "done" });
  });

  it("goes on from what it has become", async () => {
    const first = await bring();
    const second = await bring({ test: first.kind === "answered" ? first.test : {} });
    expect(second).toMatchObject({ kind: "answered", test: { revision: "3" } });
  });

  it("is only enqueued, and taken by its sender, when the test has another stamp: a commit that the database has lost", async () => {
    await redis("HSET", keys.test(testid), "stamp", randomUUID());
    const enqueued = await bring();
    expect(enqueued).toMatchObject({ kind: "claimed", work: { test: { revision: "1", state: "s0" } } });
    await expectNotCommitted(enqueued);
  });

  it("… or another revision", async () => {
    const enqueued = await bring({ test: { ...known, revision: "0" } });
    expect(enqueued.kind).toBe("claimed");
    await expectNotCommitted(enqueued);
  });

  it("… or no stamp at all", async () => {
    await redis("HSET", keys.test(testid), "stamp", "");
    const enqueued = await bring({ test: { ...known, stamp: "" } });
    expect(enqueued.kind).toBe("claimed");
    await expectNotCommitted(enqueued);
  });

  it("is only enqueued while somebody holds the lease", async () => {
    await redis("SET", keys.lease(testid), "clearing up");
    const enqueued = await bring();
    expect(enqueued.kind).toBe("enqueued");
    await expectNotCommitted(enqueued);
  });

  it("is only enqueued behind what is unanswered", async () => {
    const before = await mustPut("set_step");
    const enqueued = await bring();
    expect(enqueued.kind).toBe("enqueued");
    await expectNotCommitted(enqueued);
    expect((await mustTake("b")).request.id).toBe(before);
  });

  it("is answered once under its Idempotency-Key", async () => {
    const first = await bring({ key: "k" });
    expect(first.kind).toBe("answered");
    const requestid = "requestid" in first ? first.requestid : "";
    // Also by who remembers the test as it is now.
    const again = await bring({ key: "k", test: first.kind === "answered" ? first.test : {} });
    expect(again).toMatchObject({ kind: "repeated", requestid });
    expect(await field("revision")).toBe("2");
  });

  it("is only enqueued when Redis takes no answer", async () => {
    await redis("XADD", keys.response(testid), "18446744073709551615-18446744073709551615", "status", 200, "body", "1");
    const enqueued = await bring();
    expect(enqueued.kind).toBe("claimed");
    await expectNotCommitted(enqueued);
  });

  it("is found by its nonce when the reply is lost, while its answer is the last", async () => {
    const enqueued = await bring({ nonce: "n" });
    expect(await findRequest(fixture.redis, testid, "n")).toBe("requestid" in enqueued ? enqueued.requestid : "");
    expect(await findRequest(fixture.redis, testid, "m")).toBeUndefined();
  });
});

describe.each([
  { what: "short", test: { cost: "0.001", width: "1", step: "60", tail: "0" }, offer: {} },
  { what: "as long as is small", test: { cost: "0.01", width: "1", step: "100", tail: "0" }, offer: {} },
  { what: "long", test: { cost: "0.01", width: "1", step: "101", tail: "0" }, offer: {} },
  { what: "long, of many", test: { cost: "0.001", width: "1", step: "60", tail: "0" }, offer: { times: 20 } },
  { what: "wide", test: { cost: "0.001", width: "20", step: "60", tail: "0" }, offer: {} },
  { what: "where a segment is due", test: { cost: "0.001", width: "1", step: "60", tail: "1000" }, offer: {} },
  { what: "of nothing there", test: { cost: "1", width: "20", step: "600", tail: "1000" }, offer: { seconds: 0 } },
  { what: "without a cost", test: { cost: "", width: "20", step: "600", tail: "1000" }, offer: { seconds: 0 } },
])("work that is $what", ({ test, offer }) => {
  it("is small for its sender where it is for the script", async () => {
    const { cost, ...others } = test;
    const fields: TestFields = cost === "" ? others : test;
    await redis("HDEL", keys.test(testid), "cost");
    await redis("HSET", keys.test(testid), ...Object.entries(fields).flat());
    const command = { method: "advance", params: {}, arrivalMs: NOW_MS };
    const offered = { ...OFFER, ...offer };
    const { kind } = await enqueue(fixture.redis, testid, command, { maxUnanswered: 64, offer: offered });
    expect(isSmall(fields, offered)).toBe(kind === "claimed");
  });
});

describe("what a process remembers", () => {
  it("is bounded: the tests used last are kept", () => {
    const remembered = new RememberedTests(10_000);
    const state = "x".repeat(1000);
    for (let i = 0; i < 100; i++) {
      remembered.recall("0");
      remembered.remember(String(i), { state });
    }
    expect(remembered.bytes).toBeLessThanOrEqual(10_000);
    expect(["0", "98", "99"].map((id) => remembered.recall(id)?.state)).toEqual([state, state, state]);
    expect(remembered.recall("50")).toBeUndefined();
  });

  /** @returns how many guesses of these are made before the process rests: `hit` says of each whether it fits */
  function guesses(remembered: RememberedTests, most: number, hit: (i: number) => boolean): number {
    for (let i = 0; i < most; i++) {
      remembered.remember("0", { revision: "1" });
      if (remembered.recall("0") === undefined) return i;
      if (hit(i)) remembered.hit();
      else remembered.miss("0", 1);
    }
    return most;
  }

  it("is not used for a while once hardly any guess fits", () => {
    let nowMs = 0;
    const remembered = new RememberedTests(10_000, () => nowMs);
    expect(guesses(remembered, 1000, () => false)).toBe(16);
    nowMs = 4999;
    expect(guesses(remembered, 1000, () => false)).toBe(0);
    nowMs = 5000;
    // It tries again, and less long.
    expect(guesses(remembered, 1000, () => false)).toBe(6);
  });

  it("is used while one guess of four fits: a guess costs less than the round trip that it saves", () => {
    const remembered = new RememberedTests(10_000, () => 0);
    expect(guesses(remembered, 1000, (i) => i % 4 === 0)).toBe(1000);
  });

  it("is forgotten where it was wrong", () => {
    const remembered = new RememberedTests(10_000);
    remembered.remember("0", { revision: "1" });
    remembered.miss("0", 1);
    expect(remembered.recall("0")).toBeUndefined();
  });
});
