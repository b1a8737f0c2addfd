import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type CallAnswer, clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { Oracle } from "../support/oracle.ts";

const TESTS = 200;
const ADVANCES = 20;
/** By workers, an advance costs much more than inline. */
const ADVANCES_BY_WORKERS = 10;
/** Inputs of test t at advance i: every test is another one. */
const inputs = (t: number, i: number) => ({
  oveAct_u: ((t * 37 + i * 101) % 2000) - 500,
  oveAct_activate: i % 3 === 0 ? 0 : 1,
});

type Points = Record<string, number>;

/** Selected so many at a time: a start is far more work than an advance, and a machine that is busy with others has a limit. */
const WAVE = 50;
/** For two cores and whoever else is at them. */
const LIMIT_MS = 600_000;

/** All tests' ids, in waves, so that all are there before the first is advanced. */
async function inWaves(select: () => Promise<string>): Promise<string[]> {
  const testids: string[] = [];
  while (testids.length < TESTS) testids.push(...(await Promise.all(Array.from({ length: WAVE }, select))));
  return testids;
}

describe("200 tests at once, 20 advances each", () => {
  const cloud = useCloud({ workers: 4 });
  const client = clientOf(cloud);

  it("are answered right, none lost, none doubled", { timeout: LIMIT_MS }, async () => {
    const testids = await inWaves(() => client.selectTest());
    await Promise.all(
      testids.map(async (testid, t) => {
        const oracle = await Oracle.select("testcase1");
        for (let i = 0; i < ADVANCES; i++) {
          const answer = await client.call<Points>("POST", `/advance/${testid}`, { body: inputs(t, i) });
          expect(answer.payload).toEqual(await oracle.advance(inputs(t, i)));
        }
        expect((await client.call("GET", `/points/${testid}`)).payload).toEqual(oracle.points);
      }),
    );
  });
});

describe("200 tests at once by workers, with redis-server killed and restarted half-way", () => {
  const cloud = useCloud({
    workers: 4,
    appendfsync: "always",
    scheduleSeconds: 1,
    // All by workers; above, all inline.
    environment: { INLINE_MS: "0", LEASE_MS: "2000", DOORBELL_GRACE_MS: "1000", WAIT_MS: "3000" },
  });
  const client = clientOf(cloud);

  /** As a client does that must not give up: the same call under its key, until there is an answer. */
  async function persist(method: string, path: string, body: unknown): Promise<CallAnswer<Points>> {
    const key = randomUUID();
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await client.call<Points>(method, path, { body, headers: { "idempotency-key": key } });
        if (answer.status < 500 || attempt === 60) return answer;
      } catch (error) {
        if (attempt === 60) throw error;
      }
      await sleep(200);
    }
  }

  it("are answered right, none lost, none doubled", { timeout: LIMIT_MS }, async () => {
    let done = 0;
    let restarted: Promise<void> | undefined;
    const testids = await inWaves(async () => {
      const selected = await persist("POST", "/testcases/testcase1/select", {});
      return (selected.json as { testid: string }).testid;
    });
    await Promise.all(
      testids.map(async (testid, t) => {
        const oracle = await Oracle.select("testcase1");
        for (let i = 0; i < ADVANCES_BY_WORKERS; i++) {
          const answer = await persist("POST", `/advance/${testid}`, inputs(t, i));
          expect(answer.payload, answer.text).toEqual(await oracle.advance(inputs(t, i)));
          if (++done === (TESTS * ADVANCES_BY_WORKERS) / 2) restarted = cloud().redis.restart();
        }
        expect((await persist("GET", `/points/${testid}`, undefined)).payload).toEqual(oracle.points);
      }),
    );
    expect(restarted).toBeDefined();
    await restarted;
  });
});
