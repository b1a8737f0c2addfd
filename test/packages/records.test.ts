import { describe, expect, it } from "vitest";
import {
  nameOfUpload,
  pendingVersion,
  readPendingVersion,
  settles,
  withdrawRecord,
  writeRecord,
} from "../../functions/packages/records.ts";
import { findUploads } from "../../functions/uploads/uploads.ts";
import { nextSecond } from "../support/next-second.ts";
import { GOOD, useUploads } from "./uploads.ts";

const uploads = useUploads();

describe("a record", () => {
  const at = (modifiedMs: number, key: string, files?: number) => ({
    key: `uploads/shared/a/${key}`,
    modifiedMs,
    ...(files === undefined ? {} : { files }),
  });
  const refused = (modifiedMs: number, key: string, files?: number) =>
    ({ state: "refused", upload: at(modifiedMs, key, files), reasons: [key] }) as const;
  const write = (record: Parameters<typeof writeRecord>[2]) =>
    writeRecord(uploads.stack().fixture.redis, uploads.name, record);

  it("gives way to that of a newer upload only: by time, then by number of files, then by name", async () => {
    expect(await write(refused(2000, "b"))).toBe(true);
    expect(await write(refused(1000, "z"))).toBe(false);
    expect(await write(refused(2000, "a"))).toBe(false);
    expect(await uploads.recorded()).toMatchObject({ reasons: ["b"] });
    expect(await write(refused(2000, "c"))).toBe(true);
    expect(await write(refused(2000, "a", 2))).toBe(true);
    expect(await write(refused(2000, "z", 1))).toBe(false);
    expect(await write(refused(3000, "a"))).toBe(true);
    expect(await uploads.recorded()).toMatchObject({ reasons: ["a"] });
  });

  it("of an upload that is published is not taken back, unless that is deleted", async () => {
    const upload = at(1000, "a");
    const good = { package: "f", layout: 1, owner: "shared", step: 1, cost: 1, width: 1 };
    expect(await write({ state: "refused", upload, reasons: [] })).toBe(true);
    expect(await write({ state: "published", upload, ...good })).toBe(true);
    expect(await write({ state: "refused", upload, reasons: [] })).toBe(false);
    expect(await uploads.recorded()).toMatchObject({ state: "published" });
    expect(await withdrawRecord(uploads.stack().fixture.redis, uploads.name, at(999, "a"))).toBe(false);
    expect(await withdrawRecord(uploads.stack().fixture.redis, uploads.name, upload)).toBe(true);
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
    await uploads.upload(Buffer.from("{}"), "days.json");
    await nextSecond();
    const fmu = await uploads.upload(GOOD);
    const found = await findUploads(uploads.stack().bucket, uploads.name.scope, uploads.name.testcaseid);
    expect(found?.newest.key).toBe(fmu);
    expect([...(found?.beside.keys() ?? [])]).toEqual(["days.json"]);
    expect(found?.replaced).toEqual([]);
  });

  it.each([
    ["a", "b"],
    ["b", "a"],
  ])("says nothing of how new it is: %s, then %s", async (first, second) => {
    const folder = `uploads/users/jo.e@x/${uploads.name.testcaseid}/`;
    await uploads.stack().bucket.put(folder + first, GOOD);
    await nextSecond();
    await uploads.stack().bucket.put(folder + second, GOOD);
    const found = await findUploads(uploads.stack().bucket, uploads.name.scope, uploads.name.testcaseid);
    expect(found?.fmu?.key).toBe(folder + second);
    expect(found?.newest).toMatchObject({ key: folder + second, files: 1 });
    expect(found?.replaced.map(({ key }) => key)).toEqual([folder + first]);
  });
});
