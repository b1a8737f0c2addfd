import { describe, expect, it } from "vitest";
import { readKpis } from "../../functions/simulation/kpis/kpis.ts";
import { AdaptiveZones, adaptiveSolver } from "../../functions/simulation/testcases/zone/adaptive.ts";
import { exactSolver } from "../../functions/simulation/testcases/zone/exact.ts";
import type { ZoneSolver } from "../../functions/simulation/testcases/zone/solver.ts";
import { advance, builtIn, initialize } from "./support.ts";

const DAY = 86_400;
const SETPOINTS = [
  { before: 293.15, after: 295.15 },
  { before: 294.15, after: 296.15 },
];

/** Simulates two days in stretches of `length` (s), with orders that come and go; each zone's temperatures. */
function simulate(solver: () => ZoneSolver, length: number): number[][] {
  const temperatures: number[][] = [[], []];
  let { state } = solver().initialize(0);
  for (let start = 0; start < 2 * DAY; start += length) {
    const times = Float64Array.from({ length: length / 30 + 1 }, (_, i) => start + 30 * i);
    // Cold enough for its controller to be at its most when it is let go, at two of the changes.
    const order = { isActivated: start % 43_200 >= 21_600, heat: start % DAY < 43_200 ? -10_000 : 250 };
    const solution = solver().solve(state, [order, { isActivated: false, heat: 0 }], times);
    for (const [zone, { temperature }] of solution.courses.entries()) temperatures[zone]?.push(...temperature);
    state = solution.state;
  }
  return temperatures;
}

describe("zones with a solver of its own steps", () => {
  it("are as good as the tolerance promises", () => {
    const [exact, adaptive] = [exactSolver, adaptiveSolver].map((make) => simulate(() => make(SETPOINTS), 1800).flat());
    const errors = exact?.map((value, i) => Math.abs(value - (adaptive?.[i] ?? Number.NaN))) ?? [];
    expect(Math.max(...errors)).toBeLessThan(2e-3);
    expect(Math.max(...errors)).toBeGreaterThan(1e-7);
  });

  it("are all in their state: the same bits, wherever it is written and read", () => {
    const one = adaptiveSolver(SETPOINTS);
    expect(simulate(() => adaptiveSolver(SETPOINTS), 300)).toEqual(simulate(() => one, 1800));
  });

  it("go on from temperatures alone: what a test's state was before", () => {
    const zones = new AdaptiveZones(SETPOINTS);
    zones.read([290, 291], 3600);
    zones.advance(3600);
    expect([zones.heat(0), zones.heat(1)]).toEqual([2000 * (293.15 - 290), 2000 * (294.15 - 291)]);
    expect(() => zones.read([290, 291, 292], 3600)).toThrow("none of 2 zones");
  });
});

/** All digits of BOPTEST's references (testing/references), but the last two, for sines of other libraries. */
function expectDigits(actual: number | null | undefined, expected: number): void {
  expect(Math.abs((actual ?? Number.NaN) / expected - 1)).toBeLessThan(1e-12);
}

describe("BOPTEST's own figures", () => {
  it("are those of testcase1: after half a day, and after the warm-up of its test day", async () => {
    const testcase = builtIn("testcase1");
    const { points, snapshot } = await initialize(testcase, 43_200, 43_200);
    expectDigits(points.TRooAir_y, 297.96991459565413);
    const { snapshot: end } = await advance(testcase, snapshot, DAY);
    const kpis = readKpis(testcase, end.kpis, "constant");
    expectDigits(kpis.idis_tot, 508.4722500479004);
    expectDigits(kpis.ener_tot, 0.7228165711629594);
    expectDigits(kpis.pgas_tot, 0.18440305667377327);
    const { points: warm } = await initialize(testcase, 13 * DAY, 7 * DAY);
    expectDigits(warm.TRooAir_y, 295.03829136896195);
    expectDigits(warm.PHeaCoo_y, 225.67400209702487);
  });

  it("are those of testcase3, whose zones share the solver", async () => {
    const { points } = await initialize(builtIn("testcase3"), 43_200, 43_200);
    expectDigits(points.TRooAirNor_y, 297.9838271004316);
    expectDigits(points.TRooAirSou_y, 297.96991643491447);
  });

  it("are those of testcase1 under a client's control", async () => {
    const testcase = builtIn("testcase1");
    let { snapshot, points } = await initialize(testcase);
    for (let step = 0; step < (48 * 3600) / 300; step++) {
      const temperature = step === 0 ? 294 : (points.TRooAir_y ?? Number.NaN);
      const error = Math.max(293.15 - temperature, 0) + Math.min(296.15 - temperature, 0);
      ({ snapshot, points } = await advance(testcase, snapshot, 300, { oveAct_u: 2000 * error, oveAct_activate: 1 }));
    }
    const kpis = readKpis(testcase, snapshot.kpis, "constant");
    expectDigits(kpis.tdis_tot, 10.632756858210827);
    expectDigits(kpis.idis_tot, 1016.9445000958008);
    expectDigits(kpis.ener_tot, 2.147404077075348);
  });
});
