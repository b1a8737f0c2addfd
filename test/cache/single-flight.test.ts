import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TookTooLong } from "../../functions/cache/get-or-create.ts";
import lockScript from "../../functions/cache/scripts/lock.lua";
import renewScript from "../../functions/cache/scripts/renew.lua";
import { cacheKeys } from "../../functions/platform/keys.ts";
import { disagreements, passLockTime, useCacheStack } from "../support/cache.ts";
import { CacheProcess } from "../support/cache-process.ts";
import { until } from "../support/cloud.ts";
import { outcomeIn } from "../support/disturb.ts";

const PROCESSES = 6;
/** Renewed at a third of it: who produces, or this process, which the renewals pass through, may be held up for the rest. */
const LOCK_MS = 6000;
const POLL_MS = 50;

const stack = useCacheStack();
const namespace = `s-${randomUUID()}`;
const settings = { namespace, lockMs: LOCK_MS, pollMs: POLL_MS };
let processes: CacheProcess[] = [];
let key: string;
/** Which processes have asked for the key's lock and were told that another has it. */
const turnedAway = new Set<string>();
/** How often the key's lock was renewed. */
let renewals = 0;

beforeAll(async () => {
  processes = await Promise.all(Array.from({ length: PROCESSES }, () => CacheProcess.start(stack(), settings)));
});
afterAll(async () => {
  await Promise.all(processes.map((process) => process.kill()));
});
beforeEach(() => {
  key = `k/${randomUUID()}`;
  turnedAway.clear();
  renewals = 0;
  const lock = cacheKeys(namespace).lock(key);
  stack().fixture.redisRest.intercept = async ({ commands, scripts, forward }) => {
    const reply = await forward();
    const [, , , lockAsked, ...others] = commands[0] ?? [];
    if (lockAsked !== lock) return reply;
    // After the second key: the token, the time, and who asks.
    if (scripts[0] === lockScript && outcomeIn(reply) === "busy") turnedAway.add(others[3] ?? "");
    if (scripts[0] === renewScript && outcomeIn(reply) === "held") renewals += 1;
    return reply;
  };
});

/** One process produces, all the others wait for it: resolves when each of them has. */
async function startFlight(content: string, onFailure: "retry" | "share" = "retry") {
  const [first, ...others] = processes;
  if (first === undefined) throw new Error("no processes");
  const before = produced();
  const producing = first.producing;
  const leading = first.call("getOrCreate", key, content, onFailure);
  await producing;
  const waiting = others.map((other, i) => other.call("getOrCreate", key, `of ${i}`, onFailure));
  await until("every other process to wait", () => (turnedAway.size === others.length ? true : undefined));
  return { first, others, leading, waiting, produced: () => produced() - before };
}
const produced = () => processes.reduce((all, process) => all + process.produced, 0);
const healthy = async () => expect(await disagreements(stack(), namespace)).toEqual([]);

describe("of many processes that want one object", () => {
  it("one makes it and the others get its bytes", async () => {
    const flight = await startFlight("made once");
    flight.first.go();
    expect(await flight.leading).toBe("made once");
    expect(await Promise.all(flight.waiting)).toEqual(Array(PROCESSES - 1).fill("made once"));
    expect(flight.produced()).toBe(1);
    await healthy();
  });

  it("all wait for one that takes longer than a lock's time, for it renews it in its own name", async () => {
    const flight = await startFlight("slow");
    const lock = () => stack().fixture.redis.command(["GET", cacheKeys(namespace).lock(key)]);
    const holder = await lock();
    expect(holder).toMatch(/^[0-9a-f-]{36} \d{13} \S+\/\d+$/);
    await until("four thirds of a lock's time to pass", () => (renewals >= 4 ? true : undefined));
    expect(await lock()).toBe(holder);
    flight.first.go();
    await Promise.all(flight.waiting);
    expect(flight.produced()).toBe(1);
  });

  it("each tries by itself when the producer throws, one after the other", async () => {
    const flight = await startFlight("throw:no such building");
    const next = Promise.race(flight.others.map(async (other) => await other.producing.then(() => other)));
    flight.first.go();
    await expect(flight.leading).rejects.toMatchObject({ name: "RangeError", message: "no such building" });
    (await next).go();
    const got = await Promise.all(flight.waiting);
    expect(new Set(got).size).toBe(1);
    expect(got[0]).toMatch(/^of \d$/);
    expect(flight.produced()).toBe(2);
    await healthy();
  });

  it("all get the producer's error, where that was asked for", async () => {
    const flight = await startFlight("throw:no such building", "share");
    flight.first.go();
    await expect(flight.leading).rejects.toMatchObject({ name: "RangeError" });
    for (const waiting of flight.waiting) {
      await expect(waiting).rejects.toMatchObject({
        name: "ProducerFailed",
        message: "RangeError: no such building",
      });
    }
    expect(flight.produced()).toBe(1);
    // It is no verdict for those who ask later.
    const late = processes[1]?.producing;
    const call = processes[1]?.call("getOrCreate", key, "later", "share");
    await late;
    processes[1]?.go();
    expect(await call).toBe("later");
    await healthy();
  });

  it("another takes over when the producer dies, once the lock's time is over", async () => {
    const flight = await startFlight("never");
    const next = Promise.race(flight.others.map(async (other) => await other.producing.then(() => other)));
    await flight.first.kill();
    expect(flight.produced()).toBe(1);
    await passLockTime(stack(), namespace, LOCK_MS);
    (await next).go();
    const got = await Promise.all(flight.waiting);
    expect(new Set(got).size).toBe(1);
    expect(flight.produced()).toBe(2);
    processes[0] = await CacheProcess.start(stack(), settings);
    await healthy();
  });
});

