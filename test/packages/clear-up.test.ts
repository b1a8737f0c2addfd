import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { clearUpUploads } from "../../functions/garbage/uploads.ts";
import { fieldOf, type PackageRecord, readRecord, type TestCaseName } from "../../functions/packages/records.ts";
import { keys } from "../../functions/platform/keys.ts";
import { makeUploadForm, maybeUploaded } from "../../functions/uploads/form.ts";
import { listTestCases } from "../../functions/uploads/list.ts";
import { deleteUploads, removeBeside } from "../../functions/uploads/remove.ts";
import { findUploads } from "../../functions/uploads/uploads.ts";
import { nextSecond } from "../support/next-second.ts";
import { GOOD, useUploads } from "./uploads.ts";

const DAY = 86_400_000;
const uploads = useUploads();
const redis = () => uploads.stack().fixture.redis;
const bucket = () => uploads.stack().bucket;
let name: TestCaseName;

/** A test case of which something may be uploaded. */
beforeEach(async () => {
  await redis().command(["DEL", keys.uploadNames(), keys.packageRecords(), keys.housekeeping()]);
  for (let isMore = true; isMore; ) {
    const { objects, more } = await bucket().list("uploads/");
    await bucket().remove(objects.map(({ key }) => key));
    isMore = more;
  }
  name = uploads.name;
  await form();
});

async function form(): Promise<string> {
  const limits = { bytes: 2 ** 40, files: 100 };
  const options = { limits, nowMs: Date.now() };
  return (await makeUploadForm({ redis: redis(), bucket: bucket() }, name, "fmu", options)).fields.key ?? "";
}
const clearUp = (afterMs: number) =>
  clearUpUploads(redis(), bucket(), { nowMs: Date.now() + afterMs, refusedMs: 7 * DAY });
const nothing = { removed: 0, forgotten: 0 };
const left = () => findUploads(bucket(), name.scope, name.testcaseid);
const COULD_NOT = expect.stringContaining("could not check");
const BAD = Buffer.from("not really an FMU");

