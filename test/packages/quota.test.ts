import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { clearUpUploads } from "../../functions/garbage/uploads.ts";
import { countPublished } from "../../functions/packages/published.ts";
import type { TestCaseName } from "../../functions/packages/records.ts";
import type { Scope } from "../../functions/packages/scope.ts";
import { keys } from "../../functions/platform/keys.ts";
import type { UploadLimits } from "../../functions/platform/limits.ts";
import { makeUploadForm } from "../../functions/uploads/form.ts";
import { listTestCases } from "../../functions/uploads/list.ts";
import { deleteUploads } from "../../functions/uploads/remove.ts";
import { nextSecond } from "../support/next-second.ts";
import { GOOD, package_, useUploads } from "./uploads.ts";

const uploads = useUploads();
const KIB = 1024;
const ROOMY: UploadLimits = { bytes: 2 ** 40, files: 100 };
let user: string;
let scope: Scope;

beforeEach(() => {
  user = `u-${randomUUID()}`;
  scope = { kind: "user", user };
});

const bucket = () => uploads.stack().bucket;
const redis = () => uploads.stack().fixture.redis;
const form = (testcaseid: string, { file = "fmu", limits = ROOMY, nowMs = Date.now() } = {}) =>
  makeUploadForm({ redis: redis(), bucket: bucket() }, { scope, testcaseid }, file, { limits, nowMs });
/** Puts an object of so many bytes where a form is for. */
const use = async ({ fields }: { fields: Readonly<Record<string, string>> }, bytes: number) =>
  await bucket().put(fields.key ?? "", Buffer.alloc(bytes, 1));

/** What S3 takes by a form, bytes. */
function range({ fields }: { readonly fields: Readonly<Record<string, string>> }): unknown {
  const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString()) as { conditions: unknown[] };
  return policy.conditions.find((each) => Array.isArray(each) && each[0] === "content-length-range");
}

