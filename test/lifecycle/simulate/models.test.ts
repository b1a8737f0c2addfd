import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { makeCallModel } from "../../../functions/emulator-client/call.ts";
import { modelEmulator } from "../../../functions/emulator-client/emulator.ts";
import { selectedOf } from "../../../functions/lifecycle/create-and-stop/create.ts";
import { forkTest } from "../../../functions/lifecycle/create-and-stop/fork.ts";
import { decode } from "../../../functions/lifecycle/record/record.ts";
import { readSavedTest } from "../../../functions/lifecycle/record/saved-test.ts";
import { claim } from "../../../functions/streams/claim.ts";
import renewScript from "../../../functions/streams/renew.lua";
import { until } from "../../support/cloud.ts";
import { outcomeIn, runs } from "../../support/disturb.ts";
import { FakeFunction } from "../../support/fake-model.ts";
import { answerTo, ask, create, selectedPackage, type WorkOptions } from "../model-test.ts";
import { FAILED, testcase1, usePackageTests } from "../package-tests.ts";

const DAY = 86_400;
const tests = usePackageTests();
afterEach(() => {
  tests.stack().fixture.redisRest.intercept = undefined;
});

const COMMANDS: readonly (readonly [string, unknown])[] = [
  ["initialize", { startTime: 30 * DAY, warmupPeriod: 2 * DAY, endTime: null }],
  ["set_step", { step: 7200 }],
  ["advance", { oveAct_u: 1500, oveAct_activate: 1 }],
  ["advance", { oveAct_activate: 0 }],
  ["advance_many", [{}, { oveAct_activate: 1 }, {}]],
  ["set_step", { step: 0 }],
  ["advance", { oveAct_u: 300 }],
  ["set_scenario", { time_period: "test_day", electricity_price: "dynamic" }],
  ["set_step", { step: 2 * DAY }],
  ["advance", {}],
];

async function carriedOut(testid: string, options: WorkOptions): Promise<{ answers: unknown[]; invocations: number }> {
  const answers: unknown[] = [];
  let invocations = 0;
  for (const [method, params] of COMMANDS) {
    const requestid = await ask(tests.stack(), testid, method, params);
    do invocations++;
    while ((await tests.run(testid, options)) === "suspended");
    const answer = await answerTo(tests.stack(), testid, requestid);
    answers.push([answer?.status, answer?.payload, answer?.message]);
  }
  return { answers, invocations };
}

describe("a test on a package", () => {
  it.each([
    ["states that fit into Redis", 0, 60_000],
    ["states that do not", 70_000, 60_000],
    ["states that do not, left off and gone on with wherever that can be", 70_000, 0],
  ])("comes to what the same built-in test case does, bit for bit: %s", async (_what, stateBytes, computeMs) => {
    tests.model = new FakeFunction(testcase1, stateBytes);
    const { testid: own } = await create(tests.stack(), selectedOf(testcase1));
    await tests.run(own);
    const expected = await carriedOut(own, {});
    const testid = await tests.started();
    const actual = await carriedOut(testid, { computeMs });
    expect(actual.answers).toEqual(expected.answers);
    expect(await tests.outcome(testid)).toEqual(await tests.outcome(own));
    if (computeMs === 0) expect(actual.invocations).toBeGreaterThan(expected.invocations + 5);
  });

  it("asks under its owner's name, and names the package by the hash of its file", async () => {
    const testid = await tests.started();
    await tests.advanced(testid);
    const [request] = tests.model.requests;
    expect(request).toMatchObject({ owner: "user-john", package: { hash: "f".repeat(64) }, limitMs: 10_000 });
    expect(request?.package.url).toContain(`/packages/${tests.copy.hash}/model.fmu?`);
  });

  it("is forked, as it stands or from a checkpoint, with whose package it is", async () => {
    const { redis } = tests.stack().fixture;
    const testid = await tests.started();
    await ask(tests.stack(), testid, "checkpoint", { name: "c" });
    await tests.run(testid);
    const test = {
      lineage: await tests.field(testid, "lineage"),
      checkpoints: await tests.field(testid, "checkpoints"),
    };
    const [made] = decode(test, "checkpoints");
    const saved = made && (await readSavedTest(tests.stack().bucket, made));
    expect(saved).toBeDefined();
    for (const origin of [
      { testid, test },
      { testid, test, saved },
    ]) {
      const fork = randomUUID();
      const options = { mostTests: 100, nowMs: Date.now(), idleMs: DAY * 1000 };
      const asked = tests.model.requests.length;
      expect(await forkTest(redis, origin, [fork], { user: "john" }, options)).toMatchObject({ kind: "forked" });
      expect(tests.model.requests).toHaveLength(asked); // a copy of a state is no work of the model
      expect(await tests.advanced(fork)).toMatchObject({ status: 200 });
      expect(tests.model.requests.at(-1)?.owner).toBe("user-john");
    }
  });

  it("gives a model more time that may have to repeat all that it did before", async () => {
    for (const [keeps, limitMs] of [
      ["serialized", 10_000],
      ["replayed", 20_000],
    ] as const) {
      const limits: number[] = [];
      const call = makeCallModel(
        async (payload, options) => {
          limits.push((payload as { limitMs: number }).limitMs, options.limitMs);
          return FAILED;
        },
        { modelMs: 10_000, replayMs: 20_000 },
      );
      const of = { owner: "o", hash: "h", model: { ...tests.copy.model, keeps }, url: async () => "" };
      await expect(modelEmulator(of, call, () => {}).initialize(0)).rejects.toThrow("SIGSEGV");
      // And some for an instance to start, and the package to be fetched.
      expect(limits).toEqual([limitMs, limitMs + 70_000]);
    }
  });

  it("of which this deployment has the package no more is outdated", async () => {
    const { testid, requestid } = await create(tests.stack(), {
      ...selectedPackage(tests.copy, testcase1),
      version: "0".repeat(64),
    });
    await tests.run(testid);
    expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 500 });
  });

  it("keeps its lease while a call takes longer than that", async () => {
    // Renewed at half its time, by this process: it may be held up for the other half.
    const leaseMs = 5000;
    const { redis, redisRest } = tests.stack().fixture;
    const testid = await tests.started();
    let renewals = 0;
    redisRest.intercept = async (call) => {
      const reply = await call.forward();
      if (runs(call, renewScript, testid) && outcomeIn(reply) === "held") renewals += 1;
      return reply;
    };
    let during: unknown;
    tests.model.instead = async () => {
      await until("three halves of a lease's time to pass", () => (renewals >= 3 ? true : undefined));
      during = await claim(redis, testid, { token: "other", leaseMs, fieldNames: [] });
      return undefined;
    };
    expect(await tests.advanced(testid, { leaseMs })).toMatchObject({ status: 200 });
    expect(during).toEqual({ kind: "busy" });
    expect(tests.model.requests).toHaveLength(1);
  });
});
