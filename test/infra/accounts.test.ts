import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addAccount, findAccount, listAccounts, removeAccount } from "../../functions/accounts/accounts.ts";
import { keys } from "../../functions/platform/keys.ts";
import { accountsOf, provideAccounts } from "../../infra/local/cloud/accounts.ts";
import { Problem } from "../../infra/programs/problem.ts";
import { type RedisFixture, startRedis } from "../support/redis.ts";

const SCRIPT = fileURLToPath(new URL("../../infra/accounts.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "boptest-accounts-"));

let fixture: RedisFixture;
beforeAll(async () => {
  fixture = await startRedis();
});
afterAll(async () => {
  await fixture.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run accounts -- …`, against the Redis of this file unless told otherwise. */
async function accounts(args: readonly string[], environment?: Record<string, string>): Promise<Ran> {
  const { url, token } = fixture.redisRest;
  const redis = { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token };
  const env = { PATH: process.env.PATH ?? "", ...(environment ?? redis) };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [SCRIPT, ...args], { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ran;
    return { code, stdout, stderr };
  }
}

describe("npm run accounts", () => {
  it("says that there is none, instead of nothing", async () => {
    expect(await accounts(["list"])).toEqual({
      code: 0,
      stdout: "",
      stderr: 'No accounts: "add NAME" makes one\n',
    });
  });

  it("adds an account and prints its key once; lists; removes", async () => {
    const added = await accounts(["add", "carol", "--privileged"]);
    expect(added.code).toBe(0);
    const key = added.stdout.trim();
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(await findAccount(fixture.redis, key)).toEqual({ name: "carol", privileged: true });
    const other = (await accounts(["add", "dave"])).stdout.trim();
    expect(other).not.toBe(key);

    const listed = await accounts(["list"]);
    expect(listed.stdout).toBe("carol\tprivileged\ndave\n");
    expect(listed.stdout + listed.stderr).not.toContain(key);

    const again = await accounts(["add", "carol"]);
    expect([again.code, again.stdout, again.stderr]).toEqual([1, "", "The account carol exists already\n"]);
    expect(await findAccount(fixture.redis, key)).toEqual({ name: "carol", privileged: true });

    expect((await accounts(["remove", "carol"])).code).toBe(0);
    expect(await findAccount(fixture.redis, key)).toBeUndefined();
    expect(await findAccount(fixture.redis, other)).toEqual({ name: "dave", privileged: false });
    expect((await accounts(["remove", "carol"])).stderr).toBe("Unknown account carol\n");
  });

  it.each([
    [[], /"add NAME", "list" or "remove NAME"/],
    [["add"], /"add NAME"/],
    [["list", "x"], /"list"/],
    [["add", "a", "b"], /Unexpected argument b/],
    [["list", "--privileged"], /--privileged goes with add/],
    [["list", "--nonsense"], /--help/],
    [["add", "anonymous"], /cannot be named "anonymous"/],
    [["add", "a:b"], /cannot be named "a:b"/],
    [["add", "a/b"], /cannot be named/],
    [["add", ".."], /cannot be named/],
  ])("refuses %j with one line", async (args, line) => {
    const { code, stdout, stderr } = await accounts(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("says what is missing where nothing can be reached", async () => {
    expect((await accounts(["list", "--data", folder], {})).stderr).toMatch(/^No stack is running/);
    const half = await accounts(["list"], { UPSTASH_REDIS_REST_URL: "http://127.0.0.1:1" });
    expect(half.stderr).toMatch(/^Set both/);
    const gone = { UPSTASH_REDIS_REST_URL: "http://127.0.0.1:1", UPSTASH_REDIS_REST_TOKEN: "t" };
    const { code, stderr } = await accounts(["list"], gone);
    expect([code, stderr.trim().split("\n")]).toEqual([1, [expect.stringMatching(/^Redis cannot be reached/)]]);
  });
});

describe("accounts", () => {
  it("never share a key: nobody gets another's rights with it", async () => {
    await addAccount(fixture.redis, { name: "first", privileged: true }, "the same key");
    expect(await addAccount(fixture.redis, { name: "second", privileged: false }, "the same key")).toBe("exists");
    expect(await findAccount(fixture.redis, "the same key")).toEqual({ name: "first", privileged: true });
    expect(await removeAccount(fixture.redis, "second")).toBe("unknown");
  });

  it("are found by nothing else that is in their hash", async () => {
    const hashes = (await fixture.redis.command(["HVALS", keys.accounts()])) as string[];
    expect(hashes.length).toBeGreaterThan(0);
    for (const guess of [...hashes, "first", "", "*"]) expect(await findAccount(fixture.redis, guess)).toBeUndefined();
  });
});

describe("the local cloud's accounts", () => {
  const BOTH = {
    BOPTEST_TEST_USERNAME: "test",
    BOPTEST_TEST_KEY: "k1",
    BOPTEST_TEST_PRIVILEGED_USERNAME: "chief",
    BOPTEST_TEST_PRIVILEGED_KEY: "k2",
  };

  it("are those that the environment names", () => {
    expect(accountsOf({})).toEqual([]);
    expect(accountsOf(BOTH)).toEqual([
      { name: "test", key: "k1", privileged: false },
      { name: "chief", key: "k2", privileged: true },
    ]);
    expect(() => accountsOf({ BOPTEST_TEST_USERNAME: "test" })).toThrow(Problem);
    expect(() => accountsOf({ BOPTEST_TEST_USERNAME: "test" })).toThrow(/BOPTEST_TEST_USERNAME and BOPTEST_TEST_KEY/);
  });

  it("get the keys that the environment has now: former ones are nobody's", async () => {
    await provideAccounts(fixture.redis, accountsOf(BOTH));
    await provideAccounts(fixture.redis, accountsOf({ ...BOTH, BOPTEST_TEST_KEY: "k3" }));
    expect(await findAccount(fixture.redis, "k1")).toBeUndefined();
    expect(await findAccount(fixture.redis, "k3")).toEqual({ name: "test", privileged: false });
    expect((await listAccounts(fixture.redis)).filter(({ name }) => name === "test")).toHaveLength(1);
  });
});
