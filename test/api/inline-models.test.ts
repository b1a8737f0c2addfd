import { beforeEach, describe, expect, it } from "vitest";
import type { ApiContext } from "../../functions/api/context.ts";
import type { HttpRequest } from "../../functions/api/http/request.ts";
import { begin } from "../../functions/api/waiting/command.ts";
import type { EmulatorReply } from "../../functions/emulator/protocol.ts";
import { MODEL_COST } from "../../functions/emulator-client/emulator.ts";
import { makeCatalog } from "../../functions/emulator-client/open.ts";
import { keys } from "../../functions/platform/keys.ts";
import { InvokeError } from "../../functions/platform/lambda.ts";
import { KnownModels } from "../../functions/streams/known-models.ts";
import { RememberedTests } from "../../functions/streams/remembered.ts";
import { answerTo } from "../lifecycle/model-test.ts";
import { FAILED, testcase1, usePackageTests } from "../lifecycle/package-tests.ts";
import { FakeFunction } from "../support/fake-model.ts";

const tests = usePackageTests();
const HOUR = 3600;
const STEP = testcase1.defaults.step;
const redis = () => tests.stack().fixture.redis;
/** Doorbells that were rung. */
const rung: string[] = [];
const queue = { send: async (body: string) => void rung.push(body), sendBatch: async () => 0 };

let testid: string;
let api: ApiContext;

beforeEach(async () => {
  tests.model = new FakeFunction(testcase1, 0);
  testid = await tests.started();
  api = apiProcess();
  rung.length = 0;
});

/** An api process: nothing in memory that another has. */
function apiProcess(briefMs = 60_000): ApiContext {
  const invoke: FakeFunction["invoke"] = (...args) => tests.model.invoke(...args);
  const { bucket } = tests.stack();
  const ports = { redis: redis(), objects: bucket, invoke, briefMs, clock: Date.now };
  const limits = { workers: 8, workersPerAccount: 2, workersPerAddress: 1 };
  const times = { inlineMs: 10_000, inlineModelMs: 10_000, leaseMs: 5_000, computeMs: 60_000, idleMs: 86_400_000 };
  return {
    config: { ...times, maxUnanswered: 64, emulatorFunction: "emulator", limits },
    redis: redis(),
    queue,
    bucket,
    catalog: makeCatalog({ ...ports, modelMs: 10_000, replayMs: 20_000 }),
    remembered: new RememberedTests(),
    models: new KnownModels(),
  } as unknown as ApiContext;
}

/** Sends an advance. @returns what it came to here; if nothing, the id of its request, which is a worker's */
async function advance(): Promise<{ status: number; time: number } | string> {
  const request = { params: { testid }, preferences: { async: false }, arrivalMs: Date.now() };
  const begun = await begin(request as unknown as HttpRequest, api, { method: "advance", params: {} });
  if (!("answer" in begun)) return begun.pending.requestid;
  const { payload } = JSON.parse(begun.answer.body) as { payload: { time: number } | null };
  return { status: begun.answer.status, time: payload?.time ?? -1 };
}

/** Has a worker carry out an advance, after which this process knows the test, and what its step takes. */
async function warmUp(): Promise<void> {
  const requestid = await advance();
  expect(requestid).toBeTypeOf("string");
  expect(await tests.run(testid)).toBe("done");
  tests.model.requests.length = 0;
  rung.length = 0;
}

const set = (...fields: (string | number)[]) => redis().command(["HSET", keys.test(testid), ...fields]);
const held = () => redis().command(["EXISTS", keys.lease(testid), keys.working("john", 0), keys.working("john", 1)]);
const time = async () => Number(await tests.field(testid, "time"));

