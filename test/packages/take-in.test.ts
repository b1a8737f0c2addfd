import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TakenIn, takeIn } from "../../functions/intake/take-in.ts";
import type { SettingsFile } from "../../functions/packages/config.ts";
import { readManifest } from "../../functions/packages/read.ts";
import {
  nameOfUpload,
  pendingVersion,
  type RefusedRecord,
  readPendingVersion,
  readRecord,
  settles,
  type TestCaseName,
  withdrawRecord,
  writeRecord,
} from "../../functions/packages/records.ts";
import { keys } from "../../functions/platform/keys.ts";
import { type Bucket, objectKeys } from "../../functions/platform/objects.ts";
import { deleteUploads, findUploads } from "../../functions/uploads/uploads.ts";
import { zip } from "../fmus/zip.ts";
import { useCacheStack } from "../support/cache.ts";
import { CONFIG, entries } from "./support.ts";

const stack = useCacheStack();
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
let name: TestCaseName;
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
beforeEach(() => {
  name = { scope: { kind: "user", user: "jo.e@x" }, testcaseid: `t-${randomUUID()}` };
});

const GOOD = zip(entries());
const package_ = (step: number) => zip(entries({ "resources/config.json": JSON.stringify({ ...CONFIG, step }) }));

/** What was uploaded is known to the second: this many later. */
const later = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function upload(content: Uint8Array, file?: SettingsFile): Promise<string> {
  const key = `uploads/users/jo.e@x/${name.testcaseid}/${randomUUID()}${file === undefined ? "" : `/${file}`}`;
  await stack().bucket.put(key, content);
  return key;
}

const take = (bucket: Bucket = stack().bucket, limitMs = 30_000, eventId: string = randomUUID()): Promise<TakenIn> =>
  takeIn({ redis: stack().fixture.redis, bucket, clock: Date.now }, name, { eventId, limitMs, cost: 7 });
const recorded = () => readRecord(stack().fixture.redis, name);

/** The bucket, with something else in place of some of its calls. */
const bucketWith = (instead: Partial<Bucket>): Bucket => ({ ...stack().bucket, ...instead });

