import { describe, expect, it } from "vitest";
import type { Stretch } from "../../functions/results/stretches.ts";
import { thin } from "../../functions/results/thin.ts";
import { withBoundary } from "../../functions/results/with-boundary.ts";
import { boundaryData } from "../../functions/simulation/boundary.ts";

/** A stretch of samples of one point, every 10 s from a time on. */
function stretch(from: number, values: readonly number[]): Stretch {
  const times = values.map((_, i) => from + 10 * i);
  const columns = [Float64Array.from(times), Float64Array.from(values)];
  const to = times.at(-1) ?? from;
  return { from, to, rows: values.length, bytes: 0, read: async () => ({ names: ["time", "x"], columns }) };
}

describe("samples thinned for a plot", () => {
  it("keep the smallest and the largest value of each part of the time, in the order in which they came", async () => {
    // Two parts: 0 s to 35 s, and from there to 70 s.
    const stretches = [stretch(0, [5, 9, 1, 4]), stretch(40, [2, 8, 3, 3])];
    expect(await thin(stretches, ["x"], 4)).toEqual({ time: [0, 30, 40, 70], x: [9, 1, 2, 8] });
  });

  it("are never more than was asked for, and lose no peak", async () => {
    const values = Array.from({ length: 10_000 }, (_, i) => (i === 6789 ? 100 : Math.sin(i)));
    const { time = [], x = [] } = await thin([stretch(0, values)], ["x"], 101);
    expect(time.length).toBe(100);
    expect(x).toHaveLength(100);
    expect(Math.max(...x.map(Number))).toBe(100);
    expect([time[0], time.at(-1)]).toEqual([0, 99_990]);
  });

  it("have one row where a part has one sample, and none where it has none", async () => {
    // Parts of 25 s; from 50 s to 75 s there is nothing.
    expect(await thin([stretch(0, [1]), stretch(80, [2, 3, 4])], ["x"], 8)).toEqual({
      time: [0, 80, 100],
      x: [1, 2, 4],
    });
  });

  it("say null where a point has no value", async () => {
    expect(await thin([stretch(0, [Number.NaN, Number.NaN, 1])], ["x"], 4)).toEqual({
      time: [0, 10, 20],
      x: [null, 1, 1],
    });
  });
});

describe("samples with boundary conditions", () => {
  it("have a column for each, at the samples' times", async () => {
    const boundary = boundaryData([{ point: "TDryBul", Unit: "K", Description: "", signal: (time) => 273 + time }]);
    const [first] = withBoundary([stretch(30, [7, 8])], boundary, ["TDryBul"]);
    const { names, columns } = (await first?.read()) ?? {};
    expect(names).toEqual(["time", "x", "TDryBul"]);
    expect([...(columns?.[2] ?? [])]).toEqual([303, 313]);
  });
});
