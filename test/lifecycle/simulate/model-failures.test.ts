import { describe, expect, it } from "vitest";
import type { EmulatorReply, EmulatorRequest } from "../../../functions/emulator/protocol.ts";
import { makeCallModel } from "../../../functions/emulator-client/call.ts";
import { modelEmulator } from "../../../functions/emulator-client/emulator.ts";
import { ModelUnavailable } from "../../../functions/emulator-client/failure.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { InvokeError } from "../../../functions/platform/lambda.ts";
import { decodeSamples, encodeSamples, type Samples } from "../../../functions/simulation/samples.ts";
import { FakeFunction, tamper } from "../../support/fake-model.ts";
import { answerTo, ask, create, delays, selectedPackage } from "../model-test.ts";
import { FAILED, testcase1, usePackageTests } from "../package-tests.ts";

const tests = usePackageTests();

describe("a model that fails", () => {
  it("is a 500 with its last words, and the test is as it was", async () => {
    const testid = await tests.started();
    const [before, revision] = [await tests.outcome(testid), await tests.field(testid, "state")];
    tests.model.instead = () => FAILED;
    const answer = await tests.advanced(testid);
    expect(answer?.status).toBe(500);
    expect(answer?.message).toBe(
      "The simulation of mine failed: the model's process was ended by SIGSEGV. The test is as it was before. The model's log ends with:\nfirst words\nlast words",
    );
    expect(await tests.field(testid, "state")).toBe(revision);
    expect(await tests.outcome(testid)).toEqual(before);
    tests.model.instead = undefined;
    expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
  });

  it("is none if it ended the simulation by itself: a 400 that says when, and the test is as it was", async () => {
    const testid = await tests.started();
    const before = await tests.outcome(testid);
    tests.model.instead = () => ({ ...FAILED, failure: "ended", message: "the model ended the simulation at 9 s" });
    const answer = await tests.advanced(testid);
    expect(answer).toMatchObject({
      status: 400,
      message: expect.stringContaining("ended the simulation at 9 s. Nothing"),
    });
    expect(await tests.outcome(testid)).toEqual(before);
    tests.model.instead = undefined;
    expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
  });

  it("fails its own start, and leaves no test behind", async () => {
    tests.model.instead = () => ({ ...FAILED, failure: "load" });
    const { testid, requestid } = await create(tests.stack(), selectedPackage(tests.copy, testcase1));
    await tests.run(testid);
    expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 500 });
    expect(await tests.stack().fixture.redis.command(["EXISTS", keys.test(testid)])).toBe(0);
  });

  it("that computes for too long is asked for less at a time, until that is one interval", async () => {
    const testid = await tests.started();
    await ask(tests.stack(), testid, "set_step", { step: 3600 });
    await tests.run(testid);
    const asked: number[] = [];
    tests.model.instead = ({ work: of }) => {
      if (of.kind !== "advance") return undefined;
      asked.push(of.to - of.from);
      return of.to - of.from > 10 ? { ...FAILED, failure: "timeout", message: "it took too long" } : undefined;
    };
    expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
    expect(asked.slice(0, 3)).toEqual([120, 15, 2]);
    tests.model.instead = () => ({ ...FAILED, failure: "timeout", message: "it took too long" });
    expect(await tests.advanced(testid)).toMatchObject({ status: 500 });
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
    const testid = await tests.started();
    const honest = new FakeFunction(testcase1, 0);
    const before = await tests.outcome(testid);
    tests.model.instead = async (request) =>
      tamper((await honest.invoke(request, { limitMs: 1 })) as EmulatorReply, change);
    const answer = await tests.advanced(testid);
    expect(answer).toMatchObject({ status: 500 });
    expect(answer?.message).toMatch(/The model gave/);
    expect(await tests.outcome(testid)).toEqual(before);
  });
});

