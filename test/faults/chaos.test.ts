import { expect, it } from "vitest";
import { runChaos } from "../tools/chaos/chaos.ts";
import { makeSchedule } from "../tools/chaos/schedule.ts";

/** `npm run chaos` runs longer, with other seeds: this is the same in short. */
it("keeps every promise while processes, Redis, S3, SQS and clocks fail", { timeout: 240_000 }, async () => {
  const verdict = await runChaos({ seed: 8, seconds: 12, clients: 12, withModel: false });
  expect(verdict.violations).toEqual([]);
  expect(verdict.lives).toBeGreaterThanOrEqual(12);
  expect(verdict.counts.acknowledged).toBeGreaterThan(50);
  expect(verdict.events.length).toBeGreaterThan(10);
});

it("has the same faults for the same seed", () => {
  expect(makeSchedule(8, 60_000, true)).toEqual(makeSchedule(8, 60_000, true));
  expect(makeSchedule(9, 60_000, true)).not.toEqual(makeSchedule(8, 60_000, true));
});
