import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EmulatorReply } from "../../functions/emulator/protocol.ts";
import { selectedOf } from "../../functions/lifecycle/create.ts";
import { makeCallModel } from "../../functions/models/call.ts";
import { modelEmulator } from "../../functions/models/emulator.ts";
import { ModelUnavailable } from "../../functions/models/failure.ts";
import type { Manifest } from "../../functions/packages/manifest.ts";
import { keys } from "../../functions/platform/keys.ts";
import { InvokeError } from "../../functions/platform/lambda.ts";
import { decodeSamples, encodeSamples, type Samples } from "../../functions/simulation/samples.ts";
import { claim } from "../../functions/streams/claim.ts";
import { builtIn } from "../simulation/support.ts";
import { useCacheStack } from "../support/cache.ts";
import { FakeFunction, publishCopy, tamper } from "../support/fake-model.ts";
import { answerTo, ask, create, delays, samplesOf, selectedPackage, type WorkOptions, work } from "./model-test.ts";

const DAY = 86_400;
const testcase1 = builtIn("testcase1");
const stack = useCacheStack();
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
let copy: Manifest;
let model: FakeFunction;

beforeAll(async () => {
  copy = await publishCopy(stack().bucket, testcase1);
});
beforeEach(() => {
  model = new FakeFunction(testcase1, 0);
});

const run = (testid: string, options: WorkOptions = {}) => work(stack(), testid, { invoke: model.invoke, ...options });
const field = async (testid: string, name: string) => String(await command("HGET", keys.test(testid), name));

/** A running test on the copy. */
async function started(): Promise<string> {
  const { testid } = await create(stack(), selectedPackage(copy, testcase1));
  expect(await run(testid)).toBe("done");
  model.requests.length = 0;
  return testid;
}

/** Asks for an advance and has it carried out. */
async function advanced(testid: string, options: WorkOptions = {}) {
  const requestid = await ask(stack(), testid, "advance");
  await run(testid, options);
  return await answerTo(stack(), testid, requestid);
}

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

/** Everything that a test comes to, but what names it and how its emulator's state is written. */
async function outcome(testid: string) {
  const { emulator: _, ...state } = JSON.parse(await field(testid, "state")) as Record<string, unknown>;
  const [points, time, step, scenario] = await Promise.all(
    ["points", "time", "step", "scenario"].map((name) => field(testid, name)),
  );
  return { state, points, time, step, scenario, samples: await samplesOf(stack(), testid) };
}

async function carriedOut(testid: string, options: WorkOptions): Promise<{ answers: unknown[]; invocations: number }> {
  const answers: unknown[] = [];
  let invocations = 0;
  for (const [method, params] of COMMANDS) {
    const requestid = await ask(stack(), testid, method, params);
    do invocations++;
    while ((await run(testid, options)) === "suspended");
    const answer = await answerTo(stack(), testid, requestid);
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
    model = new FakeFunction(testcase1, stateBytes);
    const { testid: own } = await create(stack(), selectedOf(testcase1));
    await run(own);
    const expected = await carriedOut(own, {});
    const testid = await started();
    const actual = await carriedOut(testid, { computeMs });
    expect(actual.answers).toEqual(expected.answers);
    expect(await outcome(testid)).toEqual(await outcome(own));
    if (computeMs === 0) expect(actual.invocations).toBeGreaterThan(expected.invocations + 5);
  });

  it("asks under its owner's name, and names the package by the hash of its file", async () => {
    const testid = await started();
    await advanced(testid);
    const [request] = model.requests;
    expect(request).toMatchObject({ owner: "user-john", package: { hash: "f".repeat(64) }, limitMs: 10_000 });
    expect(request?.package.url).toContain(`/packages/${copy.hash}/model.fmu?`);
  });

  it("gives a model more time that may have to repeat all that it did before", async () => {
    for (const [canSerializeState, limitMs] of [
      [true, 10_000],
      [false, 20_000],
    ] as const) {
      const limits: number[] = [];
      const call = makeCallModel(
        async (payload, options) => {
          limits.push((payload as { limitMs: number }).limitMs, options.limitMs);
          return FAILED;
        },
        { modelMs: 10_000, replayMs: 20_000 },
      );
      const of = { owner: "o", hash: "h", model: { ...copy.model, canSerializeState }, url: async () => "" };
      await expect(modelEmulator(of, call, () => {}).initialize(0)).rejects.toThrow("SIGSEGV");
      // And some for an instance to start, and the package to be fetched.
      expect(limits).toEqual([limitMs, limitMs + 70_000]);
    }
  });

  it("of which this deployment has the package no more is outdated", async () => {
    const { testid, requestid } = await create(stack(), {
      ...selectedPackage(copy, testcase1),
      version: "0".repeat(64),
    });
    await run(testid);
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 500 });
  });

  it("keeps its lease while a call takes longer than that", async () => {
    const testid = await started();
    let during: unknown;
    model.instead = async () => {
      await sleep(900);
      during = await claim(stack().fixture.redis, testid, { token: "other", leaseMs: 300, fieldNames: [] });
      return undefined;
    };
    expect(await advanced(testid, { leaseMs: 300 })).toMatchObject({ status: 200 });
    expect(during).toEqual({ kind: "busy" });
    expect(model.requests).toHaveLength(1);
  });
});