describe("clearing up uploads", () => {
  it("forgets the name of a form that was never used, when it can be used no more", async () => {
    expect(await clearUp(DAY - 1000)).toEqual(nothing);
    expect(await maybeUploaded(redis(), name)).toBe(true);
    expect(await clearUp(DAY + 1000)).toEqual({ removed: 0, forgotten: 1 });
    expect(await maybeUploaded(redis(), name)).toBe(false);
  });

  it("deletes what was refused after a while, keeps the reasons as long again, and forgets them then", async () => {
    await bucket().put(await form(), BAD);
    await uploads.take();
    expect(await clearUp(7 * DAY - 5000)).toEqual(nothing);
    expect(await left()).toBeDefined();
    expect(await clearUp(7 * DAY + 5000)).toEqual({ removed: 1, forgotten: 0 });
    expect(await left()).toBeUndefined();
    expect(await readRecord(redis(), name)).toMatchObject({
      state: "refused",
      removed: true,
      reasons: [expect.stringMatching(/^The file is no FMU/), "Its files were deleted after 7 days."],
    });
    expect(await clearUp(14 * DAY - 5000)).toEqual(nothing);
    expect(await clearUp(14 * DAY + 5000)).toEqual({ removed: 0, forgotten: 1 });
    expect(await readRecord(redis(), name)).toBeUndefined();
    expect(await maybeUploaded(redis(), name)).toBe(false);
  });

  it("leaves alone what is published, and what has replaced a refused upload and is not checked yet", async () => {
    await bucket().put(await form(), GOOD);
    await uploads.take();
    expect(await clearUp(100 * DAY)).toEqual(nothing);
    expect(await left()).toBeDefined();
    await nextSecond();
    await bucket().put(await form(), BAD);
    await uploads.take();
    // Refused long ago, by the record. What has replaced it is being checked at this moment.
    const record = (await readRecord(redis(), name)) as PackageRecord;
    const upload = { ...record.upload, modifiedMs: record.upload.modifiedMs - 100 * DAY };
    await redis().command(["HSET", keys.packageRecords(), fieldOf(name), JSON.stringify({ ...record, upload })]);
    await redis().command(["ZADD", keys.uploadNames(), Date.now() - 100 * DAY, fieldOf(name)]);
    await bucket().put(`uploads/users/jo.e@x/${name.testcaseid}/${randomUUID()}`, GOOD);
    const options = { nowMs: Date.now() + 5000, refusedMs: 0 };
    expect(await clearUpUploads(redis(), bucket(), options)).toEqual(nothing);
    expect(await uploads.take()).toMatchObject({ outcome: "published" });
  });

  it("deletes what has replaced a refused upload, if nobody has checked it for long", async () => {
    await bucket().put(await form(), BAD);
    await uploads.take();
    await nextSecond();
    await bucket().put(await form(), GOOD);
    expect(await clearUp(7 * DAY - 5000)).toEqual(nothing);
    expect(await clearUp(7 * DAY + 5000)).toEqual({ removed: 1, forgotten: 0 });
    expect(await left()).toBeUndefined();
    expect(await readRecord(redis(), name)).toMatchObject({ removed: true, reasons: [COULD_NOT, expect.any(String)] });
  });

  it("deletes what nobody has checked for long beside a good test case, which stays and tells it", async () => {
    await bucket().put(await form(), GOOD);
    const { package: hash } = await uploads.take();
    await nextSecond();
    await bucket().put(await form(), BAD);
    const state = async (afterMs: number) =>
      (await listTestCases(redis(), bucket(), name.scope, Date.now() + afterMs)).find(
        ({ testcaseid }) => testcaseid === name.testcaseid,
      )?.state;
    expect(await state(DAY)).toMatchObject({ status: "refused" });
    expect(await clearUp(7 * DAY - 5000)).toEqual(nothing);
    expect(await clearUp(7 * DAY + 5000)).toEqual({ removed: 1, forgotten: 0 });
    const refused = [COULD_NOT, expect.stringContaining("deleted after 7 days")];
    expect(await state(8 * DAY)).toMatchObject({ status: "ready", record: { package: hash, refused } });
    expect(await clearUp(100 * DAY)).toEqual(nothing);
  });

  it("comes to all test cases in some runs, however many must stay", async () => {
    await redis().command(["DEL", keys.uploadNames()]);
    // Of these nothing is left but the reasons, and these are kept for another while.
    const fields = Array.from({ length: 110 }, (_, i) => `users/jo.e@x/u${i}`);
    const upload = { key: "uploads/x", modifiedMs: Date.now() - 10 * DAY };
    const refused = JSON.stringify({ state: "refused", upload, reasons: [] });
    await redis().command(["HSET", keys.packageRecords(), ...fields.flatMap((field) => [field, refused])]);
    await redis().command(["ZADD", keys.uploadNames(), ...fields.flatMap((field, i) => [i, field])]);
    await redis().command(["ZADD", keys.uploadNames(), 1000, fieldOf(name)]);
    // Of 111 names a run looks at 100: it misses this one in one of ten runs.
    for (let run = 0; run < 30 && (await maybeUploaded(redis(), name)); run++) await clearUp(0);
    expect(await maybeUploaded(redis(), name)).toBe(false);
  });

  it("deletes what nobody has checked", async () => {
    await bucket().put(await form(), GOOD);
    expect(await clearUp(7 * DAY - 5000)).toEqual(nothing);
    expect(await clearUp(7 * DAY + 5000)).toEqual({ removed: 1, forgotten: 0 });
    expect(await readRecord(redis(), name)).toMatchObject({
      reasons: [COULD_NOT, expect.any(String)],
    });
  });

  it("forgets what was deleted, and the marks of files that were taken away", async () => {
    await bucket().put(await form(), BAD);
    await uploads.take();
    await deleteUploads(redis(), bucket(), name);
    await bucket().put(`${await form()}/days.json`, Buffer.from("{}"));
    await removeBeside(bucket(), name, "days.json", Date.now());
    expect(await clearUp(15 * DAY)).toEqual({ removed: 0, forgotten: 1 });
    expect((await bucket().list(`uploads/users/jo.e@x/${name.testcaseid}/`)).objects).toEqual([]);
  });

  it("forgets no name for which a form is given out meanwhile", async () => {
    // It is given out while the bucket is asked whether something was uploaded.
    const asking = uploads.bucketWith({
      list: async (prefix, options) => {
        if (prefix !== "uploads/")
          await redis().command([
            "ZADD",
            keys.uploadNames(),
            Date.now() + 100 * DAY,
            `users/jo.e@x/${name.testcaseid}`,
          ]);
        return await bucket().list(prefix, options);
      },
    });
    const options = { nowMs: Date.now() + 100 * DAY, refusedMs: 7 * DAY };
    expect(await clearUpUploads(redis(), asking, options)).toEqual(nothing);
    expect(await maybeUploaded(redis(), name)).toBe(true);
  });

  it("finds names in the bucket that Redis has lost, in as many runs as that takes", async () => {
    for (const id of ["a", "b", "c"]) await bucket().put(`uploads/shared/${id}/x`, Buffer.from("x"));
    const inPages = uploads.bucketWith({ list: (prefix, options) => bucket().list(prefix, { ...options, limit: 2 }) });
    const run = async () => {
      await redis().command(["DEL", keys.uploadNames()]);
      await clearUpUploads(redis(), inPages, { nowMs: Date.now(), refusedMs: 7 * DAY, maxPages: 1 });
      return await redis().command(["ZRANGE", keys.uploadNames(), 0, -1]);
    };
    expect(await run()).toEqual(["shared/a", "shared/b"]);
    expect(await run()).toEqual(["shared/c"]);
    // And from the beginning again.
    expect(await run()).toEqual(["shared/a", "shared/b"]);
  });

  it("finds a name in the bucket that Redis has lost", async () => {
    await bucket().put(await form(), GOOD);
    await redis().command(["DEL", keys.uploadNames()]);
    expect(await maybeUploaded(redis(), name)).toBe(false);
    await clearUp(0);
    expect(await maybeUploaded(redis(), name)).toBe(true);
  });
});

