import { Buffer } from "node:buffer";
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { beforeAll, describe, expect, it } from "vitest";
import { BUCKET, CREDENTIALS, useStorage } from "./toy/storage.ts";

const under = useStorage();

const connect = (credentials = CREDENTIALS) =>
  new S3Client({ region: "us-east-1", endpoint: under.storage.endpoint, credentials, maxAttempts: 1 });
let s3: S3Client;
beforeAll(async () => {
  s3 = connect();
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "answers/a b+ü!(1).json", Body: "the answer" }));
});

const KEY = "answers/a b+ü!(1).json";

/** Status, and the code of S3's error. */
async function outcome(url: string | URL, init: RequestInit = {}): Promise<[number, string?]> {
  const response = await fetch(url, init);
  const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];
  return code === undefined ? [response.status] : [response.status, code];
}

describe("a presigned URL", () => {
  const presign = (seconds = 60, options: { signingDate?: Date } = {}, client = s3) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket: BUCKET, Key: KEY }), { expiresIn: seconds, ...options });

  it("is good for what it was made for, whatever the key is called", async () => {
    const response = await fetch(await presign());
    expect([response.status, await response.text()]).toEqual([200, "the answer"]);
  });

  it.each(["PUT", "DELETE", "POST", "HEAD"])("is no good for %s, and the object stays as it is", async (method) => {
    const body = method === "PUT" || method === "POST" ? { body: "overwritten" } : {};
    expect((await outcome(await presign(), { method, ...body }))[0]).toBe(403);
    expect(await (await fetch(await presign())).text()).toBe("the answer");
  });

  it("expires", async () => {
    const signingDate = new Date(Date.now() - 61_000);
    expect(await outcome(await presign(60, { signingDate }))).toEqual([403, "AccessDenied"]);
    expect(await outcome(await presign(90, { signingDate }))).toEqual([200]);
    const later = new URL(await presign(60, { signingDate }));
    later.searchParams.set("X-Amz-Expires", "600");
    expect(await outcome(later)).toEqual([403, "SignatureDoesNotMatch"]);
  });

  it("is no good for another object, another query, another host, or with another signature", async () => {
    const url = await presign();
    expect(await outcome(url.replace("answer", "other"))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await outcome(`${url}&versionId=1`)).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await outcome(url.replace("127.0.0.1", "localhost"))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await outcome(url.replace(/Signature=./, "Signature=-"))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await outcome(url.replace(/&X-Amz-Date=[^&]*/, ""))).toEqual([400, "AuthorizationQueryParametersError"]);
    expect(await outcome(url.split("?")[0] ?? "")).toEqual([403, "AccessDenied"]);
  });

  it("is no good where another key signed it", async () => {
    const secret = connect({ ...CREDENTIALS, secretAccessKey: "other" });
    expect(await outcome(await presign(60, {}, secret))).toEqual([403, "SignatureDoesNotMatch"]);
    const id = connect({ ...CREDENTIALS, accessKeyId: "other" });
    expect(await outcome(await presign(60, {}, id))).toEqual([403, "InvalidAccessKeyId"]);
  });
});

describe("a call of the SDK's", () => {
  const status = async (call: Promise<unknown>) =>
    await call.then(
      () => 200,
      (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode,
    );

  it("is let pass where the key is known, and not where it is another", async () => {
    const copy = { Bucket: BUCKET, Key: "copy", CopySource: encodeURI(`${BUCKET}/answers/a b+ü!(1).json`) };
    expect(await status(s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY })))).toBe(200);
    expect(await status(s3.send(new CopyObjectCommand(copy)))).toBe(200);
    const stranger = connect({ ...CREDENTIALS, secretAccessKey: "other" });
    expect(await status(stranger.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY })))).toBe(403);
    expect(await status(stranger.send(new PutObjectCommand({ Bucket: BUCKET, Key: "x", Body: "x" })))).toBe(403);
  });
});

describe("an upload form", () => {
  const make = (key: string, options: { seconds?: number; most?: number } = {}, client = s3) =>
    createPresignedPost(client, {
      Bucket: BUCKET,
      Key: key,
      Conditions: [["content-length-range", 1, options.most ?? 100]],
      Expires: options.seconds ?? 60,
    });

  /** Posts a form as a client does, with other fields where it is to cheat. */
  async function post(
    { url, fields }: { url: string; fields: Record<string, string> },
    changes: Record<string, string | undefined> = {},
    content: string = "content",
  ) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...changes })) {
      if (value !== undefined) form.append(name, value);
    }
    form.append("file", new Blob([content]), "model.fmu");
    return await outcome(url, { method: "POST", body: form });
  }
  const exists = (key: string) =>
    s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key })).then(
      () => true,
      () => false,
    );

  it("creates the object that it was made for", async () => {
    expect(await post(await make("uploads/shared/one"))).toEqual([204]);
    expect(await exists("uploads/shared/one")).toBe(true);
  });

  it("creates no other: its policy names the key", async () => {
    const form = await make("uploads/users/alice/mine/1");
    expect(await post(form, { key: "uploads/users/bob/his/1" })).toEqual([403, "AccessDenied"]);
    // Nor with another's policy beside its own signature.
    const other = await make("uploads/users/bob/his/1");
    const stolen = { key: other.fields.key, Policy: other.fields.Policy };
    expect(await post(form, stolen)).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await exists("uploads/users/bob/his/1")).toBe(false);
  });

  it("has a file of a size within the policy's", async () => {
    const form = await make("uploads/shared/size", { most: 10 });
    expect(await post(form, {}, "x".repeat(11))).toEqual([400, "EntityTooLarge"]);
    expect(await post(form, {}, "")).toEqual([400, "EntityTooSmall"]);
    expect(await exists("uploads/shared/size")).toBe(false);
    expect(await post(form, {}, "x".repeat(10))).toEqual([204]);
  });

  it("expires", async () => {
    const form = await make("uploads/shared/late", { seconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await post(form)).toEqual([403, "AccessDenied"]);
    expect(await exists("uploads/shared/late")).toBe(false);
  });

  it("is signed, with a known key, and has no field that its policy does not know", async () => {
    const form = await make("uploads/shared/signed");
    expect(await post(form, { Policy: undefined })).toEqual([403, "AccessDenied"]);
    expect(await post(form, { "X-Amz-Signature": undefined })).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await post(form, { "X-Amz-Signature": "0".repeat(64) })).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await post(form, { acl: "public-read" })).toEqual([403, "AccessDenied"]);
    const stranger = await make("uploads/shared/signed", {}, connect({ ...CREDENTIALS, secretAccessKey: "other" }));
    expect(await post(stranger)).toEqual([403, "SignatureDoesNotMatch"]);
    const open = { expiration: new Date(Date.now() + 60_000).toISOString(), conditions: [["starts-with", "$key", ""]] };
    const Policy = Buffer.from(JSON.stringify(open)).toString("base64");
    expect(await post(form, { Policy })).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await exists("uploads/shared/signed")).toBe(false);
  });
});
