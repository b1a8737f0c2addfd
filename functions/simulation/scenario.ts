import { PRICE_SCENARIOS, type PriceScenario } from "./kpis/kpis.ts";
import { describeAllowed, describeValue } from "./messages.ts";
import { readNumber } from "./numbers.ts";
import type { TestCase } from "./testcase.ts";

/** How wrong a forecast is; no uncertainty at all is null. */
export const UNCERTAINTY_LEVELS = ["low", "medium", "high"] as const;
export type UncertaintyLevel = (typeof UNCERTAINTY_LEVELS)[number];

/** A test's scenario, as clients see it. */
export interface Scenario {
  readonly electricity_price: PriceScenario;
  /** Name of one of the test case's days. */
  readonly time_period: string | null;
  readonly temperature_uncertainty: UncertaintyLevel | null;
  readonly solar_uncertainty: UncertaintyLevel | null;
  readonly seed: number | null;
}

/** What a client's call sets. A price or time period that is null was left out and stays; the others become null. */
export type ScenarioChange = { readonly [K in keyof Scenario]: Scenario[K] | null };

export type ReadScenario =
  | { readonly ok: true; readonly change: ScenarioChange }
  | { readonly ok: false; readonly message: string };

/** The scenario of a new test. */
export const FRESH_SCENARIO: Scenario = {
  electricity_price: "constant",
  time_period: null,
  temperature_uncertainty: null,
  solar_uncertainty: null,
  seed: null,
};

const DAY_SECONDS = 86_400;
const WARMUP_DAYS = 7;
const PERIOD_DAYS = 14;

/** The boundary data that each uncertainty falsifies. */
export const UNCERTAIN_POINTS = { temperature_uncertainty: "TDryBul", solar_uncertainty: "HGloHor" } as const;

/**
 * The stretch (s) of a named time period: the two weeks around its day of the year, after a week of warm-up.
 * Throws if the test case has no day of that name; `readScenario` lets none pass.
 */
export function timePeriod(
  testcase: TestCase,
  name: string,
): { readonly startTime: number; readonly warmupPeriod: number; readonly endTime: number } {
  const day = Object.hasOwn(testcase.days, name) ? testcase.days[name] : undefined;
  if (day === undefined) throw new Error(`${testcase.id} has no time period ${describeValue(name)}`);
  const startTime = Math.max(0, (day - WARMUP_DAYS) * DAY_SECONDS);
  return { startTime, warmupPeriod: WARMUP_DAYS * DAY_SECONDS, endTime: startTime + PERIOD_DAYS * DAY_SECONDS };
}

/** The scenario after a change. */
export function changeScenario(scenario: Scenario, change: ScenarioChange): Scenario {
  return {
    ...change,
    electricity_price: change.electricity_price ?? scenario.electricity_price,
    time_period: change.time_period ?? scenario.time_period,
  };
}

/**
 * Reads a client's change of scenario. A field that is null counts as left out, `"none"` is no uncertainty, a seed may be
 * a string of a number; fields of other names are not looked at. One bad field refuses all.
 * `body` may carry any names and values: it comes from outside.
 */
export function readScenario(testcase: TestCase, body: Readonly<Record<string, unknown>>): ReadScenario {
  const given = (field: keyof Scenario): unknown => (Object.hasOwn(body, field) ? (body[field] ?? null) : null);
  const choice = <T extends string>(field: keyof Scenario, allowed: readonly T[]): T | null => {
    const value = given(field);
    if (value === null) return null;
    const found = allowed.find((name) => name === value);
    if (found === undefined) throw new Refusal(field, value, `Allowed are ${describeAllowed(allowed)}.`);
    return found;
  };
  const level = (field: keyof typeof UNCERTAIN_POINTS): UncertaintyLevel | null => {
    const chosen = choice(field, ["none", ...UNCERTAINTY_LEVELS]);
    if (chosen === null || chosen === "none") return null;
    const point = UNCERTAIN_POINTS[field];
    if (Object.hasOwn(testcase.boundary.points, point)) return chosen;
    throw new Refusal(field, chosen, `Allowed is "none": ${testcase.id} has no forecast of ${point}.`);
  };
  try {
    return {
      ok: true,
      change: {
        electricity_price: choice("electricity_price", PRICE_SCENARIOS),
        time_period: choice("time_period", Object.keys(testcase.days)),
        temperature_uncertainty: level("temperature_uncertainty"),
        solar_uncertainty: level("solar_uncertainty"),
        seed: readSeed(given("seed")),
      },
    };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, message: error.message };
    throw error;
  }
}

function readSeed(value: unknown): number | null {
  if (value === null) return null;
  const seed = readNumber(value);
  if (seed !== undefined && Number.isSafeInteger(seed) && seed >= 0) return seed + 0; // −0 becomes 0
  throw new Refusal("seed", value, `Allowed is an integer from 0 to ${Number.MAX_SAFE_INTEGER}.`);
}

/** Why a field's value is refused: how the helpers of `readScenario` leave it. */
class Refusal extends Error {
  constructor(field: keyof Scenario, value: unknown, allowed: string) {
    super(`Invalid value ${describeValue(value)} for ${field}. ${allowed}`);
  }
}
