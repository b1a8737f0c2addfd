import { randomBytes, randomUUID } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "vitest";
import { Direct } from "../../functions/platform/direct.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { s3Error } from "../../infra/local/storage/faults.ts";
import { useCacheStack } from "../support/cache.ts";

const stack = useCacheStack();
let direct: Direct;
beforeAll(() => {
  direct = new Direct(new S3Client({}), "bucket", 5000);
});

describe("a request for an object without the SDK's middleware", () => {
  it("is signed as S3 wants it, whatever letters the key has", async () => {
    const body = randomBytes(3000);
    const key = `direct/${randomUUID()}/a b+c'(d)!*~é&=?#%`;
    const headers = { "content-length": String(body.length), "content-type": "text/plain", "if-none-match": "*" };
    expect((await direct.send("PUT", key, headers, body))?.status).toBe(200);
    expect((await direct.send("PUT", key, headers, body))?.status).toBe(412);
    const read = await direct.send("GET", key);
    expect([read?.status, Buffer.compare(read?.body ?? Buffer.of(), body)]).toEqual([200, 0]);
    expect((await stack().bucket.list(key)).objects.map((object) => object.key)).toEqual([key]);
  });

  it("creates nothing where what arrives is not what was signed", async () => {
    const signed = { "content-length": "4", "x-amz-content-sha256": "0".repeat(64) };
    const answer = await direct.send("PUT", "direct/other", signed, Buffer.from("body"));
    expect([answer?.status, String(answer?.body)]).toEqual([400, expect.stringContaining("XAmzContentSHA256Mismatch")]);
    expect(await direct.send("GET", "direct/other")).toMatchObject({ status: 404 });
  });

  it("tells S3's answer as it is, and none as none", async () => {
    expect(await direct.send("GET", "direct/none")).toMatchObject({ status: 404 });
    stack().storage.faults.before = () => s3Error(503, "SlowDown");
    expect(await direct.send("GET", "direct/none")).toMatchObject({ status: 503 });
    stack().storage.faults.before = () => CUT;
    expect(await direct.send("GET", "direct/none")).toBeUndefined();
    stack().storage.faults.before = undefined;
  });
});
