import { randomUUID } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { CUT } from "../../infra/local/http/cut.ts";
import { s3Error } from "../../infra/local/storage/faults.ts";
import { growth } from "../support/cloud.ts";
import { BUCKET, CREDENTIALS, useStorage } from "./toy/storage.ts";

const under = useStorage();
let s3: S3Client;

function connect(): S3Client {
  return new S3Client({
    region: "us-east-1",
    endpoint: under.storage.endpoint,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
}

/** The HTTP status that a call ends with. */
async function statusOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => 200,
    (error) => error.$metadata?.httpStatusCode ?? error,
  );
}

async function create(key: string, body: Buffer | string): Promise<unknown> {
  return await statusOf(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, IfNoneMatch: "*" })));
}

async function read(key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return await Body?.transformToString();
}

beforeAll(() => {
  s3 = connect();
});

afterEach(() => {
  under.storage.faults.before = undefined;
  under.storage.faults.after = undefined;
  under.storage.faults.isDoubled = undefined;
});

describe("creating an object with If-None-Match", () => {
  it.each([
    ["100 bytes", 100],
    ["3 MB", 3_000_000],
  ])("has one winner among 40 at once, with %s", async (_what, bytes) => {
    const key = randomUUID();
    const bodies = Array.from({ length: 40 }, (_, index) => Buffer.alloc(bytes, index));
    const statuses = await Promise.all(bodies.map((body) => create(key, body)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(39);
    const winner = bodies[statuses.indexOf(200)];
    expect((await read(key))?.length).toBe(bytes);
    expect((await read(key))?.charCodeAt(0)).toBe(winner?.[0]);
  });

  it("has one winner among uploads in parts", async () => {
    const key = randomUUID();
    const uploads = await Promise.all(Array.from({ length: 8 }, () => uploadParts(key)));
    const statuses = await Promise.all(uploads.map((complete) => statusOf(complete())));
    expect(statuses.sort()).toEqual([200, ...Array(7).fill(412)]);
  });

  it("names the error as S3 does", async () => {
    const key = randomUUID();
    await create(key, "one");
    const again = new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "two", IfNoneMatch: "*" });
    await expect(s3.send(again)).rejects.toMatchObject({ name: "PreconditionFailed" });
    expect(await read(key)).toBe("one");
  });

  it("works again once the object is deleted, and does not bind a PUT without it", async () => {
    const key = randomUUID();
    await create(key, "one");
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "two" }));
    expect(await read(key)).toBe("two");
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
    expect(await create(key, "three")).toBe(200);
  });

  it("is remembered over a restart", async () => {
    const key = randomUUID();
    await create(key, "one");
    await under.restart();
    // Its connections are gone with the server.
    s3 = connect();
    expect(await create(key, "two")).toBe(412);
    expect(await read(key)).toBe("one");
  });

  async function uploadParts(key: string): Promise<() => Promise<unknown>> {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: key }));
    const part = { Bucket: BUCKET, Key: key, UploadId, PartNumber: 1 };
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: "part" }));
    const complete = new CompleteMultipartUploadCommand({
      Bucket: BUCKET,
      Key: key,
      UploadId,
      IfNoneMatch: "*",
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    return () => s3.send(complete);
  }
});

describe("the object store", () => {
  it("lists by prefix", async () => {
    const prefix = `${randomUUID()}/`;
    for (const name of ["b", "a", "c"]) await create(`${prefix}${name}`, name);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
    expect(Contents.map(({ Key }) => Key)).toEqual([`${prefix}a`, `${prefix}b`, `${prefix}c`]);
  });

  it("serves an object to whoever has a presigned URL", async () => {
    const key = randomUUID();
    await create(key, "signed");
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: BUCKET, Key: key }), { expiresIn: 60 });
    expect(await (await fetch(url)).text()).toBe("signed");
  });
});

describe("what a test can do to a request", () => {
  it("answers in its place, before it takes effect", async () => {
    const key = randomUUID();
    under.storage.faults.before = ({ operation }) => (operation === "PutObject" ? s3Error(503, "SlowDown") : undefined);
    await expect(create(key, "one")).resolves.toBe(503);
    under.storage.faults.before = undefined;
    expect(await create(key, "two")).toBe(200);
  });

  it("answers in its place, after it took effect", async () => {
    const key = randomUUID();
    under.storage.faults.after = (call) => (call.key === key ? s3Error(500, "InternalError") : undefined);
    await expect(create(key, "one")).resolves.toBe(500);
    under.storage.faults.after = undefined;
    expect(await read(key)).toBe("one");
  });

  it.each(["before", "after"] as const)("cuts the connection %s it takes effect", async (when) => {
    const key = randomUUID();
    under.storage.faults[when] = () => CUT;
    await expect(create(key, "one")).resolves.toBeInstanceOf(Error);
    under.storage.faults[when] = undefined;
    expect(await create(key, "two")).toBe(when === "before" ? 200 : 412);
  });

  it("delivers a PUT twice: it takes effect once, and its sender hears the answer to the second", async () => {
    const [conditional, free] = [randomUUID(), randomUUID()];
    const before = under.storage.counts();
    under.storage.faults.isDoubled = ({ key }) => key === conditional || key === free;
    expect(await create(conditional, "one")).toBe(412);
    expect(await statusOf(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: free, Body: "free" })))).toBe(200);
    expect(growth(before, under.storage.counts())).toEqual({ PutObject: 4 });
    under.storage.faults.isDoubled = undefined;
    expect(await read(conditional)).toBe("one");
    expect(await read(free)).toBe("free");
  });

  it("counts requests by operation", async () => {
    const before = under.storage.counts();
    await create(randomUUID(), "one");
    await create(randomUUID(), "two");
    await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    const after = under.storage.counts();
    expect(growth(before, after)).toEqual({ PutObject: 2, ListObjects: 1 });
  });
});
