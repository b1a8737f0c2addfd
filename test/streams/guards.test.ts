import { describe, expect, it } from "vitest";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { keys, SHARDS } from "../../functions/platform/keys.ts";
import { type Redis, RedisError } from "../../functions/platform/redis.ts";
import commitSource from "../../functions/streams/commit.lua";
import { drain, drainInline, type Execute } from "../../functions/streams/drain.ts";
import { enqueue } from "../../functions/streams/enqueue.ts";
import { ringForgotten } from "../../functions/streams/forgotten.ts";
import { release } from "../../functions/streams/lease.ts";
import {
  end,
  fixture,
  LEASE_MS,
  marked,
  mustPut,
  mustTake,
  NOW_MS,
  take,
  testid,
  useProtocolTest,
} from "../support/protocol-test.ts";

/** Guards that another one stands behind: no fault shows when one of the two is missing, so each is asked by itself. */

useProtocolTest();

describe("a lease", () => {
  it("is let go of by its holder only", async () => {
    await mustPut("advance");
    await mustTake("a");
    await release(fixture.redis, { testid, token: "b" }, "redis");
    expect(await fixture.redis.command(["GET", keys.lease(testid)])).toBe("a");
    expect(await take("b")).toEqual({ kind: "busy" });
    await release(fixture.redis, { testid, token: "a" }, "redis");
    expect(await fixture.redis.command(["EXISTS", keys.lease(testid)])).toBe(0);
  });

  it("that somebody holds is not taken by who enqueues and offers to do the work, though nothing else waits", async () => {
    await fixture.redis.command(["HSET", keys.test(testid), "cost", 0.001, "width", 1, "tail", 0]);
    const command = { method: "advance", params: {}, arrivalMs: NOW_MS };
    const offer = { token: "api", leaseMs: LEASE_MS, smallMs: 1000, manyBytes: 1e6, fieldNames: [] };
    await fixture.redis.command(["SET", keys.lease(testid), "somebody", "PX", LEASE_MS]);
    const refused = await enqueue(fixture.redis, testid, command, { maxUnanswered: 64, offer });
    expect(refused.kind).toBe("enqueued");
    expect(await fixture.redis.command(["GET", keys.lease(testid)])).toBe("somebody");
    // The same offer is taken where nobody holds it.
    await fixture.redis.command(["DEL", keys.lease(testid)]);
    await end(await mustTake("worker"), '"1"');
    const taken = await enqueue(fixture.redis, testid, command, { maxUnanswered: 64, offer });
    expect(taken.kind).toBe("claimed");
    expect(await fixture.redis.command(["GET", keys.lease(testid)])).toBe("api");
  });
});

describe("who enqueues and offers to do the work", () => {
  it("is not given it past a request that waits, though nobody holds the lease", async () => {
    await fixture.redis.command(["HSET", keys.test(testid), "cost", 0.001, "width", 1, "tail", 0]);
    const first = await mustPut("advance");
    const command = { method: "advance", params: {}, arrivalMs: NOW_MS };
    const offer = { token: "api", leaseMs: LEASE_MS, smallMs: 1000, manyBytes: 1e6, fieldNames: [] };
    const enqueued = await enqueue(fixture.redis, testid, command, { maxUnanswered: 64, offer });
    expect(enqueued.kind).toBe("enqueued");
    expect((await mustTake("worker")).request.id).toBe(first);
  });
});

describe("a command that only its caller can carry out", () => {
  const command = { method: "submit", params: {}, arrivalMs: NOW_MS };
  const offer = { token: "api", leaseMs: LEASE_MS, smallMs: 0, seconds: 0, manyBytes: 1, fieldNames: [], atOnce: true };
  const ask = () => enqueue(fixture.redis, testid, command, { maxUnanswered: 64, offer });
  const waiting = () => fixture.redis.command(["XLEN", keys.request(testid)]);

  it("is not taken where it cannot be carried out at once", async () => {
    // Its test has not started.
    expect(await ask()).toEqual({ kind: "busy" });
    await fixture.redis.command(["HSET", keys.test(testid), "cost", 0.001, "width", 1, "tail", 0]);
    await fixture.redis.command(["SET", keys.lease(testid), "somebody", "PX", LEASE_MS]);
    expect(await ask()).toEqual({ kind: "busy" });
    await fixture.redis.command(["DEL", keys.lease(testid)]);
    expect(await waiting()).toBe(0);
    await mustPut("advance");
    expect(await ask()).toEqual({ kind: "busy" });
    expect(await waiting()).toBe(1);
    await end(await mustTake("worker"), '"1"');
    expect((await ask()).kind).toBe("claimed");
  });
});

describe("an offer to do the work", () => {
  const offer = { token: "api", leaseMs: LEASE_MS, smallMs: 5, manyBytes: 1000, fieldNames: [] };

  it.each([
    ["is taken of what is just small enough", { cost: 0.01, width: 1.998, tail: 999 }, {}, "claimed"],
    ["is refused what takes longer", { cost: 0.0101, width: 1, tail: 0 }, {}, "enqueued"],
    ["is taken of a step for which a segment is due", { cost: 0, width: 0, tail: 1e6 }, {}, "claimed"],
    ["is refused one that records too much", { cost: 0, width: 2, tail: 0 }, {}, "enqueued"],
    ["… a list that does, too", { cost: 0, width: 1, tail: 0 }, { times: 2 }, "enqueued"],
    ["is taken of what records nothing, whatever is due", { cost: 1, width: 1, tail: 1000 }, { seconds: 0 }, "claimed"],
  ])("%s", async (_, fields, more, expected) => {
    await fixture.redis.command(["HSET", keys.test(testid), ...Object.entries({ step: 500, ...fields }).flat()]);
    const command = { method: "advance", params: {}, arrivalMs: NOW_MS };
    const enqueued = await enqueue(fixture.redis, testid, command, { maxUnanswered: 64, offer: { ...offer, ...more } });
    expect(enqueued.kind).toBe(expected);
  });
});