describe("a listing of uploaded test cases", () => {
  const scope = { kind: "namespace", namespace: `n-${randomUUID()}` } as const;
  const in_ = (testcaseid: string) => ({ scope, testcaseid });

  it("says of each how far it has come", async () => {
    for (const [testcaseid, content] of [
      ["good", GOOD],
      ["bad", BAD],
      ["new", GOOD],
    ] as const) {
      await bucket().put(`uploads/namespaces/${scope.namespace}/${testcaseid}/${randomUUID()}`, content);
      uploads.name = in_(testcaseid);
      if (testcaseid !== "new") await uploads.take();
    }
    const list = (nowMs = Date.now()) => listTestCases(redis(), bucket(), scope, nowMs);
    const ready = { testcaseid: "good", state: { status: "ready", record: expect.anything() } };
    const refused = {
      testcaseid: "bad",
      state: { status: "refused", reasons: [expect.stringMatching(/^The file is no FMU/)] },
    };
    expect(await list()).toEqual([refused, ready, { testcaseid: "new", state: { status: "checking" } }]);
    expect((await list(Date.now() + DAY)).at(-1)?.state).toEqual({
      status: "refused",
      reasons: ["The service could not check the upload. Upload it again."],
    });
    // A newer upload than the one that is recorded.
    await nextSecond();
    await bucket().put(`uploads/namespaces/${scope.namespace}/good/${randomUUID()}`, BAD);
    expect((await list())[1]).toEqual({ testcaseid: "good", state: { status: "checking" } });
    const cost = await uploads.stack().cost(() => list());
    expect(cost).toEqual({ requests: 1, commands: 2, s3: { ListObjects: 1 } });
  });
});