const FAILED: EmulatorReply = {
  ok: false,
  failure: "crash",
  message: "the model's process was ended by SIGSEGV",
  log: ["first words", "last words"],
};

describe("a model that fails", () => {
  it("is a 500 with its last words, and the test is as it was", async () => {
    const testid = await started();
    const [before, revision] = [await outcome(testid), await field(testid, "state")];
    model.instead = () => FAILED;
    const answer = await advanced(testid);
    expect(answer?.status).toBe(500);
    expect(answer?.message).toBe(
      "The simulation of mine failed: the model's process was ended by SIGSEGV. The test is as it was before. The model's log ends with:\nfirst words\nlast words",
    );
    expect(await field(testid, "state")).toBe(revision);
    expect(await outcome(testid)).toEqual(before);
    model.instead = undefined;
    expect(await advanced(testid)).toMatchObject({ status: 200 });
  });

  it("fails its own start, and leaves no test behind", async () => {
    model.instead = () => ({ ...FAILED, failure: "load" });
    const { testid, requestid } = await create(stack(), selectedPackage(copy, testcase1));
    await run(testid);
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 500 });
    expect(await command("EXISTS", keys.test(testid))).toBe(0);
  });

  it("that computes for too long is asked for less at a time, until that is one interval", async () => {
    const testid = await started();
    await ask(stack(), testid, "set_step", { step: 3600 });
    await run(testid);
    const asked: number[] = [];
    model.instead = ({ work: of }) => {
      if (of.kind !== "advance") return undefined;
      asked.push(of.to - of.from);
      return of.to - of.from > 10 ? { ...FAILED, failure: "timeout", message: "it took too long" } : undefined;
    };
    expect(await advanced(testid)).toMatchObject({ status: 200 });
    expect(asked.slice(0, 3)).toEqual([120, 15, 2]);
    model.instead = () => ({ ...FAILED, failure: "timeout", message: "it took too long" });
    expect(await advanced(testid)).toMatchObject({ status: 500 });
  });

  const values = (bytes: Buffer) => 8 + bytes.readUInt32LE(4);
  it.each([
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 8)],
    ["no samples at all", () => Buffer.from("nothing")],
    [
      "of more rows",
      (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replace('"rows":2', '"rows":9'), "latin1"),
    ],
    ["of fewer rows", (bytes: Buffer) => encodeSamples(firstRow(decodeSamples(bytes)))],
    ["of other points", (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replace("TRoo", "XRoo"), "latin1")],
    ["many times as large", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(50_000_000)])],
    [
      "no finite numbers",
      (bytes: Buffer) => {
        bytes.writeDoubleLE(Number.NaN, values(bytes));
        return bytes;
      },
    ],
  ])("fails where its samples are %s", async (_what, change) => {
    const testid = await started();
    const honest = new FakeFunction(testcase1, 0);
    const before = await outcome(testid);
    model.instead = async (request) => tamper((await honest.invoke(request, { limitMs: 1 })) as EmulatorReply, change);
    const answer = await advanced(testid);
    expect(answer).toMatchObject({ status: 500 });
    expect(answer?.message).toMatch(/The model gave/);
    expect(await outcome(testid)).toEqual(before);
  });
});

