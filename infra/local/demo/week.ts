import type { Client } from "./client.ts";

/** The second demonstration's experiment: a winter week of the two-zone building with a controller in the client. */

export const DAYS = 7;
const DAY = 86_400;
const START_DAY = 14;
const STEP_SECONDS = 1800;
export const STEPS_PER_DAY = DAY / STEP_SECONDS;
const ZONES = ["Sou", "Nor"] as const;
const PRICE = "PriceElectricPowerHighlyDynamic";
/** The controller's horizon, and how long before people arrive a zone may be warm, s. */
const AHEAD_SECONDS = 12 * 3600;
const EARLY_SECONDS = 3 * 3600;
/** Set-points above the lower comfort limit, with cheap and with expensive electricity, K. */
const CHEAP_MARGIN = 2;
const DEAR_MARGIN = 0.6;

type Values = Record<string, number>;
type Columns = Record<string, number[]>;

/** Decides the inputs of the next step; undefined means that the building's thermostats control it. */
export type Controller = (client: Client, testid: string) => Promise<Values>;

export interface Week {
  readonly kpis: Readonly<Record<string, number | null>>;
  /** Samples of the week: s, K, W. */
  readonly results: Columns;
  /** Price and lower comfort limit, with their own times, s. */
  readonly boundary: Columns;
}

/** The building's thermostats, without overwritten inputs. */
export const thermostats: Controller = async () => ({});

/**
 * Heats more while electricity is cheaper than its average over the horizon, and less while it is more expensive,
 * within the comfort limits.
 */
export const priceAware: Controller = async (client, testid) => {
  const ahead = await client.call<Columns>("PUT", `forecast/${testid}`, {
    point_names: [PRICE, ...ZONES.map((zone) => `LowerSetp[${zone}]`)],
    horizon: AHEAD_SECONDS,
    interval: STEP_SECONDS,
  });
  const prices = ahead[PRICE] ?? [];
  const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
  const isCheap = (prices[0] ?? 0) < mean;
  const early = 1 + EARLY_SECONDS / STEP_SECONDS;
  const inputs: Values = {};
  for (const zone of ZONES) {
    const lower = ahead[`LowerSetp[${zone}]`] ?? [];
    // A warm zone cools slowly, so a coming set-point should be reached while electricity is cheap.
    const needed = isCheap ? Math.max(...lower.slice(0, early)) : Math.max(...lower.slice(0, 2));
    inputs[`oveTSet${zone}_u`] = needed + (isCheap ? CHEAP_MARGIN : DEAR_MARGIN);
    inputs[`oveTSet${zone}_activate`] = 1;
  }
  return inputs;
};

/** @param onProgress is told after each step how many of how many are done, and what the step took, ms */
export async function runWeek(
  client: Client,
  testcase: string,
  control: Controller,
  onProgress: (done: number, of: number, ms: number) => void,
  days = DAYS,
): Promise<Week> {
  const steps = days * STEPS_PER_DAY;
  const testid = await client.select(testcase);
  const startTime = START_DAY * DAY;
  await client.call("PUT", `initialize/${testid}`, { start_time: startTime, warmup_period: 3 * DAY });
  await client.call("PUT", `scenario/${testid}`, { electricity_price: "highly_dynamic" });
  await client.call("PUT", `step/${testid}`, { step: STEP_SECONDS });
  // Requested at the beginning, for all days.
  const boundary = await client.call<Columns>("PUT", `forecast/${testid}`, {
    point_names: [PRICE, "LowerSetp[Sou]"],
    horizon: days * DAY,
    interval: STEP_SECONDS,
  });
  for (let step = 1; step <= steps; step += 1) {
    const inputs = await control(client, testid);
    const startedAt = performance.now();
    await client.call("POST", `advance/${testid}`, inputs);
    onProgress(step, steps, performance.now() - startedAt);
  }
  const kpis = await client.call<Week["kpis"]>("GET", `kpi/${testid}`);
  const results = await client.call<Columns>("PUT", `results/${testid}`, {
    point_names: ["TRooAirSou_y", "PHeaSou_y", "PHeaNor_y"],
    start_time: startTime,
    final_time: startTime + days * DAY,
  });
  await client.stop(testid);
  return { kpis, results, boundary };
}
