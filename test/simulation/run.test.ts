import { describe, expect, it } from "vitest";
import { readKpis } from "../../functions/simulation/kpis/kpis.ts";
import {
  beginAdvance,
  beginInitialize,
  continueRun,
  finish,
  isAtEnd,
  isDone,
  MAX_STRETCH_SECONDS,
  MAX_TIME_SECONDS,
} from "../../functions/simulation/run.ts";
import { encodeSamples, lastValues } from "../../functions/simulation/samples.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { advance, builtIn, columnOf, complete, initialize } from "./support.ts";

const testcase1 = builtIn("testcase1");
const testcase3 = builtIn("testcase3");
const DAY = 86_400;

describe("an initialization", () => {
  it("without a warm-up is one sample, the initial condition", async () => {
    const { snapshot, samples, points } = await initialize(testcase1, 7200);
    expect([...columnOf(samples, "time")]).toEqual([7200]);
    expect(points).toMatchObject({ time: 7200, TRooAir_y: 293.15, oveAct_u: 0, oveAct_activate: 0, PHeaCoo_y: 0 });
    expect(points.CO2RooAir_y).toBeCloseTo(875, 9); // 750 + 250 sin 30°
    expect(snapshot).toMatchObject({ time: 7200, startTime: 7200, endTime: null });
  });

  it("stores the samples of its warm-up, the first included", async () => {
    const { samples, snapshot } = await initialize(testcase1, 7200, 3600, 10_000);
    const times = columnOf(samples, "time");
    expect([times.length, times[0], times[1], times[120]]).toEqual([121, 3600, 3630, 7200]);
    expect(columnOf(samples, "TRooAir_y")[0]).toBe(293.15);
    expect(snapshot).toMatchObject({ time: 7200, startTime: 7200, endTime: 10_000 });
  });

  it("begins at 0 s at the earliest", async () => {
    const { samples } = await initialize(testcase1, 90, 1e6);
    expect([...columnOf(samples, "time")]).toEqual([0, 30, 60, 90]);
  });

  it("counts KPIs from the start time on only", async () => {
    const { snapshot } = await initialize(testcase1, 90_000, 90_000);
    expect(snapshot.kpis).toMatchObject({ start: 90_000, time: 90_000 });
    expect(readKpis(testcase1, snapshot.kpis, "constant")).toMatchObject({
      ener_tot: 0,
      cost_tot: 0,
      tdis_tot: 0,
      idis_tot: 0,
    });
  });

  it("has no −0 in it", async () => {
    const { snapshot } = await initialize(testcase1, -0, -0);
    expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot);
  });
});