describe("a state that the model cannot go on from", () => {
  const atState = (failure: "crash" | "timeout"): EmulatorReply => ({ ...FAILED, failure, restoring: true });

  it.each(["crash", "timeout"] as const)(
    "is tried again, and then what was done is done again: %s",
    async (failure) => {
      const testid = await tests.started();
      const asked: (boolean | undefined)[] = [];
      tests.model.instead = ({ work }) => {
        if (work.kind !== "advance") return undefined;
        asked.push(work.replays);
        return work.replays === true ? undefined : atState(failure);
      };
      expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
      expect(asked).toEqual([undefined, undefined, true]);
    },
  );

  it("is not given up for a process that was ended once", async () => {
    const testid = await tests.started();
    let times = 0;
    tests.model.instead = ({ work }) => (work.kind === "advance" && times++ === 0 ? atState("crash") : undefined);
    expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
    expect(times).toBe(2);
  });

  it("is the end of a test of which nobody knows what was done, and says so", async () => {
    const testid = await tests.started();
    tests.model.instead = ({ work }) => {
      if (work.kind !== "advance") return undefined;
      return work.replays === true ? { ...FAILED, failure: "state", message: "it is too long ago" } : atState("crash");
    };
    const answer = await tests.advanced(testid);
    expect(answer?.status).toBe(500);
    expect(answer?.message).toContain(
      "The model cannot go on from the state that it saved (the model's process was ended by SIGSEGV), and it is too long ago. Begin a new test",
    );
  });

  it("is found out by steps that are computed both ways, as often as is configured", async () => {
    const asked: (boolean | undefined)[] = [];
    const honest = new FakeFunction(testcase1, 0);
    const call = makeCallModel(
      async (payload, options) => {
        const { work } = payload as EmulatorRequest;
        if (work.kind === "advance") asked.push(work.checks);
        return await honest.invoke(payload, options);
      },
      { modelMs: 1000, replayMs: 1000 },
    );
    let drawn = 0;
    const checks = { share: 0.5, random: () => drawn++ % 2 };
    const of = { owner: "o", hash: "h", model: tests.copy.model, url: async () => "" };
    const emulator = modelEmulator(of, call, () => {}, checks);
    let { state } = await emulator.initialize(0);
    for (let i = 0; i < 4; i++) {
      ({ state } = await emulator.advance(state, {}, { start: 60 * i, length: 60, intervals: 2 }, 0, 2));
    }
    expect(asked).toEqual([true, undefined, true, undefined]);
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
  const emulator = modelEmulator(
    { owner: "o", hash: "h", model: tests.copy.model, url: async () => "" },
    call,
    () => {},
  );
  const failed = await emulator.initialize(0).catch((error: unknown) => error);
  expect(failed).toMatchObject({ failure: "model", cause: { code: "ERR_BUFFER_TOO_LARGE" } });
});

it("a package of which no URL can be made may be asked for later", async () => {
  const call = () => Promise.reject(new Error("nobody is to be asked"));
  const url = () => Promise.reject(new Error("no credentials now"));
  const emulator = modelEmulator({ owner: "o", hash: "h", model: tests.copy.model, url }, call, () => {});
  await expect(emulator.initialize(0)).rejects.toThrow(ModelUnavailable);
});

function firstRow({ names, columns }: Samples): Samples {
  return { names, columns: columns.map((values) => values.subarray(0, 1)) };
}

describe("an emulator function that cannot be asked", () => {
  const failing = (times: number, error: () => EmulatorReply | Error) => {
    let left = times;
    tests.model.instead = () => {
      if (left-- <= 0) return undefined;
      const failure = error();
      if (failure instanceof Error) throw failure;
      return failure;
    };
  };
  const stranger = (): EmulatorReply => ({ ...FAILED, failure: "owner", message: "another's" });

  it("because the instance is another owner's, is asked again: another may answer", async () => {
    const testid = await tests.started();
    failing(4, stranger);
    expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
    expect(tests.model.requests).toHaveLength(5);
  });

  it("because its instance ended, is asked once more, and if that ends too it is the model's doing", async () => {
    const testid = await tests.started();
    const ended = () => new InvokeError("failed", "Runtime.ExitError", "it ended");
    failing(1, ended);
    expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
    failing(2, ended);
    expect(await tests.advanced(testid)).toMatchObject({ status: 500 });
  });

  it.each([
    ["too busy", () => new InvokeError("throttled", "TooManyRequestsException", "busy")],
    ["out of reach", () => new InvokeError("unavailable", "ECONNREFUSED", "away")],
    ["always another owner's", stranger],
    ["without the package", (): EmulatorReply => ({ ...FAILED, failure: "unavailable", message: "not fetched" })],
  ])("because it is %s, is asked later, as often as it takes in ten minutes", async (_what, error) => {
    const testid = await tests.started();
    const before = await tests.outcome(testid);
    failing(1e6, error);
    const requestid = await ask(tests.stack(), testid, "advance");
    for (let i = 0; i < 4; i++) expect(await tests.run(testid)).toBe("suspended");
    expect(delays).toEqual([2]);
    expect(await answerTo(tests.stack(), testid, requestid)).toBeUndefined();
    expect(await tests.run(testid, { aheadMs: 601_000 })).toBe("done");
    expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 503 });
    expect(await tests.outcome(testid)).toEqual(before);
    const again = await ask(tests.stack(), testid, "advance");
    expect(await tests.run(testid)).toBe("suspended");
    tests.model.instead = undefined;
    expect(await tests.run(testid)).toBe("done");
    expect(await answerTo(tests.stack(), testid, again)).toMatchObject({ status: 200 });
  });

  it("because what it is to hold is too large, is a 500", async () => {
    const testid = await tests.started();
    failing(1, () => new InvokeError("too-large", "RequestTooLargeException", "too large"));
    const answer = await tests.advanced(testid);
    expect(answer).toMatchObject({ status: 500 });
    expect(answer?.message).toContain("larger than this service can store");
  });
});
