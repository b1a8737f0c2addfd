import { describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const cloud = useCloud({ workers: 1, environment: { WAITS_PER_MINUTE: "2", INLINE_MS: "0" } });
const { call } = clientOf(cloud);

/** Returns when at least so much of the clock's minute, in ms, is left: at once, or when the next one begins. */
async function startOfMinute(needed: number): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < needed) await new Promise((resolve) => setTimeout(resolve, left + 10));
}

describe("calls that wait for long", () => {
  it("are so many from an address; then a command is sent on at once, and asking with a wait is 429", async () => {
    // Waits are counted by the minute of the clock: all of this has to happen within one.
    await startOfMinute(15_000);
    cloud().doorbells.hold();
    try {
      // No wait has been taken by then, however long a select would have taken.
      const { json } = await call("POST", "/testcases/testcase1/select-async");
      const { testid } = json as { testid: string };
      const advance = () => call("POST", `/advance/${testid}`, { redirect: "manual", headers: { prefer: "wait=3" } });
      const startedAt = performance.now();
      const [one, two] = await Promise.all([advance(), advance()]);
      expect([one.status, two.status]).toEqual([303, 303]);
      expect(performance.now() - startedAt).toBeGreaterThan(2900);

      const third = await call("POST", `/advance/${testid}`, { redirect: "manual", headers: { prefer: "wait=20" } });
      expect(third.status).toBe(303);
      const asked = await call("GET", `${one.headers.get("location")?.split("?")[0]}?wait=20`);
      expect(asked.status).toBe(429);
      expect(Number(asked.headers.get("retry-after"))).toBeLessThanOrEqual(60);
      expect(asked.headers.get("ratelimit-policy")).toBe('"waits";q=2;w=60');
      expect(performance.now() - startedAt).toBeLessThan(12_000);
    } finally {
      cloud().doorbells.release();
    }
  });

  it("are forgotten by the sweeper when their minute is over", async () => {
    const redis = redisOf(cloud());
    const minute = Math.floor(Date.now() / 60_000);
    await redis.command(["HSET", keys.waits(minute - 5), "a", 1]);
    await cloud().tick();
    expect(await redis.command(["EXISTS", keys.waits(minute - 5)])).toBe(0);
  });
});
