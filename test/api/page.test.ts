import { afterEach, describe, expect, it, vi } from "vitest";
import { policyOf } from "../../functions/api/endpoints/page.ts";
import { createObjects } from "../../functions/platform/objects.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("the page's policy on AWS", () => {
  it.each(["eu-central-1", "us-east-1"])("lets it speak to the API and the bucket alone, in %s", async (region) => {
    vi.stubEnv("AWS_REGION", region);
    vi.stubEnv("AWS_ENDPOINT_URL", undefined);
    vi.stubEnv("AWS_ENDPOINT_URL_S3", undefined);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const bucket = createObjects("boptest-data-0123");
    const host = `https://boptest-data-0123.s3.${region}.amazonaws.com`;
    expect((await policyOf({ bucket })).split("; ").at(-1)).toBe(`connect-src 'self' ${host}`);
    // Files are posted to the same host, and large answers come from it.
    const { url } = await bucket.form("uploads/any", { maxBytes: 1, seconds: 60 });
    expect([new URL(url).origin, new URL(await bucket.presign("answers/any", 60)).origin]).toEqual([host, host]);
  });
});
