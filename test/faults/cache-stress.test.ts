import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Report } from "../tools/stress/report.ts";

/** A short run of each kind of the stress tool. The number of operations is fixed, so that a slow machine does as many as a fast one. */

const run = promisify(execFile);
const PROGRAM = ["--import", "./test/support/lua-hooks.ts", "test/tools/stress/cache.ts"];

async function stress(...options: string[]): Promise<Report> {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "BUCKET"]) delete environment[name];
  const { stdout } = await run(process.execPath, [...PROGRAM, "--json", ...options], { env: environment });
  return JSON.parse(stdout) as Report;
}

describe("six processes on one cache", () => {
  it("create and read, and everything is as it should be in the end", async () => {
    const { all, verification, processes, passed } = await stress("--duration", "1", "--operations", "60");
    expect(verification.failures).toEqual([]);
    expect(all.errors).toEqual({});
    expect(passed).toBe(true);
    expect(processes.length).toBe(6);
    expect(all.writes.ok).toBe(verification.created);
    expect(verification.objects).toBe(verification.created);
    expect(all.reads).toMatchObject({ busy: 0, missing: 0 });
    expect(all.reads.ok).toBeGreaterThan(0);
  });

  it("fight for the same few keys, and each is created once", async () => {
    const options = ["--keys", "contended", "--write-prob", "0.6", "--write-sleep", "0", "--read-sleep", "0"];
    const { all, verification, passed } = await stress("--duration", "1", "--operations", "60", ...options);
    expect(verification.failures).toEqual([]);
    expect(all.errors).toEqual({});
    expect(passed).toBe(true);
    expect(all.writes.ok).toBe(verification.objects);
    // That there was a fight: how hard a one, the machine decides.
    expect(all.writes.busy + all.writes.exists).toBeGreaterThan(0);
  });

  it("are not led astray by an S3 that fails a fifth of the time", async () => {
    const { all, verification, passed } = await stress("--duration", "1", "--operations", "40", "--faults", "0.05");
    expect(verification.failures).toEqual([]);
    expect(passed).toBe(true);
    expect(all.writes.ok).toBeGreaterThan(0);
  });

  it("leave nothing of their namespace behind", async () => {
    const { createObjects } = await import("../../functions/platform/objects.ts");
    const { startCacheStack } = await import("../support/cache-stack.ts");
    const stack = await startCacheStack();
    try {
      const env = { ...process.env, ...stack.environment };
      const options = [
        "--namespace",
        "stress-here",
        "--processes",
        "2",
        "--duration",
        "0.5",
        "--operations",
        "10",
        "--json",
      ];
      const { stdout } = await run(process.execPath, [...PROGRAM, ...options], { env });
      expect((JSON.parse(stdout) as Report).verification.created).toBeGreaterThan(0);
      expect((await createObjects("bucket").list("stress-here/")).objects).toEqual([]);
      expect(await stack.fixture.redis.command(["KEYS", "*"])).toEqual([]);
    } finally {
      await stack.stop();
    }
  });
});

it("refuses what makes no sense in one line", async () => {
  const refused = (...options: string[]) =>
    stress(...options).then(String, (error: { stderr: string }) => error.stderr);
  expect(await refused("--keys", "some")).toBe('--keys is "some", but must be random or contended\n');
  expect(await refused("--write-prob", "2")).toBe('--write-prob is "2", but must be a number from 0 to 1\n');
  expect(await refused("--namespace", "cache")).toMatch(/^--namespace is "cache", but must begin with "stress"/);
});
