import { describe, expect, it } from "vitest";
import type { Bucket } from "../../functions/platform/objects.ts";
import { deleteUploads } from "../../functions/uploads/remove.ts";
import { findUploads } from "../../functions/uploads/uploads.ts";
import { zip } from "../fmus/zip.ts";
import { nextSecond } from "../support/next-second.ts";
import { CONFIG, entries } from "./support.ts";
import { GOOD, package_, useUploads } from "./uploads.ts";

const uploads = useUploads();

describe("of several uploads", () => {
  it("the newest counts, whatever the order of their events, and what it replaces goes", async () => {
    await uploads.upload(package_(60));
    await uploads.take();
    await nextSecond();
    const newest = await uploads.upload(package_(120));
    const { package: hash } = await uploads.take();
    expect(await uploads.recorded()).toMatchObject({ step: 120, package: hash, upload: { key: newest } });
    const { objects } = await uploads.stack().bucket.list(`uploads/users/jo.e@x/${uploads.name.testcaseid}/`);
    expect(objects.map(({ key }) => key)).toEqual([newest]);
  });

  it("an older one whose form is used again while the newest is checked is the newest, and stays", async () => {
    const old = await uploads.upload(package_(60));
    await nextSecond();
    await uploads.upload(package_(120));
    let calls = 0;
    const open: Bucket["open"] = async (key) => {
      if (calls++ === 0) {
        await nextSecond();
        await uploads.stack().bucket.remove([old]);
        await uploads.stack().bucket.put(old, package_(180));
      }
      return await uploads.stack().bucket.open(key);
    };
    await uploads.take(uploads.bucketWith({ open }));
    expect(await uploads.recorded()).toMatchObject({ step: 120 });
    expect(await uploads.take()).toMatchObject({ outcome: "published" });
    expect(await uploads.recorded()).toMatchObject({ step: 180, upload: { key: old } });
  });

  it("an older one that takes longer to check does not come back", async () => {
    await uploads.upload(package_(60));
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Has read the older one, and comes to nothing for a while.
    const slow = uploads.take(
      uploads.bucketWith({
        put: async (key, body) => {
          await held;
          return await uploads.stack().bucket.put(key, body);
        },
      }),
    );
    await nextSecond();
    await uploads.upload(package_(120));
    await uploads.take();
    release();
    await slow;
    expect(await uploads.recorded()).toMatchObject({ step: 120 });
  });

  it("one that is replaced while it is read gives way to the new one", async () => {
    const old = await uploads.upload(package_(60));
    let calls = 0;
    const { outcome } = await uploads.take(
      uploads.bucketWith({
        open: async (key) => {
          if (calls++ === 0) {
            await uploads.stack().bucket.remove([old]);
            await uploads.upload(package_(120));
          }
          return await uploads.stack().bucket.open(key);
        },
      }),
    );
    expect(outcome).toBe("published");
    expect(await uploads.recorded()).toMatchObject({ step: 120 });
  });

  it("files beside the FMU make a version of their own", async () => {
    await uploads.upload(zip(entries({ "resources/config.json": null })));
    expect(await uploads.take()).toMatchObject({ outcome: "refused", reasons: 1 });
    expect(await uploads.recorded()).toMatchObject({
      reasons: [expect.stringMatching(/^resources\/config\.json is missing/)],
    });
    await nextSecond();
    const key = await uploads.upload(Buffer.from(JSON.stringify({ ...CONFIG, step: 99 })), "config.json");
    expect(await uploads.take()).toMatchObject({ outcome: "published" });
    expect(await uploads.recorded()).toMatchObject({ step: 99, upload: { key } });
  });
});

describe("an upload that is deleted", () => {
  it("takes its package with it, and is refused to those who still wait, whoever learns of it first", async () => {
    const deleted = { state: "refused", upload: expect.anything(), reasons: ["It was deleted meanwhile."] };
    await uploads.upload(GOOD);
    await uploads.take();
    const { objects } = await uploads.stack().bucket.list(`uploads/users/jo.e@x/${uploads.name.testcaseid}/`);
    await uploads.stack().bucket.remove(objects.map(({ key }) => key));
    expect(await uploads.take()).toEqual({ outcome: "gone" });
    expect(await uploads.recorded()).toEqual(deleted);
    await nextSecond();
    await uploads.upload(GOOD);
    await uploads.take();
    expect(await deleteUploads(uploads.stack().fixture.redis, uploads.stack().bucket, uploads.name)).toBe(true);
    expect(await uploads.recorded()).toEqual(deleted);
    expect(await deleteUploads(uploads.stack().fixture.redis, uploads.stack().bucket, uploads.name)).toBe(false);
  });

  it("is not taken for a newer one, which comes meanwhile, even under the same key", async () => {
    const key = await uploads.upload(package_(60));
    await uploads.take();
    await uploads.stack().bucket.remove([key]);
    await nextSecond();
    let calls = 0;
    // Sees nothing, and is overtaken.
    const list: Bucket["list"] = async (prefix, options) => {
      if (calls++ > 0) return await uploads.stack().bucket.list(prefix, options);
      await uploads.stack().bucket.put(key, package_(120));
      await uploads.take();
      return { objects: [], more: false };
    };
    expect(await uploads.take(uploads.bucketWith({ list }))).toEqual({ outcome: "gone" });
    expect(await uploads.recorded()).toMatchObject({ state: "published", step: 120 });
    calls = 0;
    const remove: Bucket["remove"] = async (names) => {
      await uploads.stack().bucket.remove(names);
      if (calls++ > 0) return;
      await nextSecond();
      await uploads.upload(package_(180));
      await uploads.take();
    };
    // What came while it was deleted is deleted as well, with its record.
    await deleteUploads(uploads.stack().fixture.redis, uploads.bucketWith({ remove }), uploads.name);
    expect(await uploads.recorded()).toMatchObject({ state: "refused" });
    expect(await findUploads(uploads.stack().bucket, uploads.name.scope, uploads.name.testcaseid)).toBeUndefined();
  });

  it("before it was checked is refused to those who wait for it", async () => {
    const key = await uploads.upload(GOOD);
    await deleteUploads(uploads.stack().fixture.redis, uploads.stack().bucket, uploads.name);
    expect(await uploads.take()).toEqual({ outcome: "gone" });
    expect(await uploads.recorded()).toMatchObject({ upload: { key }, reasons: ["It was deleted meanwhile."] });
    await nextSecond();
    await uploads.upload(GOOD);
    expect(await uploads.take()).toMatchObject({ outcome: "published" });
  });

  it("while it is checked is refused as well, and publishes nothing to anybody", async () => {
    await uploads.upload(GOOD);
    const put: Bucket["put"] = async (key, body) => {
      await deleteUploads(uploads.stack().fixture.redis, uploads.stack().bucket, uploads.name);
      return await uploads.stack().bucket.put(key, body);
    };
    await uploads.take(uploads.bucketWith({ put }));
    expect(await uploads.recorded()).toMatchObject({ state: "refused", reasons: ["It was deleted meanwhile."] });
  });
});
