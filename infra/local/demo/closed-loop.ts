import type { Client } from "./client.ts";

/** The first demonstration's experiment: two days of testcase1 with a controller in the client. */

export const HOURS = 48;
const STEP_SECONDS = 300;
const STEPS = (HOURS * 3600) / STEP_SECONDS;

/** The test case's comfort limits, K. */
export const COMFORT = { from: 293.15, to: 296.15 };
const GAIN_W_PER_K = 2000;

export interface Outcome {
  kpis: Record<string, number | null>;
  /** Samples of the whole run: s, K, W. */
  results: { time: number[]; TRooAir_y: number[]; PHeaCoo_y: number[] };
}

export async function runClosedLoop(client: Client, onProgress: (done: number, of: number) => void): Promise<Outcome> {
  const testid = await client.select("testcase1");
  await client.call("PUT", `initialize/${testid}`, { start_time: 0, warmup_period: 0 });
  await client.call("PUT", `step/${testid}`, { step: STEP_SECONDS });
  let power = 0;
  for (let step = 1; step <= STEPS; step += 1) {
    const points = await client.call<{ TRooAir_y: number }>("POST", `advance/${testid}`, {
      oveAct_u: power,
      oveAct_activate: 1,
    });
    power = control(points.TRooAir_y);
    onProgress(step, STEPS);
  }
  const kpis = await client.call<Outcome["kpis"]>("GET", `kpi/${testid}`);
  const results = await client.call<Outcome["results"]>("PUT", `results/${testid}`, {
    point_names: ["TRooAir_y", "PHeaCoo_y"],
    start_time: 0,
    final_time: HOURS * 3600,
  });
  await client.stop(testid);
  return { kpis, results };
}

/** Proportional control towards the nearer comfort limit, W. */
function control(temperature: number): number {
  if (temperature < COMFORT.from) return GAIN_W_PER_K * (COMFORT.from - temperature);
  if (temperature > COMFORT.to) return GAIN_W_PER_K * (COMFORT.to - temperature);
  return 0;
}
