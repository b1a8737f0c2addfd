import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Cache } from "../../functions/cache/cache.ts";
import enter from "../../functions/cache/scripts/enter.lua";
import leave from "../../functions/cache/scripts/leave.lua";
import lock from "../../functions/cache/scripts/lock.lua";
import locks from "../../functions/cache/scripts/lock-many.lua";
import victims from "../../functions/cache/scripts/victims.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { disagreements, passLockTime, useCacheStack } from "../support/cache.ts";
import { CacheProcess } from "../support/cache-process.ts";

/** Killed between any two calls: what is left heals by itself, or when the index is reconciled. */

const LOCK_MS = 20_000;
const stack = useCacheStack();
let namespace: string;
let victim: CacheProcess;
let cache: Cache;

beforeEach(async () => {
  namespace = `d-${randomUUID()}`;
  stack().storage.faults.before = undefined;
  stack().storage.faults.after = undefined;
  stack().fixture.redisRest.intercept = undefined;
  const settings = { namespace, lockMs: LOCK_MS, graceMs: 0, memoryBytes: 0 };
  cache = stack().open(settings);
  victim = await CacheProcess.start(stack(), settings);
  return () => victim.kill();
});

const SCRIPTS = { lock, locks, enter, leave, victims } as const;

/** Kills the process when this script has taken effect, before the answer reaches it; or before it takes effect. */
function killAt(name: keyof typeof SCRIPTS, when: "before" | "after"): void {
  stack().fixture.redisRest.intercept = async ({ scripts, forward }) => {
    if (scripts[0] !== SCRIPTS[name]) return await forward();
    if (when === "after") {
      // A script that the server does not know yet comes again with its text.
      const reply = await forward();
      if (reply.status !== 200) return reply;
    }
    await victim.kill();
    return CUT;
  };
}

function killAtS3(operation: string, when: "before" | "after"): void {
  const hook = async (call: { operation: string }) => {
    if (call.operation !== operation) return undefined;
    await victim.kill();
    return CUT;
  };
  stack().storage.faults[when] = hook;
}

const disarm = () => {
  stack().fixture.redisRest.intercept = undefined;
  stack().storage.faults.before = undefined;
  stack().storage.faults.after = undefined;
};
const lockTimePasses = () => passLockTime(stack(), namespace, LOCK_MS);
const textOf = async (key: string) => {
  const read = await cache.read(key);
  return read.outcome === "ok" ? Buffer.from(read.bytes).toString() : read.outcome;
};

/** Runs an operation in the process that is to die on it. */
async function dieOn(...call: Parameters<CacheProcess["call"]>): Promise<void> {
  await expect(victim.call(...call)).rejects.toThrow("the process has ended");
  disarm();
}

describe("killed while creating", () => {
  it.each([
    ["before its lock takes effect", () => killAt("lock", "before")],
    ["between lock and PUT", () => killAt("lock", "after")],
    ["before its PUT takes effect", () => killAtS3("PutObject", "before")],
  ])("%s: nothing is there, and the next one can create", async (_where, arm) => {
    arm();
    await dieOn("create", "a", "lost");
    await lockTimePasses();
    expect(await textOf("a")).toBe("missing");
    expect(await cache.create("a", Buffer.from("next"))).toEqual({ outcome: "ok" });
    expect(await cache.reconcile()).toMatchObject({ adopted: 0, dropped: 0 });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it.each([
    ["between PUT and index", () => killAtS3("PutObject", "after")],
    ["before its index takes effect", () => killAt("enter", "before")],
  ])("%s: the object is there for all, and reconciling adopts it", async (_where, arm) => {
    arm();
    await dieOn("create", "a", "made");
    expect(await textOf("a")).toBe("made");
    await lockTimePasses();
    expect(await cache.create("a", Buffer.from("next"))).toEqual({ outcome: "exists" });
    expect(await cache.reconcile()).toMatchObject({ adopted: 1, dropped: 0 });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("after the index and the release: nothing is left to heal", async () => {
    killAt("enter", "after");
    await dieOn("create", "a", "made");
    expect(await disagreements(stack(), namespace)).toEqual([]);
    expect(await textOf("a")).toBe("made");
  });
});

describe("killed while removing", () => {
  beforeEach(async () => {
    for (const key of ["a", "b"]) await cache.create(key, Buffer.from("old"));
  });

  it.each([
    ["delete", "between lock and DELETE", () => killAt("lock", "after")],
    ["evict", "between the mutex and the locks", () => killAt("victims", "after")],
    ["evict", "between lock and DELETE", () => killAt("locks", "after")],
    ["evict", "before its DELETE takes effect", () => killAtS3("DeleteObjects", "before")],
  ] as const)("(%s) %s: everything is still there", async (op, _where, arm) => {
    arm();
    await dieOn(op, "a");
    await lockTimePasses();
    expect([await textOf("a"), await textOf("b")]).toEqual(["old", "old"]);
    expect(await cache.reconcile()).toMatchObject({ adopted: 0, dropped: 0 });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it.each([
    ["delete", 1, () => killAtS3("DeleteObjects", "after")],
    ["delete", 1, () => killAt("leave", "before")],
    ["evict", 2, () => killAtS3("DeleteObjects", "after")],
    ["evict", 2, () => killAt("leave", "before")],
  ] as const)("(%s) between DELETE and index: reconciling drops %i ghosts", async (op, ghosts, arm) => {
    arm();
    await dieOn(op, "a");
    // While the dead one's locks last, nobody touches what it was at.
    expect(await cache.reconcile()).toMatchObject({ dropped: 0 });
    await lockTimePasses();
    expect(await textOf("a")).toBe("missing");
    expect(await cache.reconcile()).toMatchObject({ adopted: 0, dropped: ghosts });
    expect(await disagreements(stack(), namespace)).toEqual([]);
    expect(await cache.create("a", Buffer.from("anew"))).toEqual({ outcome: "ok" });
  });

  it("between DELETE and index: whoever makes the object anew heals it without that", async () => {
    killAtS3("DeleteObjects", "after");
    await dieOn("delete", "a");
    await lockTimePasses();
    expect(await cache.create("a", Buffer.from("anew, and longer"))).toEqual({ outcome: "ok" });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });

  it("evicting: the next one can evict when the mutex has run out", async () => {
    killAt("victims", "after");
    await dieOn("evict", "");
    expect((await cache.evict({ toBytes: 0 })).outcome).toBe("busy");
    await lockTimePasses();
    expect(await cache.evict({ toBytes: 0 })).toMatchObject({ outcome: "done", objects: 2 });
    expect(await disagreements(stack(), namespace)).toEqual([]);
  });
});