it("samples that would fill the memory are not unpacked", async () => {
  const honest = new FakeFunction(testcase1, 0);
  const call = makeCallModel(
    async (payload, options) => {
      const reply = (await honest.invoke(payload, options)) as EmulatorReply;
      return tamper(reply, (bytes) => Buffer.concat([bytes, Buffer.alloc(50_000_000)]));
    },
    { modelMs: 1000, replayMs: 1000 },
  );
  const emulator = modelEmulator({ owner: "o", hash: "h", model: copy.model, url: async () => "" }, call, () => {});
  const failed = await emulator.initialize(0).catch((error: unknown) => error);
  expect(failed).toMatchObject({ failure: "model", cause: { code: "ERR_BUFFER_TOO_LARGE" } });
});

it("a package of which no URL can be made may be asked for later", async () => {
  const call = () => Promise.reject(new Error("nobody is to be asked"));
  const url = () => Promise.reject(new Error("no credentials now"));
  const emulator = modelEmulator({ owner: "o", hash: "h", model: copy.model, url }, call, () => {});
  await expect(emulator.initialize(0)).rejects.toThrow(ModelUnavailable);
});

function firstRow({ names, columns }: Samples): Samples {
  return { names, columns: columns.map((values) => values.subarray(0, 1)) };
}

describe("an emulator function that cannot be asked", () => {
  const failing = (times: number, error: () => EmulatorReply | Error) => {
    let left = times;
    model.instead = () => {
      if (left-- <= 0) return undefined;
      const failure = error();
      if (failure instanceof Error) throw failure;
      return failure;
    };
  };
  const stranger = (): EmulatorReply => ({ ...FAILED, failure: "owner", message: "another's" });

  it("because the instance is another owner's, is asked again: another may answer", async () => {
    const testid = await started();
    failing(4, stranger);
    expect(await advanced(testid)).toMatchObject({ status: 200 });
    expect(model.requests).toHaveLength(5);
  });

  it("because its instance ended, is asked once more, and if that ends too it is the model's doing", async () => {
    const testid = await started();
    const ended = () => new InvokeError("failed", "Runtime.ExitError", "it ended");
    failing(1, ended);
    expect(await advanced(testid)).toMatchObject({ status: 200 });
    failing(2, ended);
    expect(await advanced(testid)).toMatchObject({ status: 500 });
  });

  it.each([
    ["too busy", () => new InvokeError("throttled", "TooManyRequestsException", "busy")],
    ["out of reach", () => new InvokeError("unavailable", "ECONNREFUSED", "away")],
    ["always another owner's", stranger],
    ["without the package", (): EmulatorReply => ({ ...FAILED, failure: "unavailable", message: "not fetched" })],
  ])("because it is %s, is asked later, as often as it takes in ten minutes", async (_what, error) => {
    const testid = await started();
    const before = await outcome(testid);
    failing(1e6, error);
    const requestid = await ask(stack(), testid, "advance");
    for (let i = 0; i < 4; i++) expect(await run(testid)).toBe("suspended");
    expect(delays).toEqual([2]);
    expect(await answerTo(stack(), testid, requestid)).toBeUndefined();
    expect(await run(testid, { aheadMs: 601_000 })).toBe("done");
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 503 });
    expect(await outcome(testid)).toEqual(before);
    const again = await ask(stack(), testid, "advance");
    expect(await run(testid)).toBe("suspended");
    model.instead = undefined;
    expect(await run(testid)).toBe("done");
    expect(await answerTo(stack(), testid, again)).toMatchObject({ status: 200 });
  });

  it("because what it is to hold is too large, is a 500", async () => {
    const testid = await started();
    failing(1, () => new InvokeError("too-large", "RequestTooLargeException", "too large"));
    const answer = await advanced(testid);
    expect(answer).toMatchObject({ status: 500 });
    expect(answer?.message).toContain("larger than this service can store");
  });
});
