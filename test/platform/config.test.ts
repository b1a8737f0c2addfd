import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../functions/platform/config.ts";

const REQUIRED = {
  UPSTASH_REDIS_REST_URL: "https://redis.example",
  UPSTASH_REDIS_REST_TOKEN: "token",
  BUCKET: "bucket",
  DOORBELL_QUEUE_URL: "https://queue.example",
};

describe("the configuration", () => {
  it("needs to be told where Redis, the bucket and the queue are, and has defaults for the rest", () => {
    expect(readConfig(REQUIRED)).toMatchObject({
      redis: { url: "https://redis.example", token: "token" },
      bucket: "bucket",
      doorbellQueueUrl: "https://queue.example",
      waitMs: 25_000,
      leaseMs: 10_000,
      computeMs: 20_000,
      maxUnanswered: 64,
      idleMs: 2_592_000_000,
    });
  });

  it("takes a secret's ARN in place of Redis' address and token, unless either is given", () => {
    const { UPSTASH_REDIS_REST_URL: _, UPSTASH_REDIS_REST_TOKEN: __, ...others } = REQUIRED;
    const secretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:redis";
    expect(readConfig({ ...others, REDIS_SECRET_ARN: secretArn }).redis).toEqual({ secretArn });
    expect(readConfig({ ...REQUIRED, REDIS_SECRET_ARN: secretArn }).redis).toMatchObject({ token: "token" });
    const half = { ...others, UPSTASH_REDIS_REST_URL: "https://redis.example", REDIS_SECRET_ARN: secretArn };
    expect(() => readConfig(half)).toThrow("UPSTASH_REDIS_REST_TOKEN is not set");
    expect(() => readConfig(others)).toThrow("UPSTASH_REDIS_REST_URL is not set");
  });

  it("names the function that runs compiled models only where it was told", () => {
    expect(readConfig(REQUIRED).emulatorFunction).toBeUndefined();
    expect(readConfig({ ...REQUIRED, EMULATOR_FUNCTION: "emulator" }).emulatorFunction).toBe("emulator");
  });

  it("reads numbers, blank ones being left out", () => {
    const config = readConfig({ ...REQUIRED, WAIT_MS: "100", LEASE_MS: "", MAX_UNANSWERED: "1" });
    expect(config).toMatchObject({ waitMs: 100, leaseMs: 10_000, maxUnanswered: 1 });
  });

  it("names every variable that is missing or out of its range, at once", () => {
    const bad = { ...REQUIRED, BUCKET: " ", WAIT_MS: "28001", LEASE_MS: "soon", COMPUTE_MS: "1.5" };
    expect(() => readConfig(bad)).toThrow(ConfigError);
    expect(() => readConfig(bad)).toThrow(/BUCKET is not set; WAIT_MS is "28001".*0 to 28000; LEASE_MS.*COMPUTE_MS/);
  });
});
