import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest } from "../../functions/packages/read.ts";
import { type RefusedRecord, settles } from "../../functions/packages/records.ts";
import { keys } from "../../functions/platform/keys.ts";
import { objectKeys } from "../../functions/platform/objects.ts";
import { zip } from "../fmus/zip.ts";
import { CONFIG, entries } from "./support.ts";
import { GOOD, useUploads } from "./uploads.ts";

const uploads = useUploads();
let folder: string;
let before: string | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "boptest-take-in-"));
  before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
});
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(folder, { recursive: true, force: true });
});

describe("an upload that is good", () => {
  it("is published under its content's name, and recorded with what a test needs to begin", async () => {
    const key = await uploads.upload(GOOD);
    const { outcome, package: hash = "" } = await uploads.take();
    expect(outcome).toBe("published");
    const manifest = await readManifest(uploads.stack().bucket, hash);
    expect(manifest).toMatchObject({ hash, area: 20 });
    expect(await uploads.stack().bucket.read(objectKeys.packageModel(hash))).toEqual(Buffer.from(GOOD));
    expect(await uploads.recorded()).toEqual({
      state: "published",
      upload: { key, modifiedMs: expect.any(Number), files: 1 },
      package: hash,
      layout: 2,
      owner: "user-jo.e@x",
      step: 600,
      cost: 7,
      // Time, two inputs and two measurements, of 10 2/3 bytes each, every 30 s.
      width: expect.closeTo((5 * 32) / 3 / 30, 9),
    });
    expect(Number(await uploads.stack().fixture.redis.command(["ZSCORE", keys.packagesUsed(), hash]))).toBeGreaterThan(
      Date.now() - 60_000,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is known when its event comes again, and then costs no download", async () => {
    await uploads.upload(GOOD);
    await uploads.take();
    const cost = await uploads.stack().cost(async () => expect(await uploads.take()).toEqual({ outcome: "known" }));
    expect(cost).toEqual({ requests: 1, commands: 2, s3: { ListObjects: 1 } });
  });

  it("is published once, whoever uploads the same", async () => {
    await uploads.upload(GOOD);
    const first = await uploads.take();
    uploads.name = { scope: { kind: "shared" }, testcaseid: uploads.name.testcaseid };
    await uploads.stack().bucket.put(`uploads/shared/${uploads.name.testcaseid}/${randomUUID()}`, GOOD);
    expect(await uploads.take()).toEqual(first);
    expect(await uploads.recorded()).toMatchObject({ owner: "shared" });
  });

  it("may be taken in by several at the same time", async () => {
    await uploads.upload(GOOD);
    const outcomes = await Promise.all([uploads.take(), uploads.take(), uploads.take()]);
    expect(outcomes.map(({ outcome }) => outcome)).toContain("published");
    expect(await uploads.recorded()).toMatchObject({ state: "published" });
  });
});

it("a file that comes in the same second as others is not overlooked", async () => {
  const sameSecond = uploads.bucketWith({
    list: async (prefix, options) => {
      const page = await uploads.stack().bucket.list(prefix, options);
      return { ...page, objects: page.objects.map((object) => ({ ...object, modifiedMs: 1_700_000_000_000 })) };
    },
  });
  const key = (uuid: string) => `uploads/users/jo.e@x/${uploads.name.testcaseid}/${uuid}`;
  await uploads.stack().bucket.put(key("b"), zip(entries({ "resources/config.json": null })));
  expect(await uploads.take(sameSecond)).toMatchObject({ outcome: "refused" });
  await uploads.stack().bucket.put(`${key("a")}/config.json`, Buffer.from(JSON.stringify(CONFIG)));
  expect(await uploads.take(sameSecond)).toMatchObject({ outcome: "published" });
});

describe("an upload that is refused", () => {
  it("is recorded with every reason", async () => {
    const key = await uploads.upload(Buffer.from("not really an FMU"));
    expect(await uploads.take()).toEqual({ outcome: "refused", reasons: 1 });
    expect(await uploads.recorded()).toEqual({
      state: "refused",
      upload: { key, modifiedMs: expect.any(Number), files: 1 },
      reasons: [expect.stringMatching(/^The file is no FMU/)],
    });
    expect(await uploads.take()).toEqual({ outcome: "known" });
  });

  it("is one without an FMU, whatever is beside it", async () => {
    await uploads.upload(Buffer.from("{}"), "days.json");
    expect(await uploads.take()).toMatchObject({ outcome: "refused" });
    expect(await uploads.recorded()).toMatchObject({ reasons: [expect.stringContaining("no FMU")] });
  });

  it("is one that is too large, and is not even fetched", async () => {
    await uploads.upload(GOOD);
    const large = uploads.bucketWith({
      list: async (prefix, options) => {
        const page = await uploads.stack().bucket.list(prefix, options);
        return { ...page, objects: page.objects.map((object) => ({ ...object, bytes: 300 * 1024 ** 2 })) };
      },
      open: () => Promise.reject(new Error("fetched")),
    });
    expect(await uploads.take(large)).toEqual({ outcome: "refused", reasons: 1 });
    expect(await uploads.recorded()).toMatchObject({
      reasons: [expect.stringMatching(/^The file has 300 MiB\. At most 256 MiB are allowed\./)],
    });
  });

  it("is one whose check takes too long", async () => {
    await uploads.upload(GOOD);
    expect(await uploads.take(uploads.stack().bucket, 1)).toMatchObject({ outcome: "refused" });
    expect(await uploads.recorded()).toMatchObject({ reasons: [expect.stringContaining("took longer than")] });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is one that ended two checks before: what is to stand if it ends the third as well is recorded first", async () => {
    await uploads.upload(GOOD);
    const event = randomUUID();
    const failing = uploads.bucketWith({ open: () => Promise.reject(new Error("out of memory")) });
    await expect(uploads.take(failing, 30_000, event)).rejects.toThrow();
    expect(await uploads.recorded()).toBeUndefined();
    await expect(uploads.take(failing, 30_000, event)).rejects.toThrow();
    expect(await uploads.recorded()).toBeUndefined();
    let during: unknown;
    const third = uploads.bucketWith({
      open: async (key) => {
        during = await uploads.recorded();
        return await uploads.stack().bucket.open(key);
      },
    });
    expect(await uploads.take(third, 30_000, event)).toMatchObject({ outcome: "published" });
    // Those who wait do so until the check must have ended.
    expect(during).toMatchObject({ state: "refused", reasons: [expect.stringContaining("did not come to an end")] });
    const refusal = during as RefusedRecord;
    expect(refusal.provisionalUntil).toBeGreaterThan(Date.now() + 60_000);
    expect(settles(refusal, refusal.upload, Date.now())).toBe(false);
    expect(settles(refusal, refusal.upload, Number(refusal.provisionalUntil))).toBe(true);
    expect(await uploads.recorded()).toMatchObject({ state: "published" });
  });
});

it("events of several files count each by itself: none is taken for another that comes again", async () => {
  await uploads.upload(GOOD);
  const seen: unknown[] = [];
  const watching = uploads.bucketWith({
    open: async (key) => {
      seen.push(await uploads.recorded());
      return await uploads.stack().bucket.open(key);
    },
  });
  await Promise.all([1, 2, 3, 4].map(() => uploads.take(watching)));
  expect(seen.filter((record) => JSON.stringify(record ?? "").includes("refused"))).toEqual([]);
});

it("what a check has left that ended with its process is cleared away, in time", async () => {
  const [old, recent] = ["boptest-intake-old", "boptest-intake-recent"].map((each) => join(folder, each));
  for (const path of [old, recent]) mkdirSync(String(path));
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(String(old), hourAgo, hourAgo);
  await uploads.upload(GOOD);
  await uploads.take();
  expect(readdirSync(folder)).toEqual(["boptest-intake-recent"]);
  rmSync(String(recent), { recursive: true });
});

it("what fails is thrown, for the event to come again", async () => {
  await uploads.upload(GOOD);
  const failing = uploads.bucketWith({ put: () => Promise.reject(new Error("S3 is down")) });
  await expect(uploads.take(failing)).rejects.toThrow("S3 is down");
  expect(readdirSync(folder)).toEqual([]);
  expect(await uploads.take()).toMatchObject({ outcome: "published" });
});
