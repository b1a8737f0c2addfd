import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeCatalog } from "../../../functions/emulator-client/open.ts";
import { endFailedStarts } from "../../../functions/lifecycle/create-and-stop/failed-start.ts";
import { makeInlineExecute } from "../../../functions/lifecycle/execute-inline.ts";
import { WORKER_FIELDS } from "../../../functions/lifecycle/record/record.ts";
import type { Manifest } from "../../../functions/packages/manifest.ts";
import {
  type PackageRecord,
  pendingVersion,
  type TestCaseName,
  writeRecord,
} from "../../../functions/packages/records.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { drain } from "../../../functions/streams/drain.ts";
import { builtIn } from "../../simulation/support.ts";
import { useCacheStack } from "../../support/cache.ts";
import { FakeFunction, publishCopy } from "../../support/fake-model.ts";
import { answerTo, ask, create, delays, selectedPackage, type WorkOptions, work } from "../model-test.ts";

const testcase1 = builtIn("testcase1");
const stack = useCacheStack();
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
let copy: Manifest;
let other: Manifest;
let model: FakeFunction;
let name: TestCaseName;

beforeAll(async () => {
  copy = await publishCopy(stack().bucket, testcase1);
  other = await publishCopy(stack().bucket, builtIn("testcase3"));
});
beforeEach(async () => {
  await command("DEL", keys.failedStarts());
  model = new FakeFunction(testcase1, 0);
  name = { scope: { kind: "user", user: "john" }, testcaseid: `t-${randomUUID()}` };
});

const run = (testid: string, options: WorkOptions = {}) => work(stack(), testid, { invoke: model.invoke, ...options });
const upload = (modifiedMs = 1000) => ({
  key: `uploads/users/john/${name.testcaseid}/${modifiedMs}-${randomUUID()}`,
  modifiedMs,
});
const published = (of: { key: string; modifiedMs: number }, { hash }: Manifest, step = 900): PackageRecord => {
  return { state: "published", upload: of, package: hash, layout: 1, owner: "user-john", step, cost: 1e6, width: 77 };
};

/** A test on an upload that nobody has checked yet. */
const begun = (of: { key: string; modifiedMs: number }) =>
  create(stack(), {
    ...selectedPackage(copy, testcase1),
    testcaseid: name.testcaseid,
    version: pendingVersion(of),
    owner: "",
    step: 0,
    width: 0,
  });

