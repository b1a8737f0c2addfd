import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import type { Command } from "../../functions/platform/redis.ts";
import claimScript from "../../functions/streams/claim.lua";
import { drain, drainInline, type Execute } from "../../functions/streams/drain.ts";
import { enqueue } from "../../functions/streams/enqueue.ts";
import { ringForgotten } from "../../functions/streams/forgotten.ts";
import { postpone } from "../../functions/streams/give-up.ts";
import { lookup } from "../../functions/streams/wait.ts";
import {
  field,
  fixture,
  LEASE_MS,
  marked,
  mustPut,
  mustTake,
  testid,
  useProtocolTest,
} from "../support/protocol-test.ts";

/** What Redis refuses for what it is, it refuses the next time: nobody is to try for ever. */

useProtocolTest();
afterEach(() => {
  fixture.redisRest.intercept = undefined;
});

/** A stream with this id takes no more entries. */
const HIGHEST_ID = "18446744073709551615-18446744073709551615";
const HUGE = "x".repeat(11_000_000);
const OPTIONS = { leaseMs: LEASE_MS, computeMs: 5000, idleMs: 86_400_000, fieldNames: ["user"] };
const redis = () => fixture.redis;
const answerOf = async (requestid: string) => {
  const found = await lookup(redis(), testid, requestid);
  return found.kind === "answered" ? { ...found.answer, body: JSON.parse(found.answer.body) } : found.kind;
};
const GIVEN_UP = {
  status: 500,
  body: {
    status: 500,
    message:
      "The request advance was given up: the service's storage refused what it came to. The test is as it was before.",
    payload: null,
  },
};

let rung: string[];
let delays: number[];
const queue = {
  send: async (body: string, afterSeconds = 0) => {
    rung.push(body);
    delays.push(afterSeconds);
  },
  sendBatch: async (bodies: readonly string[]) => {
    rung.push(...bodies);
    return bodies.length;
  },
};
const run = (execute: Execute) => {
  rung = [];
  delays = [];
  return drain(redis(), queue, testid, execute, OPTIONS);
};
const answered: Execute = async () => ({ kind: "answer", answer: { status: 200, body: '"fine"' } });

describe("a request is given up, with an answer, and the next is begun", () => {
  it.each<[string, Execute]>([
    [
      "what it changes is refused",
      async () => ({
        kind: "answer",
        answer: { status: 200, body: "{}" },
        changes: { chunks: [HUGE], fields: { state: "s1" } },
      }),
    ],
    ["its progress is refused", async () => ({ kind: "suspend", progress: { run: HUGE } })],
    ["what it reads is refused", async () => ({ kind: "answer", answer: await refused() })],
  ])("when %s", async (_what, execute) => {
    const [first, next] = [await mustPut("advance"), await mustPut("set_step")];
    let computed = 0;
    const both: Execute = (work, pace) => {
      computed++;
      return work.request.id === first ? execute(work, pace) : answered(work, pace);
    };
    expect(await run(both)).toBe("done");
    expect(await answerOf(first)).toEqual(GIVEN_UP);
    expect(await answerOf(next)).toEqual({ status: 200, body: "fine" });
    expect(computed).toBe(2);
    expect(await field("state")).toBe("s0");
    expect(await marked()).toBe(false);
    expect(rung).toEqual([]);
  });

  it("by the api, which carried it out, as by a worker", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("api");
    const large: Execute = async () => ({ kind: "answer", answer: { status: 200, body: HUGE } });
    expect(await drainInline(redis(), queue, work, large, OPTIONS)).toMatchObject({ status: 500 });
    expect(await answerOf(requestid)).toEqual(GIVEN_UP);
  });
});

async function refused(): Promise<never> {
  await redis().command(["RPUSH", keys.test(testid), "1"]);
  throw new Error("it should have been refused");
}

describe("nobody is called again and again to a test", () => {
  it.each<[string, () => Command]>([
    ["whose requests cannot be read", () => ["SET", keys.request(testid), "no stream"]],
    ["whose requests cannot be handed out", () => ["XGROUP", "DESTROY", keys.request(testid), "workers"]],
    ["whose requests cannot be answered", () => ["SET", keys.response(testid), "no stream"]],
    ["whose answers are at their end", () => ["XADD", keys.response(testid), HIGHEST_ID, "body", "1"]],
  ])("%s", async (_what, spoil) => {
    await mustPut("advance");
    await redis().command(spoil());
    let computed = 0;
    const execute: Execute = (work, pace) => {
      computed++;
      return answered(work, pace);
    };
    expect(await run(execute)).toBe("refused");
    expect(computed).toBeLessThanOrEqual(1);
    expect(rung).toEqual([]);
    expect(await redis().command(["EXISTS", keys.lease(testid)])).toBe(0);
    // It is not forgotten either.
    const ours = JSON.stringify({ testid });
    await ringForgotten(redis(), queue, Date.now() + 320_000, 30_000);
    expect(rung).not.toContain(ours);
    await ringForgotten(redis(), queue, Date.now() + 340_000, 30_000);
    expect(rung).toContain(ours);
  });

  it("unless there is a new request", async () => {
    await mustPut("advance");
    await postpone(redis(), testid);
    rung = [];
    await ringForgotten(redis(), queue, Date.now() + 31_000, 30_000);
    expect(rung).not.toContain(JSON.stringify({ testid }));
    await enqueue(redis(), testid, { method: "advance", params: {}, arrivalMs: Date.now() }, { maxUnanswered: 64 });
    await ringForgotten(redis(), queue, Date.now() + 31_000, 30_000);
    expect(rung).toContain(JSON.stringify({ testid }));
  });

  it("at once, where an answer is never taken though Redis does not refuse it", async () => {
    await mustPut("advance");
    // After the request's: what comes before it is out of order.
    await redis().command(["XADD", keys.response(testid), "9999999999999-0", "status", 200, "body", "1"]);
    let computed = 0;
    const execute: Execute = (work, pace) => {
      computed++;
      return answered(work, pace);
    };
    expect(await run(execute)).toBe("lost");
    expect(computed).toBe(5);
    expect(rung).toEqual([JSON.stringify({ testid, hops: 1 })]);
    expect(delays).toEqual([2]);
  });
});

describe("a claim that is refused", () => {
  it("is tried again a few times", async () => {
    const requestid = await mustPut("advance");
    let times = 0;
    fixture.redisRest.intercept = async (call) => {
      if (call.scripts[0] !== claimScript || ++times > 2) return await call.forward();
      return { status: 400, body: { error: "WRONGTYPE for a moment" } };
    };
    expect(await run(answered)).toBe("done");
    expect(await answerOf(requestid)).toMatchObject({ status: 200 });
  });

  it("is no delivery", async () => {
    await mustPut("advance");
    await mustTake("a", 1);
    await sleep(10);
    await redis().command(["SET", keys.progress(testid), "no hash"]);
    expect(await run(answered)).toBe("refused");
    await redis().command(["DEL", keys.progress(testid)]);
    expect((await mustTake("b")).request.deliveries).toBe(2);
  });
});
