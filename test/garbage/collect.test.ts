import { randomBytes, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import holdScript from "../../functions/garbage/hold.lua";
import letGoScript from "../../functions/garbage/let-go.lua";
import { collectLineages } from "../../functions/garbage/lineages.ts";
import { collectOrphans } from "../../functions/garbage/orphans.ts";
import { createTest, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import { forkTest } from "../../functions/lifecycle/create-and-stop/fork.ts";
import { putSavedTest } from "../../functions/lifecycle/record/saved-test.ts";
import { keys } from "../../functions/platform/keys.ts";
import { objectKeys } from "../../functions/platform/objects.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";
import { claim } from "../../functions/streams/claim.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { s3Error } from "../../infra/local/storage/faults.ts";
import { useCacheStack } from "../support/cache.ts";

const GRACE_MS = 86_400_000;
const stack = useCacheStack();
const command = (...words: [string, ...(string | number)[]]) => stack().fixture.redis.command(words);
const never = () => false;
let rung: string[];
const queue = {
  send: async (body: string) => {
    rung.push((JSON.parse(body) as { testid: string }).testid);
  },
  sendBatch: async () => 0,
};

beforeEach(async () => {
  rung = [];
  stack().storage.faults.before = undefined;
  const { objects } = await stack().bucket.list(objectKeys.results);
  await stack().bucket.remove(objects.map(({ key }) => key));
  await command("DEL", keys.garbage());
});

const put = async (lineage: string) => {
  const key = objectKeys.segment(lineage, randomBytes(32).toString("hex"));
  await stack().bucket.create(key, Buffer.from(key));
  return key;
};
const reference = (key: string) => JSON.stringify({ key, from: 0, to: 1, bytes: 1 });
const left = async () => (await stack().bucket.list(objectKeys.results)).objects.map(({ key }) => key);

async function createdTest(): Promise<string> {
  const testcase = findTestCase("testcase1");
  if (testcase === undefined) throw new Error("no testcase1");
  const testid = randomUUID();
  await createTest(
    stack().fixture.redis,
    { testid, user: "john", selected: selectedOf(testcase) },
    { nowMs: Date.now(), idleMs: 1e9 },
  );
  return testid;
}

describe("garbage", () => {
  const collect = () => collectLineages(stack().fixture.redis, stack().bucket, never);

  it("goes, with its place on the list; what has not been put there stays", async () => {
    const [old, other] = [`${randomUUID()}.1`, `${randomUUID()}.1`];
    await put(old);
    await put(old);
    const kept = await put(other);
    // A lineage whose name begins alike is another.
    const alike = await put(`${old}0`);
    await command("SADD", keys.garbage(), old);
    expect(await collect()).toEqual({ segments: 2, lineages: 1 });
    expect(await left()).toEqual([kept, alike].sort());
    expect(await command("SCARD", keys.garbage())).toBe(0);
    expect(await collect()).toEqual({ segments: 0, lineages: 0 });
  });

  it("that somebody needs after all is taken off the list", async () => {
    const lineage = `${randomUUID()}.1`;
    const key = await put(lineage);
    await command("SADD", keys.garbage(), lineage);
    await command("SADD", keys.lineage(lineage), "a fork");
    expect(await collect()).toEqual({ segments: 0, lineages: 0 });
    expect(await left()).toEqual([key]);
    expect(await command("SCARD", keys.garbage())).toBe(0);
  });

  it("of one lineage does not keep that of the others from being collected, and is tried again", async () => {
    const lineages = [`${randomUUID()}.1`, `${randomUUID()}.1`];
    for (const lineage of lineages) await put(lineage);
    await command("SADD", keys.garbage(), ...lineages);
    let failures = 1;
    stack().storage.faults.before = (call) =>
      call.operation === "DeleteObjects" && failures-- > 0 ? s3Error(403, "AccessDenied") : undefined;
    expect(await collect()).toEqual({ segments: 1, lineages: 1 });
    expect(await command("SCARD", keys.garbage())).toBe(1);
    expect(await collect()).toEqual({ segments: 1, lineages: 1 });
  });

  it("goes beyond a page of the listing", async () => {
    const lineage = `${randomUUID()}.1`;
    for (let i = 0; i < 21; i++) await Promise.all(Array.from({ length: 50 }, () => put(lineage)));
    await command("SADD", keys.garbage(), lineage);
    expect(await collect()).toEqual({ segments: 1050, lineages: 1 });
    expect(await left()).toEqual([]);
  });
});

describe("segments that nobody names", () => {
  const collect = (options: { ageMs?: number; after?: string | undefined; pageSize?: number } = {}) =>
    collectOrphans(stack().fixture.redis, stack().bucket, queue, {
      nowMs: Date.now() + (options.ageMs ?? 2 * GRACE_MS),
      graceMs: GRACE_MS,
      after: options.after,
      pageSize: options.pageSize ?? 1000,
    });

  it("go when they are old enough, of tests that live and of tests that are gone", async () => {
    const testid = await createdTest();
    const listed = await put(`${testid}.2`);
    await put(`${testid}.2`);
    await put(`${randomUUID()}.7`);
    await command("RPUSH", keys.segments(testid), reference(listed));
    await command("SADD", keys.lineage(`${testid}.2`), testid);
    expect(await collect({ ageMs: 0 })).toEqual({ deleted: 0, next: undefined });
    expect(await collect()).toEqual({ deleted: 2, next: undefined });
    expect(await left()).toEqual([listed]);
    expect(await command("EXISTS", keys.lease(testid))).toBe(0);
  });

  it("are not those that a step under way has written, nor those that another in the lineage names", async () => {
    const [testid, fork] = [await createdTest(), await createdTest()];
    const [saved, shared] = [await put(`${testid}.2`), await put(`${testid}.2`)];
    await command("HSET", keys.progress(testid), "segments", `[${reference(saved)}]`);
    await command("RPUSH", keys.segments(fork), reference(shared));
    await command("SADD", keys.lineage(`${testid}.2`), fork);
    expect(await collect()).toEqual({ deleted: 0, next: undefined });
    expect((await left()).length).toBe(2);
  });

  it("are not a checkpoint's, nor those that it names, until it is deleted", async () => {
    const testid = await createdTest();
    const lineage = `${testid}.2`;
    const [kept, other] = [await put(lineage), await put(lineage)];
    const saved = { fields: {}, segments: [reference(kept)], chunks: [] };
    const object = await putSavedTest(stack().bucket, `${testid} 3`, lineage, saved);
    const checkpoint = { name: "c", time: 1, createdMs: 1, ...object };
    await command("HSET", keys.test(testid), "checkpoints", JSON.stringify([checkpoint]));
    await command("SADD", keys.lineage(lineage), testid);
    expect(await collect()).toEqual({ deleted: 1, next: undefined });
    expect(await left()).not.toContain(other);
    expect((await left()).length).toBe(2);
    await command("HSET", keys.test(testid), "checkpoints", "[]");
    expect(await collect()).toEqual({ deleted: 2, next: undefined });
  });

  it("stay if a checkpoint cannot be read that may name them", async () => {
    const testid = await createdTest();
    const lineage = `${testid}.2`;
    await put(lineage);
    const lost = { name: "c", time: 1, createdMs: 1, lineage, hash: "0".repeat(64), bytes: 1 };
    await command("HSET", keys.test(testid), "checkpoints", JSON.stringify([lost]));
    await command("SADD", keys.lineage(lineage), testid);
    expect(await collect()).toEqual({ deleted: 0, next: undefined });
    expect((await left()).length).toBe(1);
  });

  it("stay while a worker is at the test, which may be about to name them", async () => {
    const testid = await createdTest();
    await put(`${testid}.1`);
    await command("SET", keys.lease(testid), "a worker", "PX", 60_000);
    expect(await collect()).toEqual({ deleted: 0, next: undefined });
    expect(await command("GET", keys.lease(testid))).toBe("a worker");
    await command("DEL", keys.lease(testid));
    expect(await collect()).toEqual({ deleted: 1, next: undefined });
  });

  it("go while no worker can take the test, and whoever was turned away meanwhile is called again", async () => {
    const testid = await createdTest();
    await put(`${testid}.1`);
    let during: unknown;
    stack().storage.faults.before = async (call) => {
      if (call.operation !== "DeleteObjects") return undefined;
      during = await claim(stack().fixture.redis, testid, { token: "w", leaseMs: 5000, fieldNames: [] });
      return undefined;
    };
    expect(await collect()).toMatchObject({ deleted: 1 });
    expect(during).toEqual({ kind: "busy" });
    expect(rung).toEqual([testid]);
  });

  it("go while nobody can fork the test: a fork might write the same, and find it there", async () => {
    const testid = await createdTest();
    const lineage = `${testid}.1`;
    await put(lineage);
    await command("HSET", keys.test(testid), "status", "Running", "lineage", lineage);
    await command("SADD", keys.lineage(lineage), testid);
    const fork = async () => {
      const origin = { testid, test: { lineage } };
      const options = { mostTests: 100, nowMs: Date.now(), idleMs: 1e9 };
      return (await forkTest(stack().fixture.redis, origin, [randomUUID()], { user: "john" }, options)).kind;
    };
    let during: unknown;
    stack().storage.faults.before = async (call) => {
      if (call.operation === "DeleteObjects") during = await fork();
      return undefined;
    };
    expect(await collect()).toMatchObject({ deleted: 1 });
    expect(during).toBe("held");
    expect(await fork()).toBe("forked");
  });

  it("are named in the last moment, and stay: a commit between the first look and the lease", async () => {
    const testid = await createdTest();
    const key = await put(`${testid}.1`);
    const { redisRest } = stack().fixture;
    redisRest.intercept = async ({ scripts, forward }) => {
      if (scripts[0] === holdScript) {
        redisRest.intercept = undefined;
        await command("RPUSH", keys.segments(testid), reference(key));
      }
      return await forward();
    };
    expect(await collect()).toMatchObject({ deleted: 0 });
    redisRest.intercept = undefined;
    expect(await left()).toEqual([key]);
  });

  it("stay if a fork joins before the lease, which nobody holds, also where another test leaves", async () => {
    const [testid, leaving, fork] = [await createdTest(), await createdTest(), await createdTest()];
    const lineage = `${testid}.1`;
    const key = await put(lineage);
    await command("SADD", keys.lineage(lineage), testid, leaving);
    const { redisRest } = stack().fixture;
    redisRest.intercept = async ({ scripts, forward }) => {
      if (scripts[0] === holdScript) {
        redisRest.intercept = undefined;
        await command("SREM", keys.lineage(lineage), leaving);
        await command("SADD", keys.lineage(lineage), fork);
      }
      return await forward();
    };
    expect(await collect()).toMatchObject({ deleted: 0 });
    expect(await left()).toEqual([key]);
    // By the next time it is known.
    expect(await collect()).toMatchObject({ deleted: 1 });
  });

  it.each([
    ["holds it", holdScript, "after"],
    ["lets go", letGoScript, "before"],
  ])("hold up no test, though the reply is lost with which whoever clears up %s", async (_what, script, when) => {
    const testid = await createdTest();
    await put(`${testid}.1`);
    const { redisRest } = stack().fixture;
    redisRest.intercept = async ({ scripts, forward }) => {
      if (scripts[0] !== script) return await forward();
      redisRest.intercept = undefined;
      if (when === "after") await forward();
      return CUT;
    };
    await collect();
    expect(redisRest.intercept).toBeUndefined();
    expect(await command("EXISTS", keys.lease(testid))).toBe(0);
    expect(rung).toEqual([testid]);
  });

  it("call whoever was turned away also where they cannot be deleted", async () => {
    const testid = await createdTest();
    await put(`${testid}.1`);
    stack().storage.faults.before = async ({ operation }) =>
      operation === "DeleteObjects" ? s3Error(403, "AccessDenied") : undefined;
    expect(await collect()).toMatchObject({ deleted: 0 });
    expect(await command("EXISTS", keys.lease(testid))).toBe(0);
    expect(rung).toEqual([testid]);
  });

  it("are found page by page", async () => {
    for (let i = 0; i < 5; i++) await put(`${randomUUID()}.1`);
    let deleted = 0;
    let pages = 0;
    for (let after: string | undefined = ""; after !== undefined; pages++) {
      const part: Awaited<ReturnType<typeof collect>> = await collect({ pageSize: 2, after: after || undefined });
      deleted += part.deleted;
      after = part.next;
    }
    expect([deleted, pages]).toEqual([5, 3]);
  });
});