describe("a step of a compiled model", () => {
  it("is a worker's first; then, small and alive, it is carried out by who takes it on, with one call", async () => {
    await warmUp();
    expect(Number(await tests.field(testid, "cost"))).toBeLessThan(MODEL_COST);
    expect(await advance()).toEqual({ status: 200, time: 2 * STEP });
    expect(await advance()).toEqual({ status: 200, time: 3 * STEP });
    expect(tests.model.requests).toHaveLength(2);
    expect([rung, await held(), await time()]).toEqual([[], 0, 3 * STEP]);
  });

  it("is not computed before it is claimed: where another process was at the test, the model is asked once", async () => {
    await warmUp();
    await advance();
    await set("revision", 17, "stamp", "another");
    expect(await advance()).toEqual({ status: 200, time: 3 * STEP });
    expect(tests.model.requests).toHaveLength(2);
  });

  it.each([
    ["that took long the last time", () => set("cost", 10_001 / STEP)],
    ["whose process may be gone", () => set("timestamp", Date.now() - 61_000)],
    [
      "whose state may be an object after it",
      async () => {
        tests.model = new FakeFunction(testcase1, 30_000);
        testid = await tests.started();
        await warmUp();
      },
    ],
    [
      "whose holder has no slot left",
      async () => {
        for (const slot of [0, 1]) await redis().command(["SET", keys.working("john", slot), "another", "PX", 60_000]);
      },
    ],
    [
      "whose holder's tests wait for slots",
      () => redis().command(["SET", keys.workingCrowded("john"), 1, "PX", 60_000]),
    ],
  ])("is a worker's, of a test %s", async (_, change) => {
    await warmUp();
    await change();
    expect(await advance()).toBeTypeOf("string");
    expect(tests.model.requests).toEqual([]);
    const others = ["0", "1"].map((slot) => keys.working("john", Number(slot)));
    await redis().command(["DEL", keys.workingCrowded("john"), ...others]);
  });

  it("takes one of its holder's slots meanwhile, and whoever waits for a slot then is called", async () => {
    await warmUp();
    tests.model.instead = async () => {
      expect(await held()).toBe(2);
      await redis().command(["SET", keys.workingCrowded("john"), 1, "PX", 60_000]);
      await redis().command(["ZADD", keys.workingWaiting("john"), 1, "waiting"]);
      return undefined;
    };
    expect(await advance()).toEqual({ status: 200, time: 2 * STEP });
    expect(rung).toEqual([JSON.stringify({ testid: "waiting", holder: "john", isCalled: true })]);
    await redis().command(["DEL", keys.workingCrowded("john"), keys.workingWaiting("john")]);
  });
});

describe("a model that gives no result soon", () => {
  const says = (failure: Extract<EmulatorReply, { ok: false }>["failure"]) => async () =>
    ({ ok: false, failure, message: "said", log: [] }) satisfies EmulatorReply;
  const ends = (error: InvokeError) => async () => {
    throw error;
  };

  it.each([
    ["is another owner's instance", says("owner")],
    ["cannot be fetched", says("unavailable")],
    ["is repeating its history", says("replaying")],
    ["takes too long", says("timeout")],
    ["was killed with its instance", ends(new InvokeError("failed", "Runtime.ExitError", "killed"))],
    ["has too many callers", ends(new InvokeError("throttled", "TooManyRequestsException", "throttled"))],
    ["answers nothing in time", ends(new InvokeError("timed-out", "AbortError", "late"))],
  ])("%s: the step is a worker's, once, and so are the next ones for a while", async (_, instead) => {
    await warmUp();
    tests.model.instead = instead;
    const requestid = await advance();
    expect(requestid).toBeTypeOf("string");
    expect(tests.model.requests).toHaveLength(1);
    expect([rung, await held()]).toEqual([[JSON.stringify({ testid, holder: "john" })], 0]);
    tests.model.instead = undefined;
    expect(await tests.run(testid)).toBe("done");
    expect(await answerTo(tests.stack(), testid, String(requestid))).toMatchObject({ status: 200 });
    expect(await time()).toBe(2 * STEP);
    expect(await advance()).toBeTypeOf("string");
  });

  it("is told for how long it may compute, and asked no more when that is over", async () => {
    api = apiProcess(40);
    await warmUp();
    await set("step", 2 * HOUR);
    tests.model.instead = async () => {
      await new Promise((resolve) => setTimeout(resolve, 45));
      return undefined;
    };
    // The first slice is an hour of samples, a second one would follow.
    expect(await advance()).toBeTypeOf("string");
    expect(tests.model.requests.length).toBeLessThanOrEqual(1);
    expect(tests.model.requests.every(({ limitMs }) => limitMs <= 40)).toBe(true);
    tests.model.instead = undefined;
    expect(await tests.run(testid)).toBe("done");
    expect(await time()).toBe(STEP + 2 * HOUR);
  });

  it("and whose saved state is wrong is moved to replay by the worker, who is told so", async () => {
    await warmUp();
    tests.model.instead = async ({ work }) => {
      if (work.kind !== "advance") return undefined;
      return await says(work.replays === true ? "replaying" : "state")();
    };
    expect(await advance()).toBeTypeOf("string");
    tests.model.requests.length = 0;
    tests.model.instead = undefined;
    expect(await tests.run(testid)).toBe("done");
    expect(tests.model.requests.map(({ work }) => work.kind === "advance" && work.replays)).toEqual([true]);
  });

  it("but a failure of its own is the answer, as it would be a worker's", async () => {
    await warmUp();
    tests.model.instead = async () => FAILED;
    expect(await advance()).toMatchObject({ status: 500 });
    expect([await time(), rung, await held()]).toEqual([STEP, [], 0]);
  });
});