describe("a test that was begun on an upload", () => {
  it("waits until that is published, and has then what the package says", async () => {
    const of = upload();
    const { testid, requestid } = await begun(of);
    const running = run(testid);
    await sleep(100);
    expect(await answerTo(stack(), testid, requestid)).toBeUndefined();
    await writeRecord(stack().fixture.redis, name, published(of, copy));
    expect(await running).toBe("done");
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 200, body: `{"testid":"${testid}"}` });
    const values = await command("HMGET", keys.test(testid), "version", "owner", "step", "cost", "width", "status");
    expect(values).toEqual([copy.hash, "user-john", "900", "1000000", "77", "Running"]);
    expect(model.requests[0]).toMatchObject({ owner: "user-john" });
  });

  it("carries out what was asked meanwhile, on the package", async () => {
    const of = upload();
    const { testid } = await begun(of);
    const requestid = await ask(stack(), testid, "advance");
    await writeRecord(stack().fixture.redis, name, published(of, copy, 60));
    await run(testid);
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 200, payload: { time: 60 } });
  });

  it("that is refused is told every reason, and is gone", async () => {
    const of = upload();
    const { testid, requestid } = await begun(of);
    await writeRecord(stack().fixture.redis, name, { state: "refused", upload: of, reasons: ["One.", "Two."] });
    await run(testid);
    const answer = await answerTo(stack(), testid, requestid);
    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer?.body ?? "")).toEqual({
      type: "about:blank",
      status: 400,
      detail: "The uploaded test case cannot be used. One. Two.",
      reasons: ["One.", "Two."],
    });
    expect(await command("EXISTS", keys.test(testid))).toBe(0);
  });

  it("that is refused and deleted while an earlier one stays published, is told why; who waits for the earlier one gets it", async () => {
    const [earlier, of] = [upload(1000), upload(2000)];
    const [{ testid, requestid }, waiting] = [await begun(of), await begun(earlier)];
    await writeRecord(stack().fixture.redis, name, {
      ...published(of, copy),
      refused: ["There was no room."],
    } as PackageRecord);
    await run(testid);
    await run(waiting.testid);
    const answer = await answerTo(stack(), testid, requestid);
    expect([answer?.status, answer?.body]).toEqual([400, expect.stringContaining('"reasons":["There was no room."]')]);
    expect(await answerTo(stack(), waiting.testid, waiting.requestid)).toMatchObject({ status: 200 });
  });

  it("that is refused and cannot be removed at once, refuses its commands as a test that could not be started", async () => {
    const of = upload();
    const { testid, requestid } = await begun(of);
    const command = await ask(stack(), testid, "advance");
    await writeRecord(stack().fixture.redis, name, { state: "refused", upload: of, reasons: ["One."] });
    await run(testid, { isRemovalLost: true });
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 400 });
    expect(await answerTo(stack(), testid, command)).toMatchObject({
      status: 409,
      message: "The test could not be started. Stop it and select the test case again.",
    });
  });

  it("that is refused and cannot be removed at once, is removed by the sweeper", async () => {
    const { redis } = stack().fixture;
    const of = upload();
    const { testid } = await begun(of);
    await run(testid, { computeMs: 0 });
    await writeRecord(redis, name, { state: "refused", upload: of, reasons: ["One."] });
    await run(testid, { isRemovalLost: true });
    expect(await command("HGET", keys.test(testid), "status")).toBe("Queued");
    expect(await endFailedStarts(redis)).toBe(1);
    expect(await command("KEYS", `*${testid}*`)).toEqual([keys.response(testid)]);
    expect(await command("EXISTS", keys.failedStarts())).toBe(0);
    expect(await endFailedStarts(redis)).toBe(0);
  });

  it("that is refused, and removed, leaves nothing to the sweeper", async () => {
    const of = upload();
    const { testid } = await begun(of);
    await writeRecord(stack().fixture.redis, name, { state: "refused", upload: of, reasons: ["One."] });
    await run(testid);
    expect(await command("EXISTS", keys.failedStarts())).toBe(0);
  });

  it("is spared by the sweeper while its start is not answered, and when it has started after all", async () => {
    const { redis } = stack().fixture;
    const of = upload();
    const { testid } = await begun(of);
    // As by a worker that noted a failure, and lost its lease before it committed that.
    await command("SADD", keys.failedStarts(), testid);
    expect(await endFailedStarts(redis)).toBe(0);
    await writeRecord(redis, name, published(of, copy));
    await run(testid);
    expect(await endFailedStarts(redis)).toBe(0);
    expect(await command("HGET", keys.test(testid), "status")).toBe("Running");
    expect(await command("EXISTS", keys.failedStarts())).toBe(0);
  });

  it("that is refused only in case its check does not end, waits for that", async () => {
    const of = upload();
    const { testid } = await begun(of);
    const provisional = {
      state: "refused",
      upload: of,
      reasons: ["One."],
      provisionalUntil: Date.now() + 60_000,
    } as const;
    await writeRecord(stack().fixture.redis, name, provisional);
    expect(await run(testid, { computeMs: 300 })).toBe("suspended");
    await writeRecord(stack().fixture.redis, name, published(of, copy));
    expect(await run(testid)).toBe("done");
    expect(await command("HGET", keys.test(testid), "version")).toBe(copy.hash);
  });

  it("is not told of what was uploaded before, but of what has replaced it", async () => {
    const [before, of, after] = [upload(1000), upload(2000), upload(3000)];
    await writeRecord(stack().fixture.redis, name, published(before, other));
    const { testid } = await begun(of);
    expect(await run(testid, { computeMs: 300 })).toBe("suspended");
    await writeRecord(stack().fixture.redis, name, published(after, copy));
    expect(await run(testid)).toBe("done");
    expect(await command("HGET", keys.test(testid), "version")).toBe(copy.hash);
  });

  it("waits over many invocations, and keeps to the package that it has begun to simulate", async () => {
    const of = upload();
    const { testid, requestid } = await begun(of);
    for (let i = 0; i < 5; i++) expect(await run(testid, { computeMs: 0 })).toBe("suspended");
    await writeRecord(stack().fixture.redis, name, published(of, copy));
    // Time for one slice and no more.
    const warmedUp = { ...copy, defaults: { ...copy.defaults, warmupPeriod: 7 * 86_400, startTime: 30 * 86_400 } };
    const long = await publishCopy(stack().bucket, { ...testcase1, defaults: warmedUp.defaults });
    await writeRecord(stack().fixture.redis, name, published({ ...of, modifiedMs: 1500 }, long));
    expect(await run(testid, { computeMs: 0 })).toBe("suspended");
    expect(await command("HGET", keys.test(testid), "status")).toBe("Queued");
    await writeRecord(stack().fixture.redis, name, published({ ...of, modifiedMs: 2000 }, other));
    while ((await run(testid, { computeMs: 0 })) === "suspended");
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 200 });
    expect(await command("HGET", keys.test(testid), "version")).toBe(long.hash);
  });

  it("is looked after all the time at first, and later now and then: no worker is held by it", async () => {
    const { testid } = await begun(upload());
    expect(await run(testid, { computeMs: 0 })).toBe("suspended");
    expect(delays).toEqual([0]);
    const startedAt = performance.now();
    expect(await run(testid, { aheadMs: 10_500 })).toBe("suspended");
    expect(delays).toEqual([3]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("gives up after a quarter of an hour", async () => {
    const { testid, requestid } = await begun(upload());
    expect(await run(testid, { computeMs: 0, aheadMs: 890_000 })).toBe("suspended");
    expect(await run(testid, { aheadMs: 901_000 })).toBe("done");
    expect(await answerTo(stack(), testid, requestid)).toMatchObject({ status: 400 });
  });
});

describe("the api", () => {
  it("notes that a package is used, though it asks no model", async () => {
    const { redis } = stack().fixture;
    const limits = { modelMs: 1000, replayMs: 1000 };
    const nowMs = 1_700_000_000_000;
    const ports = { redis, objects: stack().bucket, invoke: undefined, clock: () => nowMs, ...limits };
    const { hash } = await publishCopy(stack().bucket, testcase1);
    await makeCatalog(ports).find({ testcaseid: "mine", version: hash, owner: "user-john" });
    expect(await command("ZSCORE", keys.packagesUsed(), hash)).toBe(String(nowMs));
  });

  it("leaves to workers what a model is to be asked for, and does the rest itself", async () => {
    const { testid } = await create(stack(), selectedPackage(copy, testcase1));
    await run(testid);
    const { fixture, bucket } = stack();
    const ports = { redis: fixture.redis, objects: bucket, clock: Date.now };
    const catalog = makeCatalog({ ...ports, invoke: undefined, modelMs: 1000, replayMs: 1000 });
    const execute = makeInlineExecute({ ...ports, catalog });
    const options = { leaseMs: 5000, computeMs: 5000, idleMs: 86_400_000, fieldNames: WORKER_FIELDS };
    const queue = { send: async () => {}, sendBatch: async () => 0 };
    const inline = () => drain(fixture.redis, queue, testid, execute, options);
    const set = await ask(stack(), testid, "set_step", { step: 0 });
    expect(await inline()).toBe("done");
    expect(await answerTo(stack(), testid, set)).toMatchObject({ status: 200 });
    const advance = await ask(stack(), testid, "advance");
    expect(await inline()).toBe("suspended");
    expect(await run(testid)).toBe("done");
    expect(await answerTo(stack(), testid, advance)).toMatchObject({ status: 200 });
  });
});
