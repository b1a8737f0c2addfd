import { afterEach, describe, expect, it } from "vitest";
import type { ApiContext } from "../../functions/api/context.ts";
import { takeOn } from "../../functions/api/waiting/take-on.ts";
import { keys } from "../../functions/platform/keys.ts";
import { type Command, RedisRefused } from "../../functions/platform/redis.ts";
import enqueueScript from "../../functions/streams/enqueue.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { field, fixture, LEASE_MS, mustTake, NOW_MS, testid, useProtocolTest } from "../support/protocol-test.ts";

useProtocolTest();
afterEach(() => {
  fixture.redisRest.intercept = undefined;
});

const KEYED = { key: "k", fingerprint: "f" };
const redis = (...command: Command) => fixture.redis.command(command);
const send = async (idempotency?: typeof KEYED) => {
  // All that it uses of a context.
  const context = { redis: fixture.redis, config: { maxUnanswered: 64 } } as ApiContext;
  const offer = { token: "api", leaseMs: LEASE_MS, smallMs: 1e9, manyBytes: 1e9, fieldNames: [] };
  return await takeOn(context, testid, { method: "advance", params: {}, arrivalMs: NOW_MS }, { idempotency, offer });
};
const requests = async () => (await redis("XRANGE", keys.request(testid), "-", "+")) as [string, unknown][];
const isLeased = async () => (await redis("EXISTS", keys.lease(testid))) === 1;
/** What makes an offer worth taking. */
const small = () => redis("HSET", keys.test(testid), "cost", 0, "width", 0, "tail", 0, "step", 60);

describe("a command of which Redis refuses a part", () => {
  it.each([
    ["without a key", undefined],
    ["with a key", KEYED],
  ])("is taken on once where it is in the stream, %s", async (_what, idempotency) => {
    // In place of the index: refused after the request was appended, before its key is noted.
    await redis("SET", keys.outstanding(testid), "no index");
    const enqueued = await send(idempotency);
    await redis("DEL", keys.outstanding(testid));
    expect((await requests()).map(([id]) => ({ kind: "enqueued", requestid: id }))).toEqual([enqueued]);
  });

  it("is left to a worker where it was claimed, and the lease let go", async () => {
    await small();
    await redis("XGROUP", "DESTROY", keys.request(testid), "workers");
    expect(await send()).toMatchObject({ kind: "enqueued" });
    expect(await requests()).toHaveLength(1);
    expect(await isLeased()).toBe(false);
  });

  it("is refused where it is not", async () => {
    await redis("SET", keys.idempotency(testid), "no hash");
    await expect(send(KEYED)).rejects.toBeInstanceOf(RedisRefused);
    expect(await requests()).toEqual([]);
  });
});

it("a command whose reply is lost is taken on once, and a lease that cannot be let go changes nothing of that", async () => {
  await small();
  let isCut = false;
  fixture.redisRest.intercept = async (call) => {
    if (call.scripts[0] === enqueueScript) {
      await call.forward();
      isCut = true;
      return CUT;
    }
    return isCut && call.commands[0]?.includes(keys.lease(testid)) ? CUT : await call.forward();
  };
  const enqueued = await send();
  fixture.redisRest.intercept = undefined;
  expect((await requests()).map(([id]) => ({ kind: "enqueued", requestid: id }))).toEqual([enqueued]);
  expect(await field("revision")).toBe("1");
  expect((await mustTake("api")).request.deliveries).toBe(1);
});