describe("an upload that is good", () => {
  it("is published under its content's name, and recorded with what a test needs to begin", async () => {
    const key = await upload(GOOD);
    const { outcome, package: hash = "" } = await take();
    expect(outcome).toBe("published");
    const manifest = await readManifest(stack().bucket, hash);
    expect(manifest).toMatchObject({ hash, area: 20 });
    expect(await stack().bucket.read(objectKeys.packageModel(hash))).toEqual(Buffer.from(GOOD));
    expect(await recorded()).toEqual({
      state: "published",
      upload: { key, modifiedMs: expect.any(Number), files: 1 },
      package: hash,
      layout: 1,
      owner: "user-jo.e@x",
      step: 600,
      cost: 7,
      // Time, two inputs and two measurements, of 10 2/3 bytes each, every 30 s.
      width: expect.closeTo((5 * 32) / 3 / 30, 9),
    });
    expect(Number(await command("ZSCORE", keys.packagesUsed(), hash))).toBeGreaterThan(Date.now() - 60_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is known when its event comes again, and then costs no download", async () => {
    await upload(GOOD);
    await take();
    const cost = await stack().cost(async () => expect(await take()).toEqual({ outcome: "known" }));
    expect(cost).toEqual({ requests: 1, commands: 1, s3: { ListObjects: 1 } });
  });

  it("is published once, whoever uploads the same", async () => {
    await upload(GOOD);
    const first = await take();
    name = { scope: { kind: "shared" }, testcaseid: name.testcaseid };
    await stack().bucket.put(`uploads/shared/${name.testcaseid}/${randomUUID()}`, GOOD);
    expect(await take()).toEqual(first);
    expect(await recorded()).toMatchObject({ owner: "shared" });
  });

  it("may be taken in by several at the same time", async () => {
    await upload(GOOD);
    const outcomes = await Promise.all([take(), take(), take()]);
    expect(outcomes.map(({ outcome }) => outcome)).toContain("published");
    expect(await recorded()).toMatchObject({ state: "published" });
  });
});

describe("of several uploads", () => {
  it("the newest counts, whatever the order of their events, and what it replaces goes", async () => {
    await upload(package_(60));
    await take();
    await later(1.1);
    const newest = await upload(package_(120));
    const { package: hash } = await take();
    expect(await recorded()).toMatchObject({ step: 120, package: hash, upload: { key: newest } });
    const { objects } = await stack().bucket.list(`uploads/users/jo.e@x/${name.testcaseid}/`);
    expect(objects.map(({ key }) => key)).toEqual([newest]);
  });

  it("an older one whose form is used again while the newest is checked is the newest, and stays", async () => {
    const old = await upload(package_(60));
    await later(1.1);
    await upload(package_(120));
    let calls = 0;
    const open: Bucket["open"] = async (key) => {
      if (calls++ === 0) {
        await later(1.1);
        await stack().bucket.remove([old]);
        await stack().bucket.put(old, package_(180));
      }
      return await stack().bucket.open(key);
    };
    await take(bucketWith({ open }));
    expect(await recorded()).toMatchObject({ step: 120 });
    expect(await take()).toMatchObject({ outcome: "published" });
    expect(await recorded()).toMatchObject({ step: 180, upload: { key: old } });
  });

  it("an older one that takes longer to check does not come back", async () => {
    await upload(package_(60));
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Has read the older one, and comes to nothing for a while.
    const slow = take(
      bucketWith({
        put: async (key, body) => {
          await held;
          return await stack().bucket.put(key, body);
        },
      }),
    );
    await later(1.1);
    await upload(package_(120));
    await take();
    release();
    await slow;
    expect(await recorded()).toMatchObject({ step: 120 });
  });

  it("one that is replaced while it is read gives way to the new one", async () => {
    const old = await upload(package_(60));
    let calls = 0;
    const { outcome } = await take(
      bucketWith({
        open: async (key) => {
          if (calls++ === 0) {
            await stack().bucket.remove([old]);
            await upload(package_(120));
          }
          return await stack().bucket.open(key);
        },
      }),
    );
    expect(outcome).toBe("published");
    expect(await recorded()).toMatchObject({ step: 120 });
  });

  it("files beside the FMU make a version of their own", async () => {
    await upload(zip(entries({ "resources/config.json": null })));
    expect(await take()).toMatchObject({ outcome: "refused", reasons: 1 });
    expect(await recorded()).toMatchObject({ reasons: [expect.stringMatching(/^resources\/config\.json is missing/)] });
    await later(1.1);
    const key = await upload(Buffer.from(JSON.stringify({ ...CONFIG, step: 99 })), "config.json");
    expect(await take()).toMatchObject({ outcome: "published" });
    expect(await recorded()).toMatchObject({ step: 99, upload: { key } });
  });
});

it("a file that comes in the same second as others is not overlooked", async () => {
  const sameSecond = bucketWith({
    list: async (prefix, options) => {
      const page = await stack().bucket.list(prefix, options);
      return { ...page, objects: page.objects.map((object) => ({ ...object, modifiedMs: 1_700_000_000_000 })) };
    },
  });
  const key = (uuid: string) => `uploads/users/jo.e@x/${name.testcaseid}/${uuid}`;
  await stack().bucket.put(key("b"), zip(entries({ "resources/config.json": null })));
  expect(await take(sameSecond)).toMatchObject({ outcome: "refused" });
  await stack().bucket.put(`${key("a")}/config.json`, Buffer.from(JSON.stringify(CONFIG)));
  expect(await take(sameSecond)).toMatchObject({ outcome: "published" });
});

describe("an upload that is refused", () => {
  it("is recorded with every reason", async () => {
    const key = await upload(Buffer.from("not really an FMU"));
    expect(await take()).toEqual({ outcome: "refused", reasons: 1 });
    expect(await recorded()).toEqual({
      state: "refused",
      upload: { key, modifiedMs: expect.any(Number), files: 1 },
      reasons: [expect.stringMatching(/^The file is no FMU/)],
    });
    expect(await take()).toEqual({ outcome: "known" });
  });

  it("is one without an FMU, whatever is beside it", async () => {
    await upload(Buffer.from("{}"), "days.json");
    expect(await take()).toMatchObject({ outcome: "refused" });
    expect(await recorded()).toMatchObject({ reasons: [expect.stringContaining("no FMU")] });
  });

  it("is one that is too large, and is not even fetched", async () => {
    await upload(GOOD);
    const large = bucketWith({
      list: async (prefix, options) => {
        const page = await stack().bucket.list(prefix, options);
        return { ...page, objects: page.objects.map((object) => ({ ...object, bytes: 300 * 1024 ** 2 })) };
      },
      open: () => Promise.reject(new Error("fetched")),
    });
    expect(await take(large)).toEqual({ outcome: "refused", reasons: 1 });
    expect(await recorded()).toMatchObject({ reasons: ["The file has 300 MiB. At most 256 MiB are allowed."] });
  });

  it("is one whose check takes too long", async () => {
    await upload(GOOD);
    expect(await take(stack().bucket, 1)).toMatchObject({ outcome: "refused" });
    expect(await recorded()).toMatchObject({ reasons: [expect.stringContaining("took longer than")] });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is one that ended two checks before: what is to stand if it ends the third as well is recorded first", async () => {
    await upload(GOOD);
    const event = randomUUID();
    const failing = bucketWith({ open: () => Promise.reject(new Error("out of memory")) });
    await expect(take(failing, 30_000, event)).rejects.toThrow();
    expect(await recorded()).toBeUndefined();
    await expect(take(failing, 30_000, event)).rejects.toThrow();
    expect(await recorded()).toBeUndefined();
    let during: unknown;
    const third = bucketWith({
      open: async (key) => {
        during = await recorded();
        return await stack().bucket.open(key);
      },
    });
    expect(await take(third, 30_000, event)).toMatchObject({ outcome: "published" });
    // Those who wait do so until the check must have ended.
    expect(during).toMatchObject({ state: "refused", reasons: [expect.stringContaining("did not come to an end")] });
    const refusal = during as RefusedRecord;
    expect(refusal.provisionalUntil).toBeGreaterThan(Date.now() + 60_000);
    expect(settles(refusal, refusal.upload, Date.now())).toBe(false);
    expect(settles(refusal, refusal.upload, Number(refusal.provisionalUntil))).toBe(true);
    expect(await recorded()).toMatchObject({ state: "published" });
  });
});

it("events of several files count each by itself: none is taken for another that comes again", async () => {
  await upload(GOOD);
  const seen: unknown[] = [];
  const watching = bucketWith({
    open: async (key) => {
      seen.push(await recorded());
      return await stack().bucket.open(key);
    },
  });
  await Promise.all([1, 2, 3, 4].map(() => take(watching)));
  expect(seen.filter((record) => JSON.stringify(record ?? "").includes("refused"))).toEqual([]);
});

describe("an upload that is deleted", () => {
  it("takes its package with it, and is refused to those who still wait, whoever learns of it first", async () => {
    const deleted = { state: "refused", upload: expect.anything(), reasons: ["It was deleted meanwhile."] };
    await upload(GOOD);
    await take();
    const { objects } = await stack().bucket.list(`uploads/users/jo.e@x/${name.testcaseid}/`);
    await stack().bucket.remove(objects.map(({ key }) => key));
    expect(await take()).toEqual({ outcome: "gone" });
    expect(await recorded()).toEqual(deleted);
    await later(1.1);
    await upload(GOOD);
    await take();
    expect(await deleteUploads(stack().fixture.redis, stack().bucket, name)).toBe(true);
    expect(await recorded()).toEqual(deleted);
    expect(await deleteUploads(stack().fixture.redis, stack().bucket, name)).toBe(false);
  });

  it("is not taken for a newer one, which comes meanwhile, even under the same key", async () => {
    const key = await upload(package_(60));
    await take();
    await stack().bucket.remove([key]);
    await later(1.1);
    let calls = 0;
    // Sees nothing, and is overtaken.
    const list: Bucket["list"] = async (prefix, options) => {
      if (calls++ > 0) return await stack().bucket.list(prefix, options);
      await stack().bucket.put(key, package_(120));
      await take();
      return { objects: [], more: false };
    };
    expect(await take(bucketWith({ list }))).toEqual({ outcome: "gone" });
    expect(await recorded()).toMatchObject({ state: "published", step: 120 });
    calls = 0;
    const remove: Bucket["remove"] = async (names) => {
      await stack().bucket.remove(names);
      if (calls++ > 0) return;
      await later(1.1);
      await upload(package_(180));
      await take();
    };
    // What came while it was deleted is deleted as well, with its record.
    await deleteUploads(stack().fixture.redis, bucketWith({ remove }), name);
    expect(await recorded()).toMatchObject({ state: "refused" });
    expect(await findUploads(stack().bucket, name.scope, name.testcaseid)).toBeUndefined();
  });

  it("before it was checked is refused to those who wait for it", async () => {
    const key = await upload(GOOD);
    await deleteUploads(stack().fixture.redis, stack().bucket, name);
    expect(await take()).toEqual({ outcome: "gone" });
    expect(await recorded()).toMatchObject({ upload: { key }, reasons: ["It was deleted meanwhile."] });
    await later(1.1);
    await upload(GOOD);
    expect(await take()).toMatchObject({ outcome: "published" });
  });

  it("while it is checked is refused as well, and publishes nothing to anybody", async () => {
    await upload(GOOD);
    const put: Bucket["put"] = async (key, body) => {
      await deleteUploads(stack().fixture.redis, stack().bucket, name);
      return await stack().bucket.put(key, body);
    };
    await take(bucketWith({ put }));
    expect(await recorded()).toMatchObject({ state: "refused", reasons: ["It was deleted meanwhile."] });
  });
});

it("what a check has left that ended with its process is cleared away, in time", async () => {
  const [old, recent] = ["boptest-intake-old", "boptest-intake-recent"].map((each) => join(folder, each));
  for (const path of [old, recent]) mkdirSync(String(path));
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(String(old), hourAgo, hourAgo);
  await upload(GOOD);
  await take();
  expect(readdirSync(folder)).toEqual(["boptest-intake-recent"]);
  rmSync(String(recent), { recursive: true });
});

it("what fails is thrown, for the event to come again", async () => {
  await upload(GOOD);
  const failing = bucketWith({ put: () => Promise.reject(new Error("S3 is down")) });
  await expect(take(failing)).rejects.toThrow("S3 is down");
  expect(readdirSync(folder)).toEqual([]);
  expect(await take()).toMatchObject({ outcome: "published" });
});

describe("a record", () => {
  const at = (modifiedMs: number, key: string, files?: number) => ({
    key: `uploads/shared/a/${key}`,
    modifiedMs,
    ...(files === undefined ? {} : { files }),
  });
  const refused = (modifiedMs: number, key: string, files?: number) =>
    ({ state: "refused", upload: at(modifiedMs, key, files), reasons: [key] }) as const;
  const write = (record: Parameters<typeof writeRecord>[2]) => writeRecord(stack().fixture.redis, name, record);

  it("gives way to that of a newer upload only: by time, then by number of files, then by name", async () => {
    expect(await write(refused(2000, "b"))).toBe(true);
    expect(await write(refused(1000, "z"))).toBe(false);
    expect(await write(refused(2000, "a"))).toBe(false);
    expect(await recorded()).toMatchObject({ reasons: ["b"] });
    expect(await write(refused(2000, "c"))).toBe(true);
    expect(await write(refused(2000, "a", 2))).toBe(true);
    expect(await write(refused(2000, "z", 1))).toBe(false);
    expect(await write(refused(3000, "a"))).toBe(true);
    expect(await recorded()).toMatchObject({ reasons: ["a"] });
  });

  it("of an upload that is published is not taken back, unless that is deleted", async () => {
    const upload = at(1000, "a");
    const good = { package: "f", layout: 1, owner: "shared", step: 1, cost: 1, width: 1 };
    expect(await write({ state: "refused", upload, reasons: [] })).toBe(true);
    expect(await write({ state: "published", upload, ...good })).toBe(true);
    expect(await write({ state: "refused", upload, reasons: [] })).toBe(false);
    expect(await recorded()).toMatchObject({ state: "published" });
    expect(await withdrawRecord(stack().fixture.redis, name, at(999, "a"))).toBe(false);
    expect(await withdrawRecord(stack().fixture.redis, name, upload)).toBe(true);
  });

  it("settles what was uploaded up to its own, and nothing later", () => {
    expect(settles(refused(2000, "b"), at(2000, "b"), 0)).toBe(true);
    expect(settles(refused(2000, "b"), at(2000, "a"), 0)).toBe(true);
    expect(settles(refused(2000, "b"), at(1000, "z"), 0)).toBe(true);
    expect(settles(refused(2000, "b"), at(2000, "c"), 0)).toBe(false);
    expect(settles(refused(2000, "b"), at(2000, "a", 2), 0)).toBe(false);
    expect(settles(refused(2000, "b"), at(2001, "a"), 0)).toBe(false);
  });
});

describe("an upload's key", () => {
  it("tells whose it is", () => {
    expect(nameOfUpload("uploads/shared/a/x")).toEqual({ scope: { kind: "shared" }, testcaseid: "a" });
    expect(nameOfUpload("uploads/namespaces/n/a/x/days.json")).toEqual({
      scope: { kind: "namespace", namespace: "n" },
      testcaseid: "a",
    });
    expect(nameOfUpload("uploads/users/u@x/a/x")).toEqual({ scope: { kind: "user", user: "u@x" }, testcaseid: "a" });
    for (const key of ["uploads/shared/a", "uploads/other/a/b/c", "packages/shared/a/x", "uploads/shared//x", ""]) {
      expect(nameOfUpload(key), key).toBeUndefined();
    }
  });

  it("survives in a test's version", () => {
    const upload = { key: "uploads/users/u/a/x:y", modifiedMs: 1_700_000_000_000, files: 2 };
    expect(readPendingVersion(pendingVersion(upload))).toEqual({
      scope: { kind: "user", user: "u" },
      testcaseid: "a",
      upload,
    });
    for (const version of ["1", "f".repeat(64), "upload:1:1:packages/x", "upload:x:1:uploads/shared/a/x"]) {
      expect(readPendingVersion(version), version).toBeUndefined();
    }
  });

  it("says how new it is only beside S3's own time, and of each file the newest counts", async () => {
    await upload(Buffer.from("{}"), "days.json");
    await later(1.1);
    const fmu = await upload(GOOD);
    const found = await findUploads(stack().bucket, name.scope, name.testcaseid);
    expect(found?.newest.key).toBe(fmu);
    expect([...(found?.beside.keys() ?? [])]).toEqual(["days.json"]);
    expect(found?.replaced).toEqual([]);
  });

  it.each([
    ["a", "b"],
    ["b", "a"],
  ])("says nothing of how new it is: %s, then %s", async (first, second) => {
    const folder = `uploads/users/jo.e@x/${name.testcaseid}/`;
    await stack().bucket.put(folder + first, GOOD);
    await later(1.1);
    await stack().bucket.put(folder + second, GOOD);
    const found = await findUploads(stack().bucket, name.scope, name.testcaseid);
    expect(found?.fmu?.key).toBe(folder + second);
    expect(found?.newest).toMatchObject({ key: folder + second, files: 1 });
    expect(found?.replaced.map(({ key }) => key)).toEqual([folder + first]);
  });
});