describe("a step", () => {
  it.each([
    [101, [101 / 3, 202 / 3, 101]],
    [60, [30, 60]],
    [59, [59]],
    [5, [5]],
    [0.25, [0.25]],
  ])("of %d s is sampled at %j", async (step, expected) => {
    const { snapshot } = await initialize(testcase1);
    const done = await advance(testcase1, snapshot, step);
    expect([...columnOf(done.samples, "time")]).toEqual(expected);
    expect(done.snapshot.time).toBe(step);
    expect(done.points.time).toBe(step);
  });

  it("cut in two gives the same samples", async () => {
    for (const testcase of [testcase1, testcase3]) {
      const { snapshot } = await initialize(testcase, 3600, 3600);
      const whole = await advance(testcase, snapshot, 2 * DAY);
      const half = await advance(testcase, snapshot, 5400);
      const rest = await advance(testcase, half.snapshot, 2 * DAY - 5400);
      whole.samples.names.forEach((name, column) => {
        const joined = [...(half.samples.columns[column] ?? []), ...(rest.samples.columns[column] ?? [])];
        const values = whole.samples.columns[column] ?? [];
        expect(joined.length).toBe(values.length);
        // power amplifies temperature 2000-fold
        const tolerance = name.startsWith("T") || name === "time" ? 1e-9 : 1e-5;
        joined.forEach((value, i) => {
          expect(Math.abs(value - (values[i] ?? Number.NaN))).toBeLessThan(tolerance);
        });
      });
      expect(rest.snapshot.kpis.integrals.energy).toBeCloseTo(Number(whole.snapshot.kpis.integrals.energy), 3);
    }
  });

  it("stores what was in force", async () => {
    const { snapshot } = await initialize(testcase1, 90_000);
    const own = await advance(testcase1, snapshot, 300, { oveAct_u: 123, oveAct_activate: 0 });
    expect(own.points.oveAct_u).toBeCloseTo(2000 * (295.15 - (own.points.TRooAir_y ?? 0)), 6);
    expect(own.points.oveAct_activate).toBe(0);
    expect(own.snapshot.inputs).toEqual({ oveAct_u: 123, oveAct_activate: 0 });
    const overwritten = await advance(testcase1, own.snapshot, 300, { oveAct_u: 123, oveAct_activate: 1 });
    expect([...new Set(columnOf(overwritten.samples, "oveAct_u"))]).toEqual([123]);
    expect([...new Set(columnOf(overwritten.samples, "oveAct_activate"))]).toEqual([1]);
  });

  it("stops where the scenario ends", async () => {
    const { snapshot } = await initialize(testcase1, 0.1, 0, 100);
    expect(isAtEnd(snapshot)).toBe(false);
    const done = await advance(testcase1, snapshot, 3600);
    expect(done.snapshot.time).toBe(100);
    expect(columnOf(done.samples, "time").length).toBe(3); // floor(99.9 / 30), of the length really simulated
    expect(isAtEnd(done.snapshot)).toBe(true);
    const after = await advance(testcase1, done.snapshot, 3600);
    expect(after.snapshot.time).toBe(100);
    expect(columnOf(after.samples, "time").length).toBe(0);
  });

  it("that would pass the scenario's end by little stops there too", async () => {
    const { snapshot } = await initialize(testcase1, 0, 0, 100);
    expect((await advance(testcase1, snapshot, 100.5)).points.time).toBe(100);
    expect((await advance(testcase1, snapshot, 99.5)).points.time).toBe(99.5);
  });

  it("that ends where the scenario ends is whole", async () => {
    const { snapshot } = await initialize(testcase1, 0, 0, 100);
    const done = await advance(testcase1, snapshot, 100);
    expect(isAtEnd(done.snapshot)).toBe(true);
    expect(isAtEnd((await initialize(testcase1)).snapshot)).toBe(false);
  });
});

