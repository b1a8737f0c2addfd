import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { until } from "../support/cloud.ts";
import { redisOf } from "./toy/client.ts";
import { startToyCloud } from "./toy/cloud.ts";
import { CREDENTIALS } from "./toy/storage.ts";

const BUCKET = "data";

let cloud: Cloud;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startToyCloud();
  s3 = s3Of(cloud);
});

afterAll(async () => {
  await cloud.stop();
});

beforeEach(async () => {
  await redisOf(cloud).flushall();
});

function s3Of({ storage }: Cloud): S3Client {
  return new S3Client({ region: "us-east-1", endpoint: storage.endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
}

const put = (Key: string, client = s3) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "abc" }));
const keyOf = (what: string) => `uploads/shared/${what}/${randomUUID()}`;

interface Told {
  detail: { bucket: object; object: { key: string; size: number } };
}

/** What intake was told of so far, in order, once there are so many. */
async function told(count: number, of = cloud): Promise<Told[]> {
  return await until(`${count} events`, async () => {
    const all = await redisOf(of).lrange<Told>("told", 0, -1);
    return all.length >= count ? all : undefined;
  });
}

const deliveries = async (key: string) => Number(await redisOf(cloud).get(`told:${key}`));
const settled = async (of = cloud) =>
  await until("nothing is under way", () => (of.objectEvents?.depth().waiting === 0 ? true : undefined));

describe("an object that is created under uploads/", () => {
  it("is told of as EventBridge does, with its key as it is", async () => {
    const key = `uploads/users/john/a b+c%20ü/${randomUUID()}`;
    await put(key);
    expect((await told(1))[0]).toMatchObject({
      version: "0",
      source: "aws.s3",
      "detail-type": "Object Created",
      resources: ["arn:aws:s3:::data"],
      detail: { bucket: { name: "data" }, object: { key, size: 3, etag: expect.any(String) } },
    });
    await settled();
  });

  it("is told of however it was created: with a form, from parts, as a copy", async () => {
    const [posted, parts, copied] = [keyOf("posted"), keyOf("parts"), keyOf("copied")];
    const { url, fields } = await createPresignedPost(s3, { Bucket: BUCKET, Key: posted });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new Blob(["abcd"]), "model.fmu");
    expect((await fetch(url, { method: "POST", body: form })).status).toBe(204);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: parts }));
    const { ETag } = await s3.send(
      new UploadPartCommand({ Bucket: BUCKET, Key: parts, UploadId, PartNumber: 1, Body: "abcde" }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ Bucket: BUCKET, Key: parts, UploadId, MultipartUpload }));
    await s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: copied, CopySource: `${BUCKET}/${posted}` }));
    const objects = (await told(3)).map(({ detail }) => [detail.object.key, detail.object.size]);
    expect(objects.sort()).toEqual(
      [
        [posted, 4],
        [parts, 5],
        [copied, 4],
      ].sort(),
    );
  });

  it("may be larger than what the storage takes by itself", async () => {
    const key = keyOf("large");
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: Buffer.alloc(20_000_000) }));
    expect((await told(1))[0]?.detail.object).toMatchObject({ key, size: 20_000_000 });
  });

  it("is the only one: others, and what is deleted, are nobody's business", async () => {
    await put("results/uploads/x");
    const key = keyOf("deleted");
    await put(key);
    await told(1);
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
    const last = keyOf("last");
    await put(last);
    expect((await told(2)).map(({ detail }) => detail.object.key)).toEqual([key, last]);
  });
});

describe("an event", () => {
  it("comes again when the function fails, and when its process is killed", async () => {
    const [throws, hangs] = [keyOf("throw-once"), keyOf("hang-once")];
    await Promise.all([put(throws), put(hangs)]);
    const busy = await until("it hangs", async () => ((await deliveries(hangs)) === 1 ? true : undefined)).then(
      async () =>
        await until("alone", () => (cloud.host.busy("intake").length === 1 ? cloud.host.busy("intake") : undefined)),
    );
    await cloud.host.kill(busy[0]?.pid ?? 0);
    const keys = (await told(2)).map(({ detail }) => detail.object.key);
    expect(keys.sort()).toEqual([throws, hangs].sort());
    expect([await deliveries(throws), await deliveries(hangs)]).toEqual([2, 2]);
    await settled();
  });

  it("is given up after three attempts, as the stack says", async () => {
    const before = cloud.objectEvents?.depth().failed ?? 0;
    const key = keyOf("throw-always");
    await put(key);
    await until("it is given up", () => (cloud.objectEvents?.depth().failed === before + 1 ? true : undefined));
    expect(await deliveries(key)).toBe(3);
  });

  it("waits while events are held, and may come twice", async () => {
    cloud.objectEvents?.hold();
    const key = keyOf("held");
    await put(key);
    cloud.objectEvents?.announce({ bucket: BUCKET, key, bytes: 3, etag: "" });
    expect(cloud.objectEvents?.depth().waiting).toBe(2);
    expect(await deliveries(key)).toBe(0);
    cloud.objectEvents?.release();
    await told(2);
    expect(await deliveries(key)).toBe(2);
  });
});

describe("when the cloud starts again", () => {
  it("events of objects that nobody was told of by then are delivered", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "boptest-events-"));
    const [held, hangs] = [keyOf("held"), keyOf("hang-once")];
    const first = await startToyCloud({ dataDir });
    await put(hangs, s3Of(first));
    await until("it hangs", () => (first.host.busy("intake").length === 1 ? true : undefined));
    first.objectEvents?.hold();
    await put(held, s3Of(first));
    await first.stop();

    const second = await startToyCloud({ dataDir });
    try {
      const keys = (await told(2, second)).map(({ detail }) => detail.object.key);
      expect(keys.sort()).toEqual([held, hangs].sort());
      await settled(second);
    } finally {
      await second.stop();
      rmSync(dataDir, { recursive: true });
    }
  });
});
