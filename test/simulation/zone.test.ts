import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gridTime } from "../../functions/simulation/grid.ts";
import { dailyWave } from "../../functions/simulation/testcases/zone/daily.ts";
import { OwnControl, underConstantHeat } from "../../functions/simulation/testcases/zone/heating.ts";
import { constantHeat, solve } from "../../functions/simulation/testcases/zone/regime.ts";
import { advance, builtIn, columnOf, fixture, initialize } from "./support.ts";

const DAY = 86_400;
const OMEGA = 7.27220521664304e-5; // 2π / 86400

/** The closed form for constant heat, by hand: 1/(RC) = 1e-4 /s, the wave drives with 1e-3 K/s. */
function closedForm(heat: number, start: number, temperature: number, time: number): number {
  const wave = (t: number): number =>
    (1e-7 * Math.sin(OMEGA * t) - 1e-3 * OMEGA * Math.cos(OMEGA * t)) / (1e-8 + OMEGA ** 2);
  const level = 293.15 + 0.01 * heat;
  return level + wave(time) + (temperature - level - wave(start)) * Math.exp(-1e-4 * (time - start));
}

/** dT/dt by the words of the specification. */
function slope(setpoint: number, time: number, temperature: number): number {
  const heat = Math.min(Math.max(2000 * (setpoint - temperature), 0), 100_000);
  return ((293.15 + 10 * Math.sin((2 * Math.PI * time) / DAY) - temperature) / 0.01 + heat) / 1e6;
}