describe("a step of 0 s", () => {
  it("stores nothing and moves nothing, but the new inputs are in force", async () => {
    const { snapshot } = await initialize(testcase1, 90_000, 3600);
    const inputs = { oveAct_u: 990, oveAct_activate: 1 };
    const done = await advance(testcase1, snapshot, 0, inputs);
    expect(done.samples.columns.map((values) => values.length)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(done.snapshot).toEqual({ ...snapshot, inputs });
    expect(done.points).toMatchObject({ time: 90_000, oveAct_u: 990, oveAct_activate: 1, PHeaCoo_y: 1000 });
  });
});

describe("an emulator that fidgets", () => {
  /** Its state is a counter of calls. */
  const fidgety: TestCase = {
    ...testcase1,
    emulator: {
      cost: 0,
      initialize: async (time) => ({ ...(await testcase1.emulator.initialize(time)), state: Uint8Array.of(1) }),
      advance: async (state, inputs, grid, from, to) => ({
        ...(await testcase1.emulator.advance(new Uint8Array(8), inputs, grid, from, to)),
        state: Uint8Array.of((state[0] ?? 0) + 1),
      }),
    },
  };

  it("keeps its state in a step of 0 s all the same", async () => {
    const { snapshot } = await initialize(fidgety);
    const { snapshot: after } = await advance(fidgety, snapshot, 0);
    expect(after.emulator).toBe(snapshot.emulator);
    expect((await advance(fidgety, snapshot, 30)).snapshot.emulator).not.toBe(snapshot.emulator);
  });

  it("whose failure is the run's", async () => {
    const failing: TestCase = {
      ...testcase1,
      emulator: { ...testcase1.emulator, advance: async () => Promise.reject(new Error("the solver gave up")) },
    };
    const { snapshot } = await initialize(failing);
    await expect(advance(failing, snapshot, 30)).rejects.toThrow("the solver gave up");
  });
});

describe("a run cut into slices, each in another process", () => {
  it.each([1, 7, 1000])("of %d intervals gives the same bits", async (maxIntervals) => {
    for (const testcase of [testcase1, testcase3]) {
      const beginning = beginInitialize(testcase, { startTime: 90_010, warmupPeriod: 20_000, endTime: null });
      const whole = await complete(testcase, beginning);
      const sliced = await complete(testcase, beginning, maxIntervals, true);
      expect(encodeSamples(sliced.samples)).toEqual(encodeSamples(whole.samples));
      expect(sliced.snapshot).toStrictEqual(whole.snapshot);
      expect(sliced.points).toEqual(whole.points);

      const step = beginAdvance(testcase, whole.snapshot, whole.snapshot.inputs, 50_000.7);
      const wholeStep = await complete(testcase, step);
      const slicedStep = await complete(testcase, step, maxIntervals, true);
      expect(encodeSamples(slicedStep.samples)).toEqual(encodeSamples(wholeStep.samples));
      expect(JSON.stringify(slicedStep.snapshot)).toBe(JSON.stringify(wholeStep.snapshot));
    }
  });

  it("can be tried again from where it was", async () => {
    const run = beginInitialize(testcase1, { startTime: 3600, warmupPeriod: 3600, endTime: null });
    const first = await continueRun(testcase1, run, 10);
    const again = await continueRun(testcase1, run, 10);
    expect(again).toEqual(first);
    expect(run.next).toBe(0);
    expect(first.run.next).toBe(10);
    expect(isDone(first.run)).toBe(false);
  });

  it("gives the points where it stands", async () => {
    const run = beginInitialize(testcase1, { startTime: 3600, warmupPeriod: 3600, endTime: null });
    const { points, samples } = await continueRun(testcase1, run, 10);
    expect(points.time).toBe(300);
    expect(points).toEqual(lastValues(samples));
  });

  it("is not finished before its end, and not continued after it", async () => {
    const run = beginInitialize(testcase1, { startTime: 3600, warmupPeriod: 3600, endTime: null });
    expect(() => finish(testcase1, run)).toThrow("not done");
    const { run: partial } = await continueRun(testcase1, run, 119);
    expect(() => finish(testcase1, partial)).toThrow("not done");
    const { run: done } = await continueRun(testcase1, partial, 0.5); // at least one interval
    expect(isDone(done)).toBe(true);
    await expect(continueRun(testcase1, done, 1)).rejects.toThrow("done");
  });
});

describe("a snapshot", () => {
  it("is a small plain value", async () => {
    let { snapshot } = await initialize(testcase1, 43_200.1, 43_200);
    for (let i = 0; i < 50; i++) ({ snapshot } = await advance(testcase1, snapshot, 777.7));
    const text = JSON.stringify(snapshot);
    expect(text.length).toBeLessThan(1400);
    expect(JSON.parse(text)).toStrictEqual(snapshot);
  });

  it("does not grow with the steps taken", async () => {
    let { snapshot } = await initialize(testcase3);
    ({ snapshot } = await advance(testcase3, snapshot, 20 * DAY));
    expect(JSON.stringify(snapshot).length).toBeLessThan(1400);
  });

  it("and equal inputs give equal bytes", async () => {
    const [first, second] = [await initialize(testcase3, DAY, DAY), await initialize(testcase3, DAY, DAY)];
    expect(encodeSamples(first.samples)).toEqual(encodeSamples(second.samples));
    expect(JSON.stringify(first.snapshot)).toBe(JSON.stringify(second.snapshot));
  });

  it("holds all there is: a second test that starts from it goes the same way", async () => {
    const { snapshot } = await initialize(testcase1, 7200, 7200);
    const there = await advance(testcase1, JSON.parse(JSON.stringify(snapshot)), 1234);
    expect(await advance(testcase1, snapshot, 1234)).toStrictEqual(there);
  });

  it("of another test case is refused", async () => {
    const { snapshot } = await initialize(testcase3);
    await expect(advance(testcase1, snapshot, 60)).rejects.toThrow("a state of 14 numbers is none of 1 zones");
  });
});

describe("limits", () => {
  it("are a year for a stretch and a hundred for the clock", () => {
    expect([MAX_STRETCH_SECONDS, MAX_TIME_SECONDS]).toEqual([31_536_000, 3_153_600_000]);
  });

  it("let a step end at the last second of the hundredth year", async () => {
    const { snapshot } = await initialize(testcase1, MAX_TIME_SECONDS - 3600, 3600);
    const { points } = await advance(testcase1, snapshot, 3600);
    expect(points.time).toBe(MAX_TIME_SECONDS);
    const { snapshot: early } = await initialize(testcase1, 2 * DAY - 3600, 3600);
    const second = await advance(testcase1, early, 3600);
    // the days are all alike, so this one ends as the second did
    expect(points.TRooAir_y).toBeCloseTo(second.points.TRooAir_y ?? 0, 9);
  });
});