describe("a form for an upload", () => {
  it("lets nobody upload more than there is room for", async () => {
    const limits = { bytes: 100 * KIB, files: 100 };
    const first = await form("a", { limits });
    expect(range(first)).toEqual(["content-length-range", 1, 100 * KIB]);
    await use(first, 30 * KIB);
    expect(range(await form("b", { limits }))).toEqual(["content-length-range", 1, 70 * KIB]);
    // What it replaces goes.
    expect(range(await form("a", { limits }))).toEqual(["content-length-range", 1, 100 * KIB]);
    // And no more than a file of its kind may have.
    expect(range(await form("a", { file: "days.json" }))).toEqual(["content-length-range", 1, KIB * KIB]);
    expect(range(await form("a", { file: "x.csv" }))).toEqual(["content-length-range", 1, 64 * KIB * KIB]);
    expect(range(await form("a"))).toEqual(["content-length-range", 1, 256 * KIB * KIB]);
  });

  it("is refused when the scope is full, with what counts and how to free it, until something is deleted", async () => {
    const limits = { bytes: 100 * KIB, files: 100 };
    await use(await form("large", { limits }), 90 * KIB);
    await use(await form("small", { limits }), 10 * KIB);
    await expect(form("more", { limits })).rejects.toMatchObject({
      message: `The test cases uploaded under /users/${user}/testcases hold 100 KiB in 2 files. At most 100 KiB and 100 files, open forms included, are allowed. Delete what is not needed: DELETE /users/${user}/testcases/{testcaseid} deletes a test case, with ?file={name} one file beside its FMU. The largest: large (90 KiB), small (10 KiB).`,
      usage: { bytes: 100 * KIB, files: 2, openForms: 0 },
      allowed: limits,
    });
    // Nobody else is refused for it, and a name that was refused is not noted.
    scope = { kind: "user", user: `${user}-2` };
    await form("more", { limits });
    scope = { kind: "user", user };
    expect(await redis().command(["ZSCORE", keys.uploadNames(), `users/${user}/more`])).toBeNull();
    await deleteUploads(redis(), bucket(), { scope, testcaseid: "small" });
    expect(range(await form("more", { limits }))).toEqual(["content-length-range", 1, 10 * KIB]);
  });

  it("counts as a file until it is used, or is of no use any more", async () => {
    const limits = { bytes: 2 ** 30, files: 3 };
    const nowMs = Date.now();
    const forms = [
      await form("a", { limits, nowMs }),
      await form("b", { limits, nowMs }),
      await form("c", { limits, nowMs }),
    ];
    await expect(form("d", { limits, nowMs })).rejects.toMatchObject({
      usage: { bytes: 0, files: 0, openForms: 3 },
      message: expect.stringContaining("3 upload forms may still be used"),
    });
    for (const each of forms) await use(each, 1);
    await expect(form("d", { limits, nowMs })).rejects.toMatchObject({ usage: { files: 3, openForms: 0 } });
    // To replace is no new file.
    await form("a", { limits, nowMs });
    await deleteUploads(redis(), bucket(), { scope, testcaseid: "b" });
    await deleteUploads(redis(), bucket(), { scope, testcaseid: "c" });
    await expect(form("d", { limits, nowMs: nowMs + 3_599_999 })).resolves.toBeDefined();
    await expect(form("e", { limits, nowMs: nowMs + 3_599_999 })).rejects.toMatchObject({ usage: { openForms: 2 } });
    await expect(form("e", { limits, nowMs: nowMs + 3_600_000 })).resolves.toBeDefined();
  });

  it("is not given out for more than a few CSV files, unless for one that is there", async () => {
    for (let i = 0; i < 32; i++) await use(await form("a", { file: `f${i}.csv` }), 1);
    await expect(form("a", { file: "more.csv" })).rejects.toMatchObject({
      name: "TooManyFiles",
      message: expect.stringMatching(/^There are 32 CSV files.*At most 32.*DELETE …\?file=\{name\}/),
    });
    await form("a", { file: "f7.csv" });
    await form("a", { file: "kpis.json" });
  });

  it("costs a listing and one round trip, however many test cases there are", async () => {
    for (const id of ["a", "b"]) await use(await form(id), 1);
    const cost = await uploads.stack().cost(() => form("c"));
    expect(cost).toMatchObject({ requests: 1, s3: { ListObjects: 1 } });
  });
});

describe("an upload for which there is no room when it is taken in", () => {
  it("is refused with what counts, and deleted at once; what was there before stays", async () => {
    const name = { scope, testcaseid: "one" };
    await use(await form("before"), 1000);
    const { fields } = await form("one");
    await bucket().put(fields.key ?? "", GOOD);
    uploads.name = name;
    uploads.limits = { bytes: GOOD.length + 999, files: 10 };
    expect(await uploads.take()).toEqual({ outcome: "refused", reasons: 1 });
    expect(await uploads.recorded()).toMatchObject({
      removed: true,
      reasons: [
        expect.stringMatching(/^The file was deleted, as there is no room for it\. The test cases uploaded under/),
      ],
    });
    const { objects } = await bucket().list(`uploads/users/${user}/`);
    expect(objects.map(({ key }) => key.split("/")[3])).toEqual(["before"]);
    // What comes later is no reason to refuse it.
    uploads.limits = { bytes: GOOD.length + 1000, files: 2 };
    await nextSecond();
    await bucket().put((await form("one")).fields.key ?? "", GOOD);
    await nextSecond();
    await use(await form("later"), 5000);
    expect(await uploads.take()).toMatchObject({ outcome: "published" });
    await deleteUploads(redis(), bucket(), { scope, testcaseid: "later" });
    // With room it is taken in, and so it is when it replaces another.
    for (let i = 0; i < 2; i++) {
      await nextSecond();
      await bucket().put((await form("one")).fields.key ?? "", GOOD);
      expect(await uploads.take()).toMatchObject({ outcome: "published" });
    }
  });
});