describe("within one process", () => {
  const bytes = (text: string) => async () => Buffer.from(text);

  it("many callers share one flight", async () => {
    const cache = stack().open(settings);
    let runs = 0;
    let got: Uint8Array[] = [];
    const produce = async () => {
      runs += 1;
      return Buffer.from("x");
    };
    const cost = await stack().cost(async () => {
      got = await Promise.all(Array.from({ length: 20 }, () => cache.getOrCreate(key, produce)));
    });
    expect(cost).toMatchObject({ requests: 2, s3: { GetObject: 1, PutObject: 1 } });
    expect(runs).toBe(1);
    expect(got.map((each) => Buffer.from(each).toString())).toEqual(Array(20).fill("x"));
    expect(new Set(got.map((each) => each.buffer)).size).toBe(20);
  });

  it("its callers get the error or try by themselves, as each chose", async () => {
    const cache = stack().open(settings);
    const failing = async () => {
      throw new RangeError("once");
    };
    const first = cache.getOrCreate(key, failing);
    const sharing = cache.getOrCreate(key, bytes("sharing"), { onFailure: "share" });
    const retrying = cache.getOrCreate(key, bytes("retrying"));
    await expect(first).rejects.toThrow("once");
    await expect(sharing).rejects.toThrow("once");
    expect(Buffer.from(await retrying).toString()).toBe("retrying");
  });

  it("a producer that takes too long is told, and lets nobody wait any longer", async () => {
    const cache = stack().open(settings);
    let told: AbortSignal | undefined;
    const stuck = cache.getOrCreate(
      key,
      (signal) => {
        told = signal;
        return new Promise(() => {});
      },
      { produceMs: 50 },
    );
    await expect(stuck).rejects.toThrow(TookTooLong);
    expect(told?.aborted).toBe(true);
    expect(Buffer.from(await cache.getOrCreate(key, bytes("next"))).toString()).toBe("next");
  });

  it("a wait ends at its limit, saying whom it waited for", async () => {
    const lock = cacheKeys(namespace).lock(key);
    await stack().fixture.redis.command(["SET", lock, "token 1700000000000 host/7", "PX", 60_000]);
    const waiting = stack().open(settings).getOrCreate(key, bytes("x"), { waitMs: 100 });
    await expect(waiting).rejects.toThrow(/made by host\/7, since 1700000000000/);
    await stack().fixture.redis.command(["DEL", lock]);
  });

  it("what another writer put there first is what everybody gets", async () => {
    const cache = stack().open(settings);
    const other = stack().open(settings);
    const got = await cache.getOrCreate(key, async () => {
      await stack().fixture.redis.command(["DEL", cacheKeys(namespace).lock(key)]);
      await other.create(key, Buffer.from("first"));
      return Buffer.from("second");
    });
    expect(Buffer.from(got).toString()).toBe("first");
  });

  it("what was made between the look and the lock is not made again", async () => {
    stack().storage.faults.after = async (call) => {
      if (call.operation !== "GetObject") return undefined;
      stack().storage.faults.after = undefined;
      await stack().open(settings).create(key, Buffer.from("meanwhile"));
      return undefined;
    };
    const cache = stack().open(settings);
    expect(Buffer.from(await cache.getOrCreate(key, bytes("again"))).toString()).toBe("meanwhile");
    expect((await cache.stats()).own.produced).toBe(0);
  });

  it("an entry without an object does not keep it from being made", async () => {
    const cache = stack().open(settings);
    await cache.create(key, Buffer.from("x"));
    await stack().bucket.remove([`${namespace}/${key}`]);
    expect(Buffer.from(await stack().open(settings).getOrCreate(key, bytes("anew"))).toString()).toBe("anew");
    await healthy();
  });
});