describe("a claim", () => {
  it("that has nothing to do takes no lease, not even to give it back", async () => {
    await fixture.redis.command(["SET", keys.lease(testid), "somebody", "PX", LEASE_MS]);
    expect(await take("worker")).toEqual({ kind: "idle" });
    expect(await fixture.redis.command(["GET", keys.lease(testid)])).toBe("somebody");
  });

  it("gives the lease back that it took for nothing: an answered request had only not been deleted", async () => {
    const id = await mustPut("advance");
    const requests = keys.request(testid);
    await fixture.redis.command(["XREADGROUP", "GROUP", "workers", "worker", "COUNT", 1, "STREAMS", requests, ">"]);
    await fixture.redis.command(["XACK", requests, "workers", id]);
    expect(await take("worker")).toEqual({ kind: "idle" });
    expect(await fixture.redis.command(["EXISTS", keys.lease(testid)])).toBe(0);
    expect(await marked()).toBe(false);
  });
});

describe("a drain", () => {
  /** As Redis is, but the reply to the first script that answers a request never arrives. */
  function losingOneCommit(): Redis {
    let isLost = false;
    return {
      command: (command) => fixture.redis.command(command),
      run: async (script, keysOf, args) => {
        const reply = await fixture.redis.run(script, keysOf, args);
        if (isLost || !Array.isArray(reply) || reply[0] !== "done") return reply;
        isLost = true;
        throw new RedisError("cut");
      },
    };
  }

  it("that lost a commit's reply looks again by itself, and leaves nothing for a doorbell to find", async () => {
    await mustPut("advance");
    const rung: string[] = [];
    const queue = {
      send: async (body: string) => {
        rung.push(body);
      },
      sendBatch: async (bodies: readonly string[]) => bodies.length,
    };
    let computed = 0;
    const execute: Execute = async () => {
      computed++;
      return { kind: "answer", answer: { status: 200, body: '"1"' } };
    };
    const options = { leaseMs: LEASE_MS, computeMs: 5000, idleMs: 86_400_000, fieldNames: [] };
    expect(await drain(losingOneCommit(), queue, testid, execute, options)).toBe("idle");
    expect({ computed, rung }).toEqual({ computed: 1, rung: [] });
  });

  it("by who enqueued, who cannot commit, lets go of the lease, gives no answer and wakes a worker", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("api");
    const away: Redis = {
      command: (command) => fixture.redis.command(command),
      run: async (script, keysOf, args) => {
        if (script.source === commitSource) throw new RedisError("cut");
        return await fixture.redis.run(script, keysOf, args);
      },
    };
    const rung: string[] = [];
    const queue = {
      send: async (body: string) => {
        rung.push(body);
      },
      sendBatch: async (bodies: readonly string[]) => bodies.length,
    };
    const execute: Execute = async () => ({ kind: "answer", answer: { status: 200, body: '"1"' } });
    const options = { leaseMs: LEASE_MS, computeMs: 5000, idleMs: 86_400_000, fieldNames: [] };
    expect(await drainInline(away, queue, work, execute, options)).toBeUndefined();
    expect(rung).toEqual([JSON.stringify({ testid, holder: "john" })]);
    expect((await mustTake("worker")).request).toMatchObject({ id: requestid, deliveries: 1 });
  });
});

describe("stop", () => {
  it("removes chunks, segments and progress", async () => {
    await mustPut("advance");
    await end(await mustTake("a"), '"1"', { chunks: ["c1"], segments: ["ref"] });
    await fixture.redis.command(["HSET", keys.progress(testid), "run", "r"]);
    await stopTest(fixture.redis, testid);
    expect(await fixture.redis.command(["KEYS", `*${testid}*`])).toEqual([keys.response(testid)]);
  });
});

describe("the sweeper", () => {
  it("does not mark a test again that is stopped while it is rung for", async () => {
    await mustPut("advance");
    const queue = {
      send: async () => {},
      sendBatch: async (bodies: readonly string[]) => {
        await stopTest(fixture.redis, testid);
        return bodies.length;
      },
    };
    expect(await ringForgotten(fixture.redis, queue, NOW_MS + 60_000, 30_000)).toBeGreaterThanOrEqual(1);
    expect(await marked()).toBe(false);
  });

  it("rings for a test though those of another shard cannot be read, and says so", async () => {
    await mustPut("advance");
    const rung: string[] = [];
    const queue = {
      send: async () => {},
      sendBatch: async (bodies: readonly string[]) => {
        rung.push(...bodies);
        return bodies.length;
      },
    };
    let failing = Number.POSITIVE_INFINITY;
    fixture.redisRest.intercept = async ({ commands: [command = ["?"]], forward }) => {
      if (command[0] !== "ZRANGE" || command[1] === keys.outstanding(testid) || failing-- <= 0) return await forward();
      return { status: 503, body: { error: "away" } };
    };
    try {
      await expect(ringForgotten(fixture.redis, queue, NOW_MS + 60_000, 30_000)).rejects.toThrow(
        `${SHARDS - 1} of ${SHARDS} shards could not be read`,
      );
      expect(rung).toContain(JSON.stringify({ testid }));
      // What fails for a moment only is asked for again.
      failing = 1;
      await ringForgotten(fixture.redis, queue, NOW_MS + 120_000, 30_000);
      expect(failing).toBeLessThan(0);
    } finally {
      fixture.redisRest.intercept = undefined;
    }
  });
});
