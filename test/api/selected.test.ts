import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { findSelected } from "../../functions/api/endpoints/selected.ts";
import { type PackageRecord, type TestCaseName, writeRecord } from "../../functions/packages/records.ts";
import { ownerOf, pathOf, type Scope, scopeOfPath } from "../../functions/packages/scope.ts";
import { keys } from "../../functions/platform/keys.ts";
import { useCacheStack } from "../support/cache.ts";
import { nextSecond } from "../support/next-second.ts";

const stack = useCacheStack();
let name: TestCaseName;
let uploaded: { key: string; modifiedMs: number };
const HASH = "f".repeat(64);

/** A test case whose form was asked for, and used. */
beforeEach(async () => {
  name = { scope: { kind: "shared" }, testcaseid: `t-${randomUUID()}` };
  await asked();
  uploaded = await upload();
});

const asked = () => stack().fixture.redis.command(["ZADD", keys.uploadNames(), 1, `shared/${name.testcaseid}`]);

async function upload(): Promise<{ key: string; modifiedMs: number }> {
  const key = `uploads/shared/${name.testcaseid}/${randomUUID()}`;
  await stack().bucket.put(key, Buffer.from("x"));
  const info = await stack().bucket.list(key);
  return { key, modifiedMs: info.objects[0]?.modifiedMs ?? 0 };
}

const find = (nowMs = uploaded.modifiedMs) =>
  findSelected(name, nowMs, { redis: stack().fixture.redis, bucket: stack().bucket });
const write = (record: PackageRecord) => writeRecord(stack().fixture.redis, name, record);
const published = (layout = 1): PackageRecord => ({
  state: "published",
  upload: uploaded,
  package: HASH,
  layout,
  owner: "shared",
  step: 60,
  cost: 5,
  width: 6,
});

describe("a test case that is selected", () => {
  it("while its upload is checked, is that upload", async () => {
    const version = `upload:${uploaded.modifiedMs}:1:${uploaded.key}`;
    expect(await find()).toMatchObject({ testcaseid: name.testcaseid, version, owner: "shared" });
  });

  it("whose upload nobody checks any more, is refused", async () => {
    expect(await find(uploaded.modifiedMs + 900_000)).toMatchObject({ owner: "shared" });
    const late = find(uploaded.modifiedMs + 900_001);
    await expect(late).rejects.toMatchObject({ status: 400, message: expect.stringContaining("Upload it again") });
  });

  it("that is published, is its package, whose use is noted", async () => {
    await write(published());
    expect(await find(123_456)).toEqual({
      testcaseid: name.testcaseid,
      version: HASH,
      owner: "shared",
      step: 60,
      cost: 5,
      width: 6,
    });
    expect(Number(await stack().fixture.redis.command(["ZSCORE", keys.packagesUsed(), HASH]))).toBe(123_456);
    await stack().fixture.redis.command(["DEL", keys.packagesUsed()]);
  });

  it("that is refused, is refused with every reason", async () => {
    await write({ state: "refused", upload: uploaded, reasons: ["One.", "Two."] });
    await expect(find()).rejects.toMatchObject({
      status: 400,
      message: "The uploaded test case cannot be used. One. Two.",
      members: { reasons: ["One.", "Two."] },
    });
  });

  it("that is refused only in case its check does not end, waits for that until it must have", async () => {
    const until = uploaded.modifiedMs + 60_000;
    await write({ state: "refused", upload: uploaded, reasons: ["One."], provisionalUntil: until });
    expect(await find(until - 1)).toMatchObject({ version: expect.stringMatching(/^upload:/) });
    await expect(find(until)).rejects.toMatchObject({ status: 400 });
  });

  it("whose newest upload is not the one that is recorded, waits for that", async () => {
    await write(published());
    await nextSecond();
    const newer = await upload();
    expect((await find()).version).toBe(`upload:${newer.modifiedMs}:1:${newer.key}`);
  });

  it("that was checked by a version which kept other things, is to be uploaded again", async () => {
    await write(published(0));
    await expect(find()).rejects.toMatchObject({ status: 400, message: expect.stringContaining("Upload it again") });
  });

  it("whose package is being deleted, is to be tried again", async () => {
    await write(published());
    const lock = keys.packageLock(HASH);
    await stack().fixture.redis.command(["SET", lock, "token", "PX", 60_000]);
    await expect(find()).rejects.toMatchObject({ status: 503, headers: { "retry-after": "2" } });
    await stack().fixture.redis.command(["DEL", lock]);
  });

  it("whose files were deleted when they were refused, is refused with the reasons as long as they are known", async () => {
    await write({ state: "refused", upload: uploaded, reasons: ["No room."], removed: true });
    await stack().bucket.remove([uploaded.key]);
    await expect(find()).rejects.toMatchObject({ status: 400, members: { reasons: ["No room."] } });
  });

  it("of which nothing is uploaded any more, is the built-in of that name, or there is none", async () => {
    await expect(findSelected({ ...name, testcaseid: "nope" }, 0, context())).rejects.toMatchObject({ status: 404 });
    name = { ...name, testcaseid: "testcase1" };
    await asked();
    expect(await find()).toMatchObject({ testcaseid: "testcase1", version: "2", owner: "" });
    const elsewhere = { scope: { kind: "namespace", namespace: "n" }, testcaseid: "testcase1" } as const;
    await expect(findSelected(elsewhere, 0, context())).rejects.toMatchObject({ status: 404 });
  });

  const context = () => ({ redis: stack().fixture.redis, bucket: stack().bucket });
});

describe("a scope", () => {
  const scopes: Scope[] = [
    { kind: "shared" },
    { kind: "namespace", namespace: "lab" },
    { kind: "user", user: "j.o@x" },
  ];

  it("has a path that leads back to it, and an owner of its own", () => {
    expect(scopes.map(pathOf)).toEqual(["shared", "namespaces/lab", "users/j.o@x"]);
    expect(scopes.map((scope) => scopeOfPath(pathOf(scope)))).toEqual(scopes);
    expect(scopes.map(ownerOf)).toEqual(["shared", "ns-lab", "user-j.o@x"]);
    for (const path of ["", "users", "users/", "users/a/b", "others/x"]) expect(scopeOfPath(path)).toBeUndefined();
  });
});
