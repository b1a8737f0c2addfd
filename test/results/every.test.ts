import { describe, expect, it } from "vitest";
import { onePerInterval } from "../../functions/results/every.ts";
import type { Stretch } from "../../functions/results/stretches.ts";

/** Samples at these times; each has its time as the value of `x`, too. */
function stretch(...times: readonly number[]): Stretch {
  const columns = [Float64Array.from(times), Float64Array.from(times)];
  const [from = 0, to = 0] = [times[0], times.at(-1)];
  return { from, to, rows: times.length, bytes: 0, read: async () => ({ names: ["time", "x"], columns }) };
}

async function timesOf(stretches: readonly Stretch[], origin: number, interval: number): Promise<number[]> {
  const kept = onePerInterval(stretches, origin, interval);
  const read = await Promise.all(
    kept.map(async (each) => {
      const { columns } = await each.read();
      expect(columns[1]).toEqual(columns[0]);
      expect(each.rows).toBeGreaterThanOrEqual(columns[0]?.length ?? 0);
      return [...(columns[0] ?? [])];
    }),
  );
  return read.flat();
}

const every = (seconds: number, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => from + seconds * i);

describe("one sample for each interval", () => {
  it("is the one at each multiple, where there is one, whatever the stretches are", async () => {
    const times = every(30, 0, 241);
    for (const cut of [1, 119, 120, 121, 200]) {
      const stretches = [stretch(...times.slice(0, cut)), stretch(...times.slice(cut))];
      expect(await timesOf(stretches, 0, 3600), `cut at ${cut}`).toEqual([0, 3600, 7200]);
    }
  });

  it("is the first one after it, where there is none", async () => {
    expect(await timesOf([stretch(10, 20, 95, 130, 305)], 0, 100)).toEqual([10, 130, 305]);
  });

  it("counts from the time asked for, or from the first sample", async () => {
    const samples = stretch(...every(10, 50, 11));
    expect(await timesOf([samples], 40, 50)).toEqual([50, 90, 140]);
    expect(await timesOf([samples], Number.NEGATIVE_INFINITY, 50)).toEqual([50, 100, 150]);
  });

  it("is every sample where the interval is no longer than that between samples", async () => {
    const times = every(0.1, 0, 50).map((_, i) => i * 0.1);
    expect(await timesOf([stretch(...times)], 0, 0.1)).toEqual(times);
  });

  it("is none of no samples", async () => {
    expect(await timesOf([], 0, 10)).toEqual([]);
  });
});
