import { type Points, Service } from "../../../clients/typescript/src/index.ts";

/**
 * Closes a control loop over two weeks of a test case:
 *
 *     node closed-loop.ts [URL]
 *
 * Prints what came of it as JSON: KPIs, and the last of the results.
 */

const url = process.argv[2] ?? "http://127.0.0.1:8000";
const STEP = 3600;
const COMFORT = [293.15, 296.15] as const;

/** Proportional to how far the zone is out of its comfort band; in the cold, a little ahead of it. */
function control(temperature: number, outdoors: number): number {
  const [lowest, high] = COMFORT;
  const low = outdoors < lowest ? lowest + 0.5 : lowest;
  if (temperature < low) return 2000 * (low - temperature);
  return temperature > high ? 2000 * (high - temperature) : 0;
}

const test = await new Service(url).select("testcase1");
try {
  await test.setStep(STEP);
  const scenario = await test.setScenario({
    time_period: "test_day",
    electricity_price: "dynamic",
    temperature_uncertainty: "low",
    seed: 1,
  });
  let points: Points | undefined = scenario.time_period ?? { time: 0 };
  const start = points.time;
  let last = points;
  let steps = -1;
  for (; points !== undefined; steps++) {
    last = points;
    const { TDryBul = [] } = await test.forecast(["TDryBul"], 6 * 3600, 3600);
    const outdoors = TDryBul.reduce((sum, value) => sum + value, 0) / TDryBul.length;
    const power = control(points.TRooAir_y ?? Number.NaN, outdoors);
    points = await test.advance({ oveAct_u: power, oveAct_activate: 1 });
  }
  const results = await test.results(["TRooAir_y", "PHeaCoo_y"], start);
  const report = { steps, last, samples: results.time?.length, kpis: await test.kpis() };
  process.stdout.write(JSON.stringify(report));
} finally {
  await test.stop();
}
