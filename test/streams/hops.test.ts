import { beforeEach, describe, expect, it } from "vitest";
import { MAX_HOPS, readDoorbell, ring } from "../../functions/streams/doorbell.ts";
import { drain, type Execute } from "../../functions/streams/drain.ts";
import { fixture, IDLE_MS, LEASE_MS, mustPut, put, testid, useProtocolTest } from "../support/protocol-test.ts";

useProtocolTest();

let sent: string[] = [];
const queue = {
  send: async (body: string) => {
    sent.push(body);
  },
  sendBatch: async () => 0,
};
const wake = async (execute: Execute, hops?: number) => {
  const options = { leaseMs: LEASE_MS, computeMs: 0, idleMs: IDLE_MS, fieldNames: ["user"], hops };
  return await drain(fixture.redis, queue, testid, execute, options);
};
const getsOn: Execute = async () => ({ kind: "suspend", progress: { at: "1" } });
const answers: Execute = async () => ({ kind: "answer", answer: { status: 200, body: "{}" } });
const hopsSent = () => sent.map((body) => readDoorbell(body)?.hops ?? 0);

beforeEach(() => {
  sent = [];
});

describe("a chain of workers that ring for the next", () => {
  it("is counted in the doorbell, from worker to worker", async () => {
    await mustPut("advance");
    expect(await wake(getsOn)).toBe("suspended");
    expect(await wake(getsOn, hopsSent().at(-1))).toBe("suspended");
    expect(hopsSent()).toEqual([1, 2]);
  });

  it("begins anew with each answer", async () => {
    await mustPut("advance");
    await mustPut("advance");
    expect(await wake(answers, 100)).toBe("more");
    expect(hopsSent()).toEqual([0]);
  });

  it("ends at the limit: nobody is rung for, and what was reached waits for the sweeper", async () => {
    await mustPut("advance");
    expect(await wake(getsOn, MAX_HOPS - 1)).toBe("suspended");
    expect(await wake(getsOn, MAX_HOPS)).toBe("suspended");
    expect(hopsSent()).toEqual([MAX_HOPS]);
    // The sweeper's doorbell has no hops. Whoever hears it goes on from there.
    const seen: unknown[] = [];
    await wake(async (work, pace) => {
      seen.push(work.progress?.at);
      return await answers(work, pace);
    });
    expect(seen).toEqual(["1"]);
    expect((await put("advance")).kind).toBe("enqueued");
  });

  it("is not begun by who rings for a new request", async () => {
    await ring(queue, { testid });
    expect(sent).toEqual([JSON.stringify({ testid })]);
  });
});
