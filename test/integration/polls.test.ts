import { afterEach, describe, expect, it } from "vitest";
import commitScript from "../../functions/streams/commit.lua";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { runs } from "../support/disturb.ts";

const cloud = useCloud({ workers: 1, environment: { INLINE_MS: "0" } });
const client = clientOf(cloud);
const ADVANCES = 31;
/** When looks for an answer come, at the earliest, ms after its request: each pause half as long again. */
const LOOKS_MS = [12, 30, 57, 97, 158, 249, 386, 590, 898, 1298];

afterEach(() => {
  cloud().gateway.intercept = undefined;
});

/** What one advance's polls were: how many, how many of them when the answer was there, and how long the last took to come. */
interface Polls {
  count: number;
  afterwards: number;
  lastMs: number;
}

async function pollsOf(testid: string): Promise<Polls> {
  const polls: Polls = { count: 0, afterwards: 0, lastMs: 0 };
  let isAnswered = false;
  const startedAt = performance.now();
  cloud().gateway.intercept = async (call) => {
    const [name, , from, to] = call.commands[0] ?? [];
    if (name?.toUpperCase() === "XRANGE" && from === to) {
      polls.count++;
      if (isAnswered) polls.afterwards++;
      polls.lastMs = performance.now() - startedAt;
    }
    const reply = await call.forward();
    if (runs(call, commitScript, testid)) isAnswered = true;
    return reply;
  };
  expect((await client.call("POST", `/advance/${testid}`, { body: {} })).status).toBe(200);
  return polls;
}

describe("who waits for an answer", () => {
  it("looks at ever longer intervals, and no more once it is there: at most 3 times where that is soon", async () => {
    const testid = await client.selectTest();
    const all: Polls[] = [];
    for (let i = 0; i < ADVANCES; i++) all.push(await pollsOf(testid));
    for (const { count, afterwards, lastMs } of all) {
      expect(afterwards).toBeLessThanOrEqual(1);
      // Timers may be a millisecond early, each.
      expect(lastMs).toBeGreaterThanOrEqual((LOOKS_MS[Math.min(count, LOOKS_MS.length) - 1] ?? 0) - count);
    }
    // The median of a machine with nothing else to do: here, of the third that had least to wait for others.
    const fastest = all.sort((a, b) => a.lastMs - b.lastMs).slice(0, 11);
    expect(fastest.map(({ count }) => count).sort((a, b) => a - b)[5]).toBeLessThanOrEqual(3);
  });
});