/** Classical Runge-Kutta in steps so small that a step across a kink does no harm. */
function rungeKutta(setpoint: number, start: number, temperature: number, duration: number): number {
  const steps = Math.ceil(duration / 0.05);
  const h = duration / steps;
  let value = temperature;
  for (let i = 0; i < steps; i++) {
    const t = start + i * h;
    const k1 = slope(setpoint, t, value);
    const k2 = slope(setpoint, t + h / 2, value + (h / 2) * k1);
    const k3 = slope(setpoint, t + h / 2, value + (h / 2) * k2);
    const k4 = slope(setpoint, t + h, value + h * k3);
    value += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return value;
}

function constantHeatAt(heat: number, start: number, temperature: number, end: number): number {
  const times = Float64Array.of(start, end);
  return underConstantHeat(heat, temperature, times, dailyWave(times))[0] ?? Number.NaN;
}

describe("a zone under constant heat", () => {
  it.each([0, 10_000, -10_000, 1234.5])("of %d W follows the closed form", (heat) => {
    for (const [start, temperature, end] of [
      [0, 293.15, 30],
      [0, 293.15, 3 * DAY],
      [50_000, 250, 50_030],
      [100_000.5, 330, 200_000],
    ] as const) {
      const exact = closedForm(heat, start, temperature, end);
      expect(Math.abs(constantHeatAt(heat, start, temperature, end) - exact)).toBeLessThan(1e-9);
    }
  });

  it("is along a grid, to the bit, what it is from one time to the next", () => {
    const heats = fc.double({ min: -1e4, max: 1e5, noNaN: true });
    const lengths = fc.double({ min: 1, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(heats, lengths, fc.integer({ min: 1, max: 300 }), (heat, length, intervals) => {
        const grid = { start: 1e6 / 7, length, intervals };
        const times = Float64Array.from({ length: intervals + 1 }, (_, i) => gridTime(grid, i));
        const along = underConstantHeat(heat, 290, times, dailyWave(times));
        let temperature = 290;
        along.forEach((found, i) => {
          temperature = solve(constantHeat(heat), times[i] ?? 0, temperature, times[i + 1] ?? 0);
          expect(found).toBe(temperature);
        });
      }),
    );
  });

  it("is as exact in the hundredth year", () => {
    const years = 99 * 365 * DAY;
    const first = constantHeatAt(500, 1000, 280, 5000);
    expect(Math.abs(constantHeatAt(500, years + 1000, 280, years + 5000) - first)).toBeLessThan(1e-9);
  });
});

describe("a zone under its own control", () => {
  interface Trajectory {
    readonly name: string;
    readonly before: number;
    readonly after: number;
    readonly start: number;
    readonly temperature: number;
    readonly end: number;
    readonly samples: [number, number][];
  }

  it.each(fixture<Trajectory[]>("trajectory"))("$name: agrees with an independent solution", (trajectory) => {
    const control = new OwnControl(trajectory);
    let time = trajectory.start;
    let temperature = trajectory.temperature;
    let worst = 0;
    for (const [end, expected] of trajectory.samples) {
      for (; time < end; time += 30) temperature = control.temperature(time, temperature, time + 30);
      worst = Math.max(worst, Math.abs(temperature - expected));
    }
    expect(worst).toBeLessThan(1e-9);
  });

  it("agrees with Runge-Kutta, wherever it starts", () => {
    const setpoint = 294.15;
    const control = new OwnControl({ before: setpoint, after: setpoint });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2 * DAY, noNaN: true }),
        fc.oneof(
          fc.double({ min: 180, max: 360, noNaN: true }),
          fc.double({ min: 294.1, max: 294.2, noNaN: true }),
          fc.double({ min: 244, max: 244.3, noNaN: true }),
          fc.constant(294.15),
          fc.constant(244.15),
        ),
        fc.double({ min: 1, max: 1800, noNaN: true }),
        (start, temperature, duration) => {
          const value = control.temperature(start, temperature, start + duration);
          const expected = rungeKutta(setpoint, start, temperature, duration);
          expect(Math.abs(value - expected)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the same whether days are one interval or thousands", () => {
    for (const [before, after] of [
      [293.15, 295.15],
      [285, 301],
      [301, 285],
      // the zone falls below this one in the evening, and is above it again in the morning
      [288, 288],
    ] as const) {
      const control = new OwnControl({ before, after });
      for (const initial of [180, 240, 293.15, 340]) {
        let temperature: number = initial;
        for (let time = 0; time < 2 * DAY; time += 25) {
          temperature = control.temperature(time, temperature, time + 25);
          if ((time + 25) % 10_000 !== 0) continue;
          expect(Math.abs(control.temperature(0, initial, time + 25) - temperature)).toBeLessThan(1e-9);
        }
      }
    }
  });

  it("notices a dip below the set-point that comes and goes within one interval", () => {
    // the outdoor air passes the set-point, 292.15 K, upwards at this time; just before, the zone falls; after, it rises
    const turn = DAY - (DAY / (2 * Math.PI)) * Math.asin(0.1);
    const start = turn - 15;
    const control = new OwnControl({ before: 292.15, after: 292.15 });
    const initial = 292.15 + 4e-6;
    // without heat the zone would be below the set-point in between, and above it at both ends
    expect(closedForm(0, start, initial, turn)).toBeLessThan(292.15 - 1e-6);
    expect(closedForm(0, start, initial, start + 30)).toBeGreaterThan(292.15);
    const unheated = closedForm(0, start, initial, start + 30);
    const heated = control.temperature(start, initial, start + 30);
    expect(heated - unheated).toBeGreaterThan(2e-8);
    // as an integration in tiny steps has it
    let excess = 0; // heat that was given, K, in 3000 steps of the explicit Euler method on the deviation alone
    for (let i = 0; i < 3000; i++) {
      const temperature = closedForm(0, start, initial, start + (i + 0.5) / 100) + excess;
      excess += (0.01 * Math.max(0, 2000 * (292.15 - temperature))) / 1e6 - 1e-6 * excess;
    }
    expect(heated - unheated).toBeCloseTo(excess, 9);
  });

  it("is undisturbed by starting exactly on a border", () => {
    const control = new OwnControl({ before: 293.15, after: 295.15 });
    // at 0 s outdoor air and zone are both at the set-point: the slope is 0, and the zone rises, unheated
    const temperature = control.temperature(0, 293.15, 30);
    expect(Math.abs(temperature - closedForm(0, 0, 293.15, 30))).toBeLessThan(1e-12);
    expect(temperature).toBeGreaterThan(293.15);
  });

  it("fails loudly rather than going on with what is no temperature", () => {
    expect(() => new OwnControl({ before: 293.15, after: 295.15 }).temperature(0, Number.NaN, 30)).toThrow("NaN K");
  });
});

describe("the step of the set-point at 86400 s", () => {
  const testcase = builtIn("testcase1");

  it("comes after the sample of an interval that ends there", async () => {
    const { snapshot } = await initialize(testcase, DAY - 60, 43_200);
    const upTo = await advance(testcase, snapshot, 60);
    const [, last = 0] = columnOf(upTo.samples, "oveAct_u");
    const [, temperature = 0] = columnOf(upTo.samples, "TRooAir_y");
    expect(upTo.points.time).toBe(DAY);
    expect(last).toBeCloseTo(2000 * (293.15 - temperature), 6);
    const after = await advance(testcase, upTo.snapshot, 30);
    expect(after.points.oveAct_u).toBeCloseTo(2000 * (295.15 - (after.points.TRooAir_y ?? 0)), 6);
    expect(after.points.oveAct_u).toBeGreaterThan(3000);
  });

  it("comes before the sample of a simulation that begins there", async () => {
    const { points, samples } = await initialize(testcase, DAY);
    expect(points).toMatchObject({ time: DAY, oveAct_u: 4000, TRooAir_y: 293.15 });
    expect(points.PHeaCoo_y).toBeCloseTo(4040.40404, 5);
    expect([...columnOf(samples, "time")]).toEqual([DAY]);
    expect((await initialize(testcase, DAY - 0.001)).points.oveAct_u).toBe(0);
  });

  it("shows in a step of 0 s that begins there", async () => {
    const { snapshot, points } = await initialize(testcase, DAY, DAY);
    expect(points.oveAct_u).toBeLessThan(1000);
    expect((await advance(testcase, snapshot, 0)).points.oveAct_u).toBeGreaterThan(4000);
  });

  it("cuts an interval that spans it", async () => {
    const { snapshot } = await initialize(testcase, DAY - 10, 43_200);
    const whole = await advance(testcase, snapshot, 25);
    const cut = await advance(testcase, (await advance(testcase, snapshot, 10)).snapshot, 15);
    expect(whole.points.TRooAir_y).toBeCloseTo(cut.points.TRooAir_y ?? 0, 10);
    expect(whole.points.oveAct_u).toBe(2000 * (295.15 - (whole.points.TRooAir_y ?? 0)));
    expect(columnOf(whole.samples, "time").length).toBe(1);
  });

  it("does not come back a day or a year later", async () => {
    for (const start of [2 * DAY, 365 * DAY, 366 * DAY]) {
      expect((await initialize(testcase, start)).points.oveAct_u).toBe(4000);
    }
  });

  it("leaves an overwritten zone alone", async () => {
    const { snapshot } = await initialize(testcase, DAY - 10);
    const { points } = await advance(testcase, snapshot, 25, { oveAct_u: 750, oveAct_activate: 1 });
    expect(points.TRooAir_y).toBeCloseTo(closedForm(750, DAY - 10, 293.15, DAY + 15), 5);
    expect(points).toMatchObject({ oveAct_u: 750, oveAct_activate: 1 });
  });
});