describe("a file beside a good FMU, for which there is no room", () => {
  const NO_ROOM = expect.stringMatching(/^The file more\.csv was deleted, as there is no room for it/);
  let name: TestCaseName;

  beforeEach(async () => {
    name = { scope, testcaseid: "one" };
    uploads.name = name;
    uploads.limits = { bytes: GOOD.length + 10, files: 10 };
    await bucket().put((await form("one")).fields.key ?? "", GOOD);
  });
  const addCsv = async () => await use(await form("one", { file: "more.csv" }), 1000);
  const listed = async (nowMs = Date.now()) => (await listTestCases(redis(), bucket(), scope, nowMs))[0]?.state;

  it("is refused, and told, and the test case stays what it was", async () => {
    const { package: hash } = await uploads.take();
    const before = await uploads.recorded();
    await addCsv();
    expect(await uploads.take()).toEqual({ outcome: "refused", reasons: 1 });
    const record = await uploads.recorded();
    expect(record).toEqual({ ...before, upload: expect.anything(), refused: [NO_ROOM] });
    expect(await listed()).toEqual({ status: "ready", record });
    expect(await uploads.take()).toEqual({ outcome: "known" });
    // Nothing of it is cleared up.
    const late = Date.now() + 100 * 86_400_000;
    await clearUpUploads(redis(), bucket(), { nowMs: late, refusedMs: 7 * 86_400_000 });
    expect(await listed(late)).toMatchObject({ status: "ready", record: { package: hash } });
    // With room it is taken in, and the refusal is forgotten.
    uploads.limits = ROOMY;
    await nextSecond();
    await bucket().put((await form("one")).fields.key ?? "", GOOD);
    expect(await uploads.take()).toMatchObject({ outcome: "published", package: hash });
    expect(await uploads.recorded()).not.toHaveProperty("refused");
  });

  it("does not keep an FMU from being published that is not checked yet", async () => {
    await addCsv();
    expect(await uploads.take()).toEqual({ outcome: "refused", reasons: 1 });
    expect(await listed()).toMatchObject({ status: "ready", record: { refused: [NO_ROOM] } });
    expect(await uploads.take()).toEqual({ outcome: "known" });
  });

  it("is told together with what is wrong with the FMU", async () => {
    uploads.limits = { bytes: 500, files: 10 };
    await nextSecond();
    await bucket().put((await form("one")).fields.key ?? "", Buffer.from("not really an FMU"));
    await addCsv();
    await uploads.take();
    expect(await uploads.recorded()).toMatchObject({
      state: "refused",
      reasons: [NO_ROOM, expect.stringMatching(/^The file is no FMU/)],
    });
  });
});

describe("published versions of test cases", () => {
  const version = async (step: number) => {
    await nextSecond();
    await bucket().put((await form("one")).fields.key ?? "", package_(step));
    return await uploads.take();
  };

  it("hold so much and no more, until one is deleted; what was published before stays", async () => {
    uploads.name = { scope, testcaseid: "one" };
    uploads.limits = { ...ROOMY, publishedBytes: 2.5 * GOOD.length };
    const { package: first = "" } = await version(71);
    const { package: second } = await version(72);
    expect(await version(73)).toMatchObject({ outcome: "refused" });
    expect(await uploads.recorded()).toMatchObject({
      state: "published",
      package: second,
      refused: [expect.stringMatching(/no room for it\. All versions of .* hold .*PUBLISHED_BYTES/)],
    });
    // Another account's count by themselves.
    expect(await countPublished(redis(), scope)).toEqual({ bytes: 2 * GOOD.length, count: 2 });
    expect(await countPublished(redis(), { kind: "user", user: "another" })).toEqual({ bytes: 0, count: 0 });
    await redis().command(["ZREM", keys.packagesUsed(), first]);
    expect(await version(74)).toMatchObject({ outcome: "published" });
  });
});
