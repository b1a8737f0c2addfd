import { randomBytes, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { CUT } from "../../infra/local/http/cut.ts";
import { s3Error } from "../../infra/local/storage/faults.ts";
import { useCacheStack } from "../support/cache.ts";

const MB = 1024 * 1024;
const stack = useCacheStack();
let key: string;

beforeEach(() => {
  key = `objects/${randomUUID()}`;
  stack().storage.faults.before = undefined;
  stack().storage.faults.after = undefined;
});

async function* chunked(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 700_001) yield content.subarray(at, at + 700_001);
}

describe("putting", () => {
  it.each([
    ["bytes", 1000, { PutObject: 1 }],
    ["a stream", 1000, { PutObject: 1 }],
    ["bytes", 8 * MB, { PutObject: 1 }],
    ["bytes", 8 * MB + 1, { CreateMultipartUpload: 1, UploadPart: 2, CompleteMultipartUpload: 1 }],
    ["a stream", 17 * MB, { CreateMultipartUpload: 1, UploadPart: 3, CompleteMultipartUpload: 1 }],
    ["bytes", 0, { PutObject: 1 }],
  ] as const)("stores %s of %i bytes as they are", async (kind, size, requests) => {
    const content = randomBytes(size);
    const { s3 } = await stack().cost(async () => {
      expect(await stack().bucket.put(key, kind === "bytes" ? content : () => chunked(content))).toBe("created");
    });
    expect(s3).toEqual(requests);
    const read = await stack().bucket.read(key);
    expect(Buffer.compare(read ?? new Uint8Array(), content)).toBe(0);
  });

  it.each([1000, 2 * MB, 9 * MB])("creates one of two objects of %i bytes, and never changes it", async (size) => {
    const contents = [randomBytes(size), randomBytes(size)];
    const puts = await Promise.all(contents.map((content) => stack().bucket.put(key, content)));
    expect([...puts].sort()).toEqual(["created", "exists"]);
    const winner = contents[puts.indexOf("created")] ?? new Uint8Array();
    expect(Buffer.compare((await stack().bucket.read(key)) ?? new Uint8Array(), winner)).toBe(0);
  });

  it.each(["PutObject", "CompleteMultipartUpload"])(
    "tries again after a conflict (%s), with the stream begun anew",
    async (operation) => {
      let conflicts = 2;
      stack().storage.faults.before = (call) =>
        call.operation === operation && conflicts-- > 0 ? s3Error(409, "ConditionalRequestConflict") : undefined;
      const content = randomBytes(operation === "PutObject" ? 1000 : 9 * MB);
      expect(await stack().bucket.put(key, () => chunked(content))).toBe("created");
      expect(Buffer.compare((await stack().bucket.read(key)) ?? new Uint8Array(), content)).toBe(0);
    },
  );

  it("does not claim to know whose the object is when the answer to its own PUT was lost", async () => {
    let lost = 1;
    stack().storage.faults.after = (call) => (call.operation === "PutObject" && lost-- > 0 ? CUT : undefined);
    expect(await stack().bucket.put(key, Buffer.from("mine"))).toBe("unsure");
  });

  it("leaves nothing to be seen of an upload that failed half-way", async () => {
    let parts = 0;
    stack().storage.faults.before = (call) =>
      call.operation === "UploadPart" && ++parts === 2 ? s3Error(403, "AccessDenied") : undefined;
    const { s3 } = await stack().cost(async () => {
      await expect(stack().bucket.put(key, randomBytes(17 * MB))).rejects.toMatchObject({ name: "AccessDenied" });
    });
    expect(s3).toEqual({ CreateMultipartUpload: 1, UploadPart: 2, AbortMultipartUpload: 1 });
    expect(await stack().bucket.head(key)).toBeUndefined();
  });
});

describe("the rest", () => {
  it("tells an object that is not there from one that is empty", async () => {
    const { bucket } = stack();
    expect([await bucket.read(key), await bucket.open(key), await bucket.tail(key, 5), await bucket.head(key)]).toEqual(
      [undefined, undefined, undefined, undefined],
    );
    await bucket.put(key, new Uint8Array());
    expect((await bucket.read(key))?.length).toBe(0);
    expect((await bucket.tail(key, 5))?.length).toBe(0);
    expect(await bucket.head(key)).toMatchObject({ key, bytes: 0 });
  });

  it("reads the end of an object alone", async () => {
    await stack().bucket.put(key, Buffer.from("0123456789"));
    expect(Buffer.from((await stack().bucket.tail(key, 3)) ?? []).toString()).toBe("789");
  });

  it("lists page by page and deletes several at once, those that are not there included", async () => {
    const { bucket } = stack();
    const names = ["a", "b", "c"].map((name) => `${key}/${name}`);
    for (const name of names) await bucket.put(name, Buffer.from(name));
    const first = await bucket.list(`${key}/`, { limit: 2 });
    expect([first.objects.map((object) => object.key), first.more]).toEqual([names.slice(0, 2), true]);
    const second = await bucket.list(`${key}/`, { after: `${key}/b` });
    expect([second.objects.map((object) => object.key), second.more]).toEqual([names.slice(2), false]);
    await bucket.remove([...names, `${key}/none`]);
    expect((await bucket.list(`${key}/`)).objects).toEqual([]);
  });

  it("gives up a request that is never answered", async () => {
    const { createObjects } = await import("../../functions/platform/objects.ts");
    const impatient = createObjects("bucket", { attemptMs: 100 });
    await stack().bucket.put(key, Buffer.from("x"));
    const release = Promise.withResolvers<undefined>();
    stack().storage.faults.before = () => release.promise;
    const startedAt = performance.now();
    await expect(impatient.read(key)).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(3000);
    release.resolve(undefined);
  });
});
