import { afterEach, describe, expect, it } from "vitest";
import commitScript from "../../functions/streams/commit.lua";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { runs } from "../support/disturb.ts";

const cloud = useCloud({ workers: 1, environment: { INLINE_MS: "0" } });
const client = clientOf(cloud);
/**
 * When looks for an answer come, at the earliest, ms after its request, up to the look with which the short wait ends. That
 * they are due no later, `streams/looks.test.ts` knows: here they take as long as the machine does.
 */
const LOOKS_MS = [12, 30, 57, 97, 158, 249, 386, 591, 898, 1000];

afterEach(() => {
  cloud().redisRest.intercept = undefined;
});

/** What one advance's polls were: how many, how many of them when the answer was there, and how long the last took to come. */
interface Polls {
  count: number;
  afterwards: number;
  lastMs: number;
}

/** Of an advance whose answer is there as soon as so many looks were in vain, and no sooner. */
async function pollsOf(testid: string, inVain: number): Promise<Polls> {
  const polls: Polls = { count: 0, afterwards: 0, lastMs: 0 };
  const due = Promise.withResolvers<void>();
  let isAnswered = false;
  const startedAt = performance.now();
  cloud().redisRest.intercept = async (call) => {
    const isCommit = runs(call, commitScript, testid);
    if (isCommit) await due.promise;
    const [name, , from, to] = call.commands[0] ?? [];
    if (name?.toUpperCase() === "XRANGE" && from === to) {
      polls.count++;
      if (isAnswered) polls.afterwards++;
      polls.lastMs = performance.now() - startedAt;
    }
    const reply = await call.forward();
    if (isCommit) isAnswered = true;
    if (polls.count >= inVain) due.resolve();
    return reply;
  };
  expect((await client.call("POST", `/advance/${testid}`, { body: {} })).status).toBe(200);
  return polls;
}

describe("who waits for an answer", () => {
  it("looks at ever longer intervals, and no more once it is there", async () => {
    const testid = await client.selectTest();
    for (let inVain = 1; inVain < LOOKS_MS.length; inVain++) {
      const { count, afterwards, lastMs } = await pollsOf(testid, inVain);
      expect(count).toBeGreaterThan(inVain);
      expect(afterwards).toBeLessThanOrEqual(1);
      // Timers may be a millisecond early, each.
      expect(lastMs).toBeGreaterThanOrEqual((LOOKS_MS[Math.min(count, LOOKS_MS.length) - 1] ?? 0) - count);
    }
  });
});
